import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shownText } from '../../src/edges/outlet.js';
import { portable } from '../../src/plan/names/portable.js';
import { oneLine, plainText } from '../../src/values/printable.js';
import { projects } from '../support/opened.js';

const start = projects();

/** Sets the title, clears the screen, turns text round, and commands GitHub's log. */
const said =
  '\u001b]0;title\u0007\u001b[2J\u009b31m\u202eנחש 狐狸\u200f\r\n::error::forged\n##[error]forged';
const acts =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const commands = /^\s*::(?:error|set-output|add-mask)::forged|##\[error\]forged/m;

test('what the service says acts on no terminal, log, annotation, summary, CSV or file name', async () => {
  const summary = join(mkdtempSync(join(tmpdir(), 'rh-batch-')), 'summary.md');
  const p = await start({
    manifest: [
      'matrix: { Positive Prompt.text: [a, "[emulate:fail]"] }',
      'execution: { retries: 0 }',
      'outputs: { name: "${{ run.name }}-${{ output.node }}-${{ output.name }}.${{ output.ext }}" }',
    ].join('\n'),
    emulator: {
      runTime: { kind: 'constant', ms: 2_000 },
      faults: [{ endpoint: '*', kind: 'repeatText', msg: said }],
    },
    env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary },
  });
  const printed: string[] = [];
  const run = async (...argv: string[]): Promise<void> => {
    const { out, err } = await p.run(...argv);
    printed.push(out, err);
  };
  await run('apply', '-vv');
  await run('account');
  await run('status');
  const [done, failed] = p.results();
  for (const { id, taskId } of [done, failed].filter((found) => found !== undefined)) {
    await run('explain', id);
    await run('task', taskId ?? '');
  }
  expect(printed.join('')).toContain('狐狸');
  const files = ['results.csv', 'junit.xml'].map((name) => p.read(`out/manifest/${name}`));
  const logged = [...printed, readFileSync(summary, 'utf8')];
  for (const text of logged) expect(commands.exec(text)).toBe(null);
  for (const text of [...logged, ...files, ...p.list('.')]) expect(acts.exec(text)).toBe(null);
});

test('letters of every script, accents and emoji stay as they are', () => {
  for (const text of [
    'שלום עולם',
    'مرحبا بالعالم',
    '狐狸.png',
    '👨‍👩‍👧‍👦',
    'e\u0301',
    'می‌خواهم',
    'a::b',
    'C#',
  ])
    for (const kept of [oneLine(text), plainText(text), shownText(text)]) expect(kept).toBe(text);
  expect(portable('שלום\u200f-\u202e狐狸.png')).toBe('שלום-狐狸.png');
});

test('the last gate lets nothing act, and changes no value of JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = JSON.stringify({ text: `${text}\u009b2J\u202e##[error]` });
      const shown = shownText(json);
      expect(acts.exec(shown)).toBe(null);
      expect(shown).not.toContain('##[');
      expect(JSON.parse(shown)).toEqual(JSON.parse(json));
      expect(acts.exec(shownText(text).replace(/\u001b\[[0-9;?]*[A-Za-z]|\r/g, ''))).toBe(null);
    }),
  );
  expect(shownText('\u001b[31mred\u001b[0m\n\u001b[2K')).toBe('\u001b[31mred\u001b[0m\n\u001b[2K');
});
