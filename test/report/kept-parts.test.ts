import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { secretsDigest } from '../../src/edges/secrets/secret.js';
import { compareBatches } from '../../src/report/compare/compare.js';
import { reportFiles } from '../../src/report/files/files.js';
import { planEmbedding } from '../../src/report/html/embed.js';
import type { BatchReport, ReportRun } from '../../src/report/model.js';
import { runsDigest } from '../../src/report/runs-digest.js';
import { Project } from '../support/project.js';
import { failed, plannedRun, record, reportOf, saved } from './sample.js';

const report = reportOf([
  [plannedRun(0, { tags: ['hero'] }), record(0)],
  [plannedRun(1), record(1, failed(1))],
]);

const listed = (of: BatchReport): Record<string, string> =>
  Object.fromEntries(
    reportFiles(of).flatMap(({ name, lasting, runs }) =>
      lasting ? [[name, [...runs()].join('')]] : [],
    ),
  );

/** The same with one of its leaves changed, for each of them. */
function* variants(value: unknown): Iterable<unknown> {
  if (value instanceof Map) {
    const entries = [...value] as [string, string][];
    yield new Map([...entries, ['more', 'x']]);
    for (const [at, [key, text]] of entries.entries()) {
      yield new Map(entries.with(at, [`${key}x`, text]));
      yield new Map(entries.with(at, [key, `${text}x`]));
    }
  } else if (Array.isArray(value)) {
    yield [...value, 'x'];
    for (const [at, item] of value.entries())
      for (const other of variants(item)) yield value.with(at, other);
  } else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value))
      for (const other of variants(item)) yield { ...value, [key]: other };
  else if (typeof value === 'boolean') yield !value;
  else if (typeof value === 'number') yield value + 1;
  else yield typeof value === 'string' ? `${value}x` : 'x';
}

describe('what lists the runs', () => {
  test('is made from nothing that its digest leaves out', () => {
    const seen = new Set([runsDigest(report, [])]);
    let made = 1;
    for (const [at, run] of report.runs.entries())
      for (const other of variants(run)) {
        const runs = report.runs.with(at, other as ReportRun);
        seen.add(runsDigest({ ...report, runs }, []));
        made += 1;
      }
    expect(made).toBeGreaterThan(80);
    expect(seen.size).toBe(made);
    expect(runsDigest({ ...report, name: 'other' }, [])).not.toBe(runsDigest(report, []));
    expect(runsDigest(report, ['0.1.0', 'a'])).not.toBe(runsDigest(report, ['0.2.0', 'a']));
    expect(runsDigest(report, ['0.1.0', 'a'])).not.toBe(runsDigest(report, ['0.1.0', 'b']));
  });

  test('is the same text whatever else an apply was', () => {
    const { runs: _, name: __, ...facts } = report;
    for (const other of variants(facts)) {
      const later = { ...report, ...(other as typeof facts) };
      expect(runsDigest(later, [])).toBe(runsDigest(report, []));
      expect(listed(later)).toEqual(listed(report));
    }
    expect(Object.keys(listed(report))).toEqual([
      'results.jsonl',
      'results.csv',
      'report.html',
      'junit.xml',
    ]);
  });

  test('is made anew in a page that shows what stands in files, or another batch', () => {
    const isLasting = (of: BatchReport, options = {}): boolean | undefined =>
      reportFiles(of, options).find(({ name }) => name === 'report.html')?.lasting;
    expect(isLasting(report)).toBe(true);
    const texts = reportOf([[plannedRun(0), record(0, { state: saved(0, ['0.txt']) })]]);
    expect(isLasting(texts)).toBe(false);
    const outputs = report.runs.flatMap((run) => run.outputs);
    expect(isLasting(report, { embedding: planEmbedding(outputs, 1e6) })).toBe(false);
    const earlier = { shown: 'b', name: 'b', target: '1', startedAt: null, runs: report.runs };
    expect(isLasting(report, { comparison: compareBatches(earlier, report.runs) })).toBe(false);
  });

  test('is not taken over where something else is taken out of it', () => {
    expect(secretsDigest(['a', 'b'])).toBe(secretsDigest(['b', 'a']));
    expect(secretsDigest(['a', 'b'])).not.toBe(secretsDigest(['ab']));
    expect(secretsDigest(['a'])).not.toBe(secretsDigest([]));
  });
});

