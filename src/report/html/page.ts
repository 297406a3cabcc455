import { createHash } from 'node:crypto';
import type { BatchReport } from '../model.js';
import type { ReportParts } from '../parts.js';
import { inOne } from '../parts.js';
import type { HtmlOptions } from './data.js';
import { isLasting, pageJson } from './data.js';
import { embedded, nothingEmbedded } from './embed.js';
import { escapeHtml } from './escape.js';
import { body } from './heading.js';
import { script, servedScript, style } from './page.generated.js';

export type { HtmlOptions } from './data.js';

/**
 * report.html: one file that needs no server and no network. The head is written here, the
 * gallery by the page's own script (src/report/page) from the data inside it. What may run or load
 * is fixed by the policy below: our one script, our one style, media from beside the file.
 */
export const reportHtml = (report: BatchReport, options: HtmlOptions = {}): Iterable<string> =>
  inOne(htmlParts(report, options));

export const htmlParts = (
  report: BatchReport,
  options: HtmlOptions = {},
): ReportParts & { readonly lasting: boolean } => {
  const { embedding = nothingEmbedded, read, comparison } = options;
  const json = pageJson(report, options);
  return {
    lasting: isLasting(report, options),
    *before() {
      yield head(report, options);
      yield body(report, embedding, comparison, options.hint);
      yield '<script type="application/json" id="data">';
      yield* json.before();
    },
    runs: () => json.runs(),
    *after() {
      yield* json.after();
      yield '</script>\n';
      if (read !== undefined) yield* embedded(embedding, read);
      yield `<script>${scriptFor(options)}</script>\n</body>\n</html>\n`;
    },
  };
};

/** What may run and load in the page. One that is served may ask its own server, too. */
export const policyOf = (options: Pick<HtmlOptions, 'live'> = {}): string =>
  [
    "default-src 'none'",
    "img-src 'self' data: file:",
    "media-src 'self' data: file:",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(scriptFor(options))}'`,
    "base-uri 'none'",
    "form-action 'none'",
    ...(options.live === undefined ? [] : ["connect-src 'self'"]),
  ].join('; ');

/** The page on a disk has none of the code that asks a server. */
const scriptFor = ({ live }: Pick<HtmlOptions, 'live'>): string =>
  live === undefined ? script : servedScript;

const hashOf = (text: string): string =>
  `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;

const head = ({ title, emulated }: BatchReport, options: HtmlOptions): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(options)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
${/* A browser would ask its server for one. */ options.live === undefined ? '' : '<link rel="icon" href="data:,">\n'}<title>${escapeHtml(title)}${emulated ? ' (emulated)' : ''}</title>
<style>${style}</style>
</head>
`;
