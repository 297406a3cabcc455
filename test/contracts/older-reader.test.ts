import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exit, exitHelp } from '../../src/batch/exit.js';
import { markOf, write } from '../pictures/marks.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import * as reader from './reader-1.js';
import type { Schema } from './schemas.js';
import { contracts, isTaken } from './schemas.js';

const project = projects();

/** Objects whose members are data of people: a member more would be one more variable. */
const maps = new Set(['values', 'flags', 'fields', 'held']);

/** A document as a later 1.x might write it: every object has a member more, in front and behind. */
const newer = (value: unknown, left: ReadonlySet<string> = new Set(), key = ''): unknown => {
  if (left.has(key)) return value;
  if (Array.isArray(value)) return value.map((item) => newer(item, left, key));
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.entries(value).map(([name, member]) => [name, newer(member, left, name)]);
  if (maps.has(key)) return Object.fromEntries(inner) as unknown;
  const marker = inner.filter(([name]) => name === 'rhBatchPlan');
  const rest = inner.filter(([name]) => name !== 'rhBatchPlan');
  const more = { of: ['a', { later: 1 }] };
  return Object.fromEntries([...marker, ['alsoNew', more], ...rest, ['newIn1_9', null]]) as unknown;
};
const newerFile = (file: string): string => JSON.stringify(newer(JSON.parse(file)));
const newerLines = (file: string): string =>
  file
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => `${newerFile(line)}\n`)
    .join('');
const next = (file: string, member: string): string => {
  const written = JSON.parse(file) as Record<string, unknown>;
  return JSON.stringify({ ...written, [member]: 2 });
};

