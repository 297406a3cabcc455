import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import writeExcelFile from 'write-excel-file/node';
import { datumWithLineFeeds } from '../../src/values/line-ends.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';

const project = projects();
const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

/** Each file that can hold text, with `\n`; all of them name the same two prompts. */
const tables: Readonly<Record<string, string>> = {
  'p.csv': 'Positive Prompt.text\n"a fox,\nat dawn"\n"a heron\n\n"\n',
  'p.tsv': 'Positive Prompt.text\n"a fox,\nat dawn"\n"a heron\n\n"\n',
  'p.yaml':
    '- Positive Prompt.text: |-\n    a fox,\n    at dawn\n- Positive Prompt.text: "a heron\\n\\n"\n',
  'p.json':
    '[{ "Positive Prompt.text": "a fox,\\nat dawn" },\n{ "Positive Prompt.text": "a heron\\n\\n" }]\n',
  'p.jsonl':
    '{ "Positive Prompt.text": "a fox,\\nat dawn" }\n{ "Positive Prompt.text": "a heron\\n\\n" }\n',
};
const toRun = async (p: Project): Promise<number> =>
  (await p.plan()).runs.filter(({ action }) => action !== 'upToDate').length;

test('the same table in any format and with any line ends is the same batch', async () => {
  const p = await project({ manifest: 'matrix: { rows: p.csv }', files: tables });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  const sent = p.received().map(([first]) => first?.fieldValue);
  expect(sent.sort()).toEqual(['a fox,\nat dawn', 'a heron\n\n']);
  for (const [name, text] of Object.entries(tables)) {
    p.manifest(`matrix: { rows: ${name} }`);
    expect(await toRun(p), name).toBe(0);
    p.write(name, crlf(text));
    expect(await toRun(p), `${name} with CRLF`).toBe(0);
    // As another program writes it that took the table from a file with CRLF.
    p.write(name, text.replaceAll(String.raw`\n`, String.raw`\r\n`));
    expect(await toRun(p), `${name} with CRLF in its strings`).toBe(0);
  }
  const cells = [['Positive Prompt.text'], ['a fox,\r\nat dawn'], ['a heron\r\n\r\n']];
  await writeExcelFile(cells.map((row) => row.map((value) => ({ value })))).toFile(
    join(p.dir, 'p.xlsx'),
  );
  p.manifest('matrix: { rows: p.xlsx }');
  expect(await toRun(p), 'p.xlsx').toBe(0);
});

test('texts of files, lines, and a manifest that git turned over are no reason to run', async () => {
  const manifest = [
    'matrix: { style: { lines: styles.txt }, subject: { file: subjects.csv } }',
    'set:',
    '  Positive Prompt.text: |',
    '    ${{ style }}',
    '    ${{ subject.text }}',
    '  Negative Prompt.text: { file: neg.txt }',
  ].join('\n');
  const files: Readonly<Record<string, string>> = {
    'styles.txt': 'oil\nink\n',
    'neg.txt': 'blurry\n\nlow\n',
    'subjects.csv': 'text\n"a fox\nat dawn"\n',
  };
  const p = await project({ manifest, files });
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(p.received()[0]?.map(({ fieldValue }) => fieldValue)).toContain('blurry\n\nlow\n');
  for (const path of ['manifest.yaml', ...Object.keys(files)]) {
    p.write(path, crlf(p.read(path)));
    expect(await toRun(p), path).toBe(0);
  }
});

test('{ value } means exactly what it says', async () => {
  const p = await project({
    manifest: String.raw`set: { Positive Prompt.text: { value: "a\r\nb" } }`,
  });
  expect((await p.apply()).exit).toBe(0);
  expect(p.received()[0]?.[0]?.fieldValue).toBe('a\r\nb');
});

test('whatever stands in a text, its line ends are no part of it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string()),
      fc.array(fc.constantFrom('\n', '\r\n', '\r')),
      (parts, ends) => {
        const clean = parts.map((part) => part.replace(/[\r\n]/g, '.'));
        const mixed = clean.reduce((all, part, at) => `${all}${part}x${ends[at] ?? '\n'}`, '');
        const want = clean.reduce((all, part) => `${all}${part}x\n`, '');
        const scalar = (text: string) => ({ is: 'scalar', text, type: 'text' }) as const;
        const nested = (text: string) =>
          ({
            is: 'map',
            entries: new Map([
              ['k', { is: 'list', items: [scalar(text), { is: 'absent' }] } as const],
            ]),
          }) as const;
        expect(datumWithLineFeeds(nested(mixed))).toEqual(nested(want));
      },
    ),
  );
});
