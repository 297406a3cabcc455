import { createHash } from 'node:crypto';
import { count, duration, fileSize, grouped, shortDecimal } from '../../values/amounts.js';
import type { BatchReport, RunStatus } from '../model.js';
import { durationOf } from '../model.js';
import { isoTime } from '../time.js';
import { client } from './client/client.js';
import type { HtmlOptions } from './data.js';
import { pageJson } from './data.js';
import { escapeHtml } from './escape.js';
import { style } from './style.js';

export type { HtmlOptions } from './data.js';

/**
 * report.html: one file that needs no server and no network. The head is written here, the
 * gallery by the page's own script from the data inside it. What may run or load is fixed by the
 * policy below: our one script, our one style, media from beside the file.
 */
export function* reportHtml(report: BatchReport, options: HtmlOptions = {}): Iterable<string> {
  yield head(report);
  yield body(report);
  yield '<script type="application/json" id="data">';
  yield* pageJson(report, options);
  yield `</script>\n<script>${client}</script>\n</body>\n</html>\n`;
}

const policy = (): string =>
  [
    "default-src 'none'",
    "img-src 'self' data: file:",
    "media-src 'self' data: file:",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(client)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

const hashOf = (text: string): string =>
  `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;

const head = ({ title, emulated }: BatchReport): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}${emulated ? ' (emulated)' : ''}</title>
<style>${style}</style>
</head>
`;

const body = (report: BatchReport): string => `<body>
<a class="skip" href="#runs">Skip to the runs</a>
<header class="top">
<div class="heading">
<h1>${escapeHtml(report.title)}</h1>
${report.emulated ? '<span class="badge" title="Made by the local emulator, not by RunningHub">emulated</span>' : ''}
</div>
<p class="origin">${origin(report)}</p>
${bar(report)}
<dl class="facts">${facts(report)}</dl>
${notices(report)}
</header>
<main>
<noscript><p class="notice">The gallery needs JavaScript; results.csv beside this file has the same runs.</p></noscript>
<section id="attention" class="attention" aria-labelledby="attention-title" hidden></section>
<section id="runs" class="runs" aria-labelledby="runs-title"><h2 class="unseen" id="runs-title">Runs</h2></section>
</main>
`;

const origin = (report: BatchReport): string => {
  const at = isoTime(report.startedAt);
  const took = durationOf(report);
  return [
    `workflow <span class="id">${escapeHtml(report.target)}</span>`,
    at === null ? '' : `<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time>`,
    took > 0 ? `took ${duration(took)}` : '',
  ]
    .filter((part) => part !== '')
    .join('<span class="dot" aria-hidden="true"> · </span>');
};

const order: readonly RunStatus[] = ['succeeded', 'failed', 'cancelled', 'unknown', 'pending'];

/** How the batch stands, at a glance; its text is for those who do not see the bar. */
const bar = ({ counts }: BatchReport): string => {
  const parts = order.filter((status) => counts[status] > 0);
  const text = parts.map((status) => `${grouped(counts[status])} ${status}`).join(', ');
  // Inline styles are not allowed by the policy: lengths are attributes of the drawing.
  let x = 0;
  const pieces = parts.map((status) => {
    const width = (counts[status] / counts.total) * 1000;
    const piece = `<rect class="s-${status}" x="${x.toFixed(2)}" y="0" width="${Math.max(2, width).toFixed(2)}" height="8"/>`;
    x += width;
    return piece;
  });
  return `<svg class="bar" viewBox="0 0 1000 8" preserveAspectRatio="none" role="img" aria-label="${text}">${pieces.join('')}</svg>`;
};

const facts = (report: BatchReport): string => {
  const { counts, cost, outputs, assets } = report;
  const rows: readonly (readonly [string, string, string])[] = [
    ['Succeeded', `${grouped(counts.succeeded)} of ${grouped(counts.total)}`, reusedText(report)],
    ['Failed', grouped(counts.failed), ''],
    ['Cancelled', grouped(counts.cancelled), ''],
    ['Unknown', grouped(counts.unknown), ''],
    ['Pending', grouped(counts.pending), ''],
    ['Coins', cost.coins === null ? '' : shortDecimal(cost.coins), 'paid by this apply'],
    ['Money', cost.money === null ? '' : shortDecimal(cost.money), 'paid by this apply'],
    ['Task time', cost.taskTimeMs === null ? '' : duration(cost.taskTimeMs), ''],
    ['Outputs', grouped(outputs.files), fileSize(outputs.bytes)],
    ['Submits', grouped(report.submits), uploadText(assets.uploaded)],
  ];
  return rows
    .filter(([name, value]) => value !== '' && (value !== '0' || name === 'Submits'))
    .map(
      ([name, value, note]) =>
        `<div class="fact f-${name.toLowerCase().replace(' ', '-')}"><dt>${name}</dt><dd>${value}${note === '' ? '' : `<small>${note}</small>`}</dd></div>`,
    )
    .join('');
};

const reusedText = ({ counts }: BatchReport): string =>
  counts.reused === 0 ? '' : `${grouped(counts.reused)} done before`;

const uploadText = (uploaded: number): string => (uploaded === 0 ? '' : count(uploaded, 'upload'));

const notices = ({ stop, counts, possibleDuplicates }: BatchReport): string =>
  [
    stop === null
      ? ''
      : `<p class="notice"><b>Stopped before its end:</b> ${escapeHtml(stop)}${counts.pending === 0 ? '' : `. ${count(counts.pending, 'run')} left; the same command goes on`}.</p>`,
    possibleDuplicates.length === 0
      ? ''
      : `<p class="notice"><b>${count(possibleDuplicates.length, 'possible duplicate')}:</b> the answer to a submit was lost, so the service may have run ${possibleDuplicates.length === 1 ? 'it' : 'them'} without our knowing. <code>rh-batch resolve</code> settles it.</p>`,
  ].join('');