const done = async (): Promise<{ p: Project; events: string; printed: string }> => {
  const p = await project({
    manifest:
      'matrix: { prompt: [fox, "[emulate:oom]"] }\nset: { Positive Prompt.text: "${{ prompt }}" }\nexecution: { retries: 0 }',
  });
  const { exit: code, err, out } = await p.apply('--progress', 'json', '--json');
  expect(code).toBe(1);
  const events = err.replace(/^[^{].*\n/gm, '');
  write(p, [markOf(p, 0, { pick: 'picked' })]);
  return { p, events, printed: out };
};

test('a reader of 1.0 reads what this version writes, and the same of a later 1.x', async () => {
  const { p, events, printed } = await done();
  const plan = (await p.run('plan', '--json', '--out', 'plan.json')).out;
  const results = p.read('out/manifest/results.jsonl');
  const runs = reader.results(results);
  expect(runs.map(({ status, files, why }) => [status, files.length, why === null])).toEqual([
    ['succeeded', 1, true],
    ['failed', 0, false],
  ]);
  expect(reader.results(newerLines(results))).toEqual(runs);

  const summary = reader.summary(p.read('out/manifest/summary.json'));
  expect(summary).toMatch(/^manifest: 1 of 2, 1 failed, [\d.]+ coins, exit 1$/);
  expect(reader.summary(printed)).toBe(summary);
  expect(reader.summary(newerFile(printed))).toBe(summary);

  const marks = p.read('out/manifest/picks.jsonl');
  expect(reader.picks(marks)).toEqual([`${runs[0]?.id}/0`]);
  expect(reader.picks(newerLines(marks))).toEqual(reader.picks(marks));

  expect(reader.plan(plan)).toHaveLength(2);
  expect(reader.plan(newerFile(plan))).toEqual(reader.plan(plan));
  expect(reader.plan(p.read('plan.json'))).toEqual(reader.plan(plan));
  expect(reader.plan(newerFile(p.read('plan.json')))).toEqual(reader.plan(plan));

  const seen = reader.progress(events);
  expect(seen).toEqual({ tasks: 2, files: runs[0]?.files });
  const later = `${newerLines(events)}{"type":"newKind","at":"later","progress":1,"files":7}\n`;
  expect(reader.progress(later)).toEqual(seen);

  const wrong = await p.run('plan', 'nowhere.yaml', '--json');
  expect(reader.problems(wrong.out)).toEqual([expect.stringMatching(/^E\d{4} /)]);
  expect(reader.problems(newerFile(wrong.out))).toEqual(reader.problems(wrong.out));
});

test('the published schemas of today take documents of a later 1.x, and refuse version 2', async () => {
  const { p, events, printed } = await done();
  await p.run('plan', '--out', 'plan.json');
  const written = {
    results: p.read('out/manifest/results.jsonl').split('\n')[0] ?? '',
    summary: printed,
    picks: p.read('out/manifest/picks.jsonl').trim(),
    plan: p.read('plan.json'),
  };
  for (const [name, text] of Object.entries(written)) {
    expect(isTaken(JSON.parse(text), name), name).toBe(true);
    expect(isTaken(JSON.parse(newerFile(text)), name), name).toBe(true);
    const member = { picks: 'picks', plan: 'rhBatchPlan' }[name] ?? 'version';
    expect(isTaken(JSON.parse(next(text, member)), name), name).toBe(false);
  }
  for (const line of events.trim().split('\n')) {
    expect(isTaken(JSON.parse(newerFile(line)), 'progress'), line).toBe(true);
    expect(isTaken(JSON.parse(next(line, 'progress')), 'progress') && /accepted/.test(line)).toBe(
      false,
    );
  }
});

test('rh-batch itself reads files of a later 1.x: compare, picks and an approved plan', async () => {
  const { p } = await done();
  p.write('later/results.jsonl', newerLines(p.read('out/manifest/results.jsonl')));
  p.write('later/summary.json', newerFile(p.read('out/manifest/summary.json')));
  const compared = await p.run('report', '--compare', 'later', '--json');
  expect(compared.exit, compared.err).toBe(0);
  expect(JSON.parse(compared.out)).toMatchObject({ comparison: { runs: [] } });

  p.write('out/manifest/picks.jsonl', newerLines(p.read('out/manifest/picks.jsonl')));
  const { pictures } = JSON.parse((await p.run('picks', '--json')).out) as { pictures: object[] };
  expect(pictures).toMatchObject([{ pick: 'picked', standing: 'same' }]);

  await p.run('plan', '--out', 'plan.json');
  const plan = p.read('plan.json');
  // What a run sets is carried out as it was approved, or not at all.
  p.write('plan.json', newerFile(plan));
  const refused = await p.apply('plan.json');
  expect(refused.exit).toBe(2);
  expect(refused.err).toContain('is stale: nothing was submitted');
  p.write('plan.json', JSON.stringify(newer(JSON.parse(plan), new Set(['overrides']))));
  const before = p.service.stats().accepted;
  const applied = await p.apply('plan.json');
  expect(applied.exit, applied.err).toBe(1);
  expect(p.service.stats().accepted).toBe(before + 1);
});

test('rh-batch refuses in a sentence what another version of a format holds', async () => {
  const { p } = await done();
  const results = p.read('out/manifest/results.jsonl').trim().split('\n');
  p.write('next/results.jsonl', results.map((line) => next(line, 'version')).join('\n'));
  const compared = await p.run('report', '--compare', 'next');
  expect(compared.exit).toBe(2);
  expect(compared.err).toContain('a newer rh-batch wrote it');
  await p.run('plan', '--out', 'plan.json');
  p.write('plan.json', next(p.read('plan.json'), 'rhBatchPlan'));
  const applied = await p.apply('plan.json');
  expect(applied.exit).toBe(2);
  expect(applied.err).toMatch(/plan\.json/);
});

test('the schema of exit codes is the table of the program, and no code has two meanings', () => {
  const { oneOf } = contracts.get('exit-codes') as {
    oneOf: readonly { const: number; description: string }[];
  };
  const told = exitHelp.flatMap(([codes, about]) =>
    codes.split(' / ').map((code) => [Number(code), about] as const),
  );
  expect(oneOf.map((one) => [one.const, one.description])).toEqual(told);
  expect([...new Set(Object.values(exit))].sort((a, b) => a - b)).toEqual(
    told.map(([code]) => code).sort((a, b) => a - b),
  );
  expect(told.map(([code]) => reader.next(code))).toEqual(
    told.map(([, about]) =>
      /done \(/.test(about)
        ? 'done'
        : /resumable|goes on|orderly stop/.test(about)
          ? 'again'
          : 'look',
    ),
  );
});

test('what several schemas define is the same in each of them', () => {
  const defined = [...contracts.values()].flatMap(({ $defs }) => membersIn($defs));
  for (const name of ['override', 'error', 'instant']) {
    const all = defined.filter(([known]) => known === name).map(([, definition]) => definition);
    expect(all.length, name).toBeGreaterThan(1);
    for (const one of all) expect(one).toEqual(all[0]);
  }
});

const membersIn = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

/** What a reader relies on: the type, the values that it may have, or where that is defined. */
const kindOf = ({ type, $ref, enum: oneOf, const: exactly }: Schema): string | null => {
  if (exactly !== undefined) return `is ${JSON.stringify(exactly)}`;
  if (oneOf !== undefined) return `one of ${JSON.stringify(oneOf)}`;
  if (typeof $ref === 'string') return $ref;
  return type === undefined
    ? null
    : [type]
        .flat()
        .map((one) => (typeof one === 'string' ? one : '?'))
        .join('|');
};

/** `pointer type` of every member that a schema tells, `!` where it is always there. */
const membersOf = (name: string): string[] => {
  const lines: string[] = [];
  const walk = (node: unknown, at: string, must = false): void => {
    if (typeof node !== 'object' || node === null) return;
    const schema: Schema = Object.fromEntries(membersIn(node));
    const { properties, required, items, anyOf, $defs } = schema;
    const kind = kindOf(schema);
    if (kind !== null) lines.push(`${at}${must ? '!' : ''} ${kind}`);
    for (const [member, inner] of membersIn(properties))
      walk(inner, `${at}.${member}`, Array.isArray(required) && required.includes(member));
    walk(items, `${at}[]`);
    for (const [index, inner] of membersIn(anyOf)) walk(inner, `${at}|${index}`);
    for (const [definition, inner] of membersIn($defs)) walk(inner, `${at}#${definition}`);
  };
  walk(contracts.get(name), name);
  return lines;
};

test('nothing that 1.0 promises was taken away, renamed or given another type', () => {
  const file = new URL('./frozen-1.txt', import.meta.url);
  const frozen = readFileSync(file, 'utf8').trim().split('\n');
  const now = new Set([...contracts.keys()].sort().flatMap(membersOf));
  expect(frozen.length).toBeGreaterThan(400);
  expect(frozen.filter((line) => !now.has(line))).toEqual([]);
});
