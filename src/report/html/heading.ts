import { count, duration, fileSize, grouped, shortDecimal } from '../../values/amounts.js';
import type { Comparison } from '../compare/compare.js';
import { beforeText, differenceTexts } from '../compare/compare-words.js';
import type { BatchReport, RunStatus } from '../model.js';
import { durationOf } from '../model.js';
import { isoTime } from '../time.js';
import type { Embedding } from './embed.js';
import { escapeHtml } from './escape.js';

/** What stands above the gallery: the batch at a glance. */
export const body = (
  report: BatchReport,
  embedding: Embedding,
  comparison: Comparison | undefined,
  hint: string | undefined,
): string => `<body>
<a class="skip" href="#runs">Skip to the runs</a>
<header class="top">
${heading(report, embedding, comparison)}
</header>
<main>
<noscript><p class="notice">The gallery needs JavaScript; results.csv beside this file has the same runs.</p></noscript>
<section id="attention" class="attention" aria-labelledby="attention-title" hidden></section>
<section id="runs" class="runs" aria-labelledby="runs-title"><h2 class="unseen" id="runs-title">Runs</h2></section>
${hint === undefined ? '' : `<p class="hint">${escapeHtml(hint)}</p>\n`}</main>
`;

/** All that is in it changes while an apply is at work. */
export const heading = (
  report: BatchReport,
  embedding: Embedding,
  comparison: Comparison | undefined,
): string => `<div class="heading">
<h1>${escapeHtml(report.title)}</h1>
${report.emulated ? '<span class="badge" title="Made by the local emulator, not by RunningHub">emulated</span>' : ''}
</div>
<p class="origin">${origin(report)}</p>
${bar(report)}
<dl class="facts">${facts(report)}</dl>
${comparison === undefined ? '' : compared(comparison)}
${notices(report)}${unembedded(embedding)}`;

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
  if (parts.length === 0) return '<div class="bar"></div>';
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
    ['This apply', thisApplyText(report), 'of the selected runs'],
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

/** Where all runs are of it the line above says the same. */
const thisApplyText = ({ thisApply, counts }: BatchReport): string =>
  thisApply.total === counts.total
    ? ''
    : `${grouped(thisApply.succeeded)} of ${grouped(thisApply.total)}`;

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
      : `<p class="notice"><b>${count(possibleDuplicates.length, 'possible duplicate')}:</b> the answer to a submit was lost, so the service may have run ${possibleDuplicates.length === 1 ? 'it' : 'them'} without our knowing: the site's list of tasks shows it.</p>`,
  ].join('');

const compared = (comparison: Comparison): string =>
  `<p class="compared">Compared with <b>${escapeHtml(beforeText(comparison))}</b><span class="dot" aria-hidden="true"> · </span>${differenceTexts(comparison).map(escapeHtml).join('<span class="dot" aria-hidden="true"> · </span>')}</p>`;

const unembedded = ({ places, bytes, left }: Embedding): string =>
  left.files === 0
    ? ''
    : `<p class="notice"><b>${count(left.files, 'output')} (${fileSize(left.bytes)}) not inside this page:</b> it carries ${count(places.size, 'output')} (${fileSize(bytes)}), which is its limit. The others are loaded from the folder beside it; <code>--inline-limit</code> lets more in.</p>`;
