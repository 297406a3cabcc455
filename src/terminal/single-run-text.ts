import type { ReportOutput, ReportRun } from '../report/model.js';
import type { Paint } from './colour.js';
import { plain } from './colour.js';
import { oneLine } from './format.js';
import { tracebackLines } from './traceback.js';

/** One line for each output: where it is on the disk, and its URL behind a tab. */
export const outputLines = (
  outputs: Iterable<Pick<ReportOutput, 'path' | 'url'>>,
  shown: (path: string) => string,
): string =>
  [...outputs]
    .map(({ path, url }) =>
      [path === null ? '(not fetched yet)' : shown(path), ...(url === null ? [] : [url])]
        .map(oneLine)
        .join('\t'),
    )
    .map((line) => `${line}\n`)
    .join('');

/** Which node failed, why, and the whole traceback; empty where nothing went wrong. */
export const failureText = (
  { error, taskId, status }: Pick<ReportRun, 'error' | 'taskId' | 'status'>,
  nodes: ReadonlyMap<string, { readonly classType: string; readonly title: string | null }>,
  paint: Paint = plain,
): string => {
  if (error === null) return '';
  const node = error.node === null ? undefined : nodes.get(error.node);
  const title = node?.title ?? null;
  const where =
    error.node === null
      ? null
      : [
          `${error.node}${node === undefined ? '' : `, ${node.classType}`}`,
          ...(title === null || title === node?.classType ? [] : [`"${title}"`]),
          ...(error.field === null ? [] : [`field ${error.field}`]),
        ].join(' ');
  const facts: readonly (readonly [string, string | null])[] = [
    ['status:', status],
    ['task:', taskId],
    ['node:', where],
    ['reason:', error.message.replace('(instance: plus)', '(--instance plus)')],
    ['code:', error.code === null || /^[a-z]/.test(error.code) ? null : error.code],
  ];
  const lines = facts.flatMap(([name, text]) =>
    text === null || text === '' ? [] : [`${paint('dim', name.padEnd(8))} ${oneLine(text)}`],
  );
  const traceback = tracebackLines(error.traceback);
  if (traceback.length > 0)
    lines.push(paint('dim', 'traceback:'), ...traceback.map((line) => `  ${line}`));
  return lines.map((line) => `${line}\n`).join('');
};
