import { describe, expect, test } from 'vitest';
import { githubSummary, runAnnotations } from '../../src/report/files/github.js';
import type { BatchReport } from '../../src/report/model.js';
import { failed, outOfMemory, plainReport, plannedRun, record, reportOf } from './sample.js';

const hostile = '<img src=x onerror=alert(1)> | **bold** `code` @someone [a](b)\nnext $x$';

describe('the job summary', () => {
  test('tells counts, failures and the names of the outputs', () => {
    const text = githubSummary(
      reportOf([
        [plannedRun(0), record(0)],
        [plannedRun(1), record(1, failed(1))],
      ]),
    );
    expect(text).toContain('## Hero shots');
    expect(text).toContain('1 of 2');
    expect(text).toMatch(/0001-run \| prompts.csv&#58;3|0001-run \| prompts.csv:3/);
    expect(text).toContain('0000-run&#95;00.png');
  });

  test('keeps hostile text inert and in its cell', () => {
    const error = { ...outOfMemory, message: hostile };
    const text = githubSummary(
      reportOf([[plannedRun(0, { name: hostile }), record(0, failed(0, error))]], {
        title: hostile,
        stop: hostile,
      }),
    );
    expect(text).not.toMatch(/<|\*\*|`|@someone|\$x/);
    for (const row of text.split('\n').filter((line) => line.startsWith('| &#60;img')))
      expect(row.match(/\|/g)).toHaveLength(6);
  });

  test('stays below 1 MiB and says what it left out', () => {
    const text = githubSummary(plainReport(40_000));
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    expect(text.slice(-200)).toMatch(/… and [\d,]+ more runs; report.html has all of them/);
  });
});

describe('annotations', () => {
  test('mark the row of the first ten, then count', () => {
    const pairs = Array.from(
      { length: 14 },
      (_, index) => [plannedRun(index), record(index, failed(index))] as const,
    );
    const lines = runAnnotations(reportOf(pairs)).trimEnd().split('\n');
    expect(lines).toHaveLength(11);
    expect(lines[0]).toMatch(/^::error file=prompts.csv,line=2,.*CUDA out of memory/);
    // Of another kind: GitHub shows ten errors and drops the eleventh.
    expect(lines[10]).toMatch(/^::notice::and 4 more/);
  });

  test('are one for each mistake, with the number of its runs', () => {
    const refused = { ...outOfMemory, node: null, message: 'a.png: it is refused', code: '1' };
    const made = reportOf(
      Array.from({ length: 9 }, (_, index) => [
        plannedRun(index, { row: { file: 'prompts.csv', line: 2 + (index % 2) } }),
        record(index, failed(index)),
      ]),
    );
    const runs = made.runs.map((run) =>
      run.index < 4 ? run : { ...run, status: 'pending' as const, error: refused },
    );
    const lines = runAnnotations({ ...made, runs })
      .trimEnd()
      .split('\n');
    expect(lines).toEqual([
      expect.stringMatching(
        /^::error file=prompts.csv,line=2,title=E0890::0000-run and 1 more run/,
      ),
      expect.stringMatching(
        /^::error file=prompts.csv,line=3,title=E0890::0001-run and 1 more run/,
      ),
      '::error title=E0870::5 runs pending: a.png: it is refused (1)',
    ]);
    expect(githubSummary({ ...made, runs })).toMatch(
      /### Pending \(1\)[^]*\| 5 \| a.png&#58; it is/,
    );
  });

  test('hold one command each, whatever the text', () => {
    const error = { ...outOfMemory, message: 'a\n::warning::b\r100%' };
    const text = runAnnotations(reportOf([[plannedRun(0), record(0, failed(0, error))]]));
    expect(text.trimEnd().split(/[\r\n]/)).toHaveLength(1);
    expect(text).toContain('%0A::warning::b%0D100%25');
  });

  test('there are none for a batch without trouble', () => {
    expect(runAnnotations(plainReport(3))).toBe('');
  });
});

describe('a part of the batch', () => {
  const part = (): BatchReport => {
    const pairs = Array.from(
      { length: 4 },
      (_, index) => [plannedRun(index), record(index, failed(index))] as const,
    );
    const report = reportOf(pairs);
    const runs = report.runs.map((run) => ({ ...run, thisApply: run.index === 3 }));
    return { ...report, runs, thisApply: { ...report.thisApply, total: 1, failed: 1 } };
  };

  test('the summary names what this apply failed, and counts what earlier ones did', () => {
    const text = githubSummary(part());
    expect(text).toContain('### Failed, cancelled or unknown (1)');
    expect(text).toContain('| 0003-run |');
    expect(text).not.toContain('| 0001-run |');
    expect(text).toContain('3 runs of earlier applies failed, cancelled or unknown');
    expect(text).toContain('| This apply |');
    expect(text).toContain('| 0 of 1 |');
  });

  test('annotations mark what this apply failed, and count the rest in one line', () => {
    const lines = runAnnotations(part()).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('0003-run failed');
    expect(lines[1]).toMatch(/^::notice::3 runs of earlier applies/);
  });
});