describe('an apply with nothing to do', () => {
  let p: Project;
  const file = (name: string): string => `out/manifest/${name}`;
  /** Of each report what tells of the runs. */
  const told = (name: string): string => {
    const text = p.read(file(name));
    if (name === 'junit.xml') return text.slice(text.indexOf('<testcase'));
    if (name !== 'report.html') return text;
    return text.slice(text.indexOf('"variables"'));
  };
  const names = ['results.jsonl', 'results.csv', 'report.html', 'junit.xml'];
  const all = (): string[] => names.map(told);

  beforeAll(async () => {
    p = await Project.start({
      manifest: 'matrix: { rows: rows.csv }\nset: { KSampler.seed: "${{ seed }}" }',
      files: { 'rows.csv': 'seed\n1\n2\n3\n' },
    });
    expect((await p.apply()).exit).toBe(0);
    expect((await p.apply()).exit).toBe(0);
  });
  afterAll(() => p.close());

  test('writes what tells of itself, and leaves a list of the runs that is the same', async () => {
    const [jsonl, csv, ...others] = names.map((name) => join(p.dir, file(name)));
    const before = { list: all(), inodes: [jsonl, csv].map((path) => statSync(path ?? '').ino) };
    for (const path of others) expect(statSync(path).size).toBeGreaterThan(0);
    const { startedAt } = p.summary();
    await p.clock.sleep(60_000);
    expect((await p.apply()).exit).toBe(0);
    expect([jsonl, csv].map((path) => statSync(path ?? '').ino)).toEqual(before.inodes);
    expect(all()).toEqual(before.list);
    const { startedAt: now } = p.summary();
    expect(now).not.toBe(startedAt);
    expect(p.read(file('junit.xml'))).toContain(`timestamp="${String(now)}"`);
    expect(p.read(file('report.html'))).toContain(`"start":${Date.parse(String(now))},`);
    expect(p.read(file('report.html'))).toContain(`<time datetime="${String(now)}">`);
  });

  const harms: readonly (readonly [string, (path: string) => void])[] = [
    ['removed', (path) => p.remove(path)],
    ['emptied', (path) => p.write(path, '')],
    ['cut short', (path) => truncateSync(join(p.dir, path), p.bytes(path).length - 40)],
    ['edited', (path) => p.write(path, p.read(path).replaceAll('succeeded', 'abandoned'))],
    ['edited to another length', (path) => p.write(path, p.read(path).replaceAll('2', '22'))],
    ['made longer', (path) => p.write(path, `${p.read(path)}more\n`)],
  ];
  test.each(harms)('writes anew a report that was %s', async (_, harm) => {
    const before = all();
    for (const name of names) harm(file(name));
    expect((await p.apply()).exit).toBe(0);
    expect(all()).toEqual(before);
  });

  test('writes all anew where the note of what was written is gone or damaged', async () => {
    const before = all();
    const note = '.rh-batch/manifest/reports.json';
    const right: unknown = JSON.parse(p.read(note));
    const with_ = (part: unknown): string =>
      JSON.stringify({ ...(right as object), parts: { 'results.jsonl': part, 'junit.xml': part } });
    const sha256 = '0'.repeat(64);
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"version":1}',
      JSON.stringify({ ...(right as object), parts: null }),
      with_(null),
      with_({ from: -1, bytes: 10, sha256 }),
      with_({ from: 0, bytes: 1e12, sha256 }),
      with_({ from: 0.5, bytes: 10, sha256 }),
      with_({ from: 0, bytes: 10, sha256 }),
      with_({ from: 0, bytes: 10 }),
    ]) {
      p.write(note, text);
      for (const name of names)
        p.write(file(name), p.read(file(name)).replaceAll('succeeded', 'abandoned'));
      expect((await p.apply()).exit).toBe(0);
      expect(all()).toEqual(before);
    }
    expect(JSON.parse(p.read(note))).toMatchObject({ version: 1 });
  });

  test('tells which runs it was about, and where their rows are now', async () => {
    const [first] = p.results();
    expect((await p.apply('--only', String(first?.id))).exit).toBe(0);
    expect(p.results().map(({ thisApply }) => thisApply)).toEqual([true, false, false]);
    expect((await p.apply()).exit).toBe(0);
    expect(p.results().map(({ thisApply }) => thisApply)).toEqual([true, true, true]);
    p.write('rows.csv', 'seed\n\n1\n2\n3\n');
    const { out, exit } = await p.apply();
    expect([exit, out]).toEqual([0, expect.stringContaining('nothing submitted')]);
    expect(told('junit.xml')).toContain('name="line" value="5"');
    expect(told('results.csv')).toContain('rows.csv,5');
  });

  test('writes anew what "report" or a person wrote meanwhile', async () => {
    const before = all();
    expect((await p.run('report')).exit).toBe(0);
    expect((await p.apply()).exit).toBe(0);
    expect(all()).toEqual(before);
  });
});
