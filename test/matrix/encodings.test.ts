import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Project } from '../support/project.js';

let p: Project;
beforeEach(async () => {
  p = await Project.start({ manifest: 'matrix: { rows: p.csv }' });
});
afterEach(() => p.close());

const header = 'Positive Prompt.text,KSampler.seed\n';

/** Bytes that other programs wrote, behind a header in the same encoding where it is a wide one. */
const row = (hex: string, wide: 'le' | 'be' | null = null): Uint8Array => {
  const le = Buffer.from(header, 'utf16le');
  const start = wide === null ? Buffer.from(header) : wide === 'le' ? le : le.swap16();
  return Buffer.concat([start, Buffer.from(hex, 'hex')]);
};

/** [encoding, a row in it, its text]: `春の朝、窓辺で眠る猫,1` and so on. */
const texts: readonly (readonly [string, string, string])[] = [
  ['shift_jis', '8f7482cc92a9814191 8b95d382c596b082e9944c2c310a', '春の朝、窓辺で眠る猫'],
  ['euc-jp', 'bdd5a4cec4aba1a2c1ebcad5a4c7ccb2a4ebc7ad2c310a', '春の朝、窓辺で眠る猫'],
  ['big5', 'a440b0a6acf5a6e2aabab0aa', '一隻紅色的高'],
  ['euc-kr', 'b4ab20bcd3c0bb20b4deb8aeb4c220bad3c0ba20bfa9bfec2c310a', '눈 속을 달리는 붉은 여우'],
  ['gb18030', 'd2bbd6bbbaecc9abb5c4baeac0ea2c310a', '一只红色的'],
  ['latin1', '756e20e974e920e0206c6120706c6167652c310a', 'un été à la plage'],
  ['windows-1251', 'f0fbe6e0ff20ebe8f1e020e1e5e6e8f22c310a', 'рыжая лиса бежит'],
];

describe('a table that is no UTF-8 is told with the encodings it may have and how each reads', () => {
  test.each(texts)('%s', async (encoding, hex, text) => {
    p.write('p.csv', row(hex.replaceAll(' ', '')));
    const { exit, err } = await p.run('validate');
    expect(exit).toBe(2);
    expect(err).toContain('p.csv:2 error: this is not UTF-8 text');
    expect(err).toContain(`  as ${encoding}: ${text}`);
    // Where several can be read, none of them is named as the one to write.
    const several = (err.match(/^ {2}as /gm) ?? []).length > 1;
    expect(err).toContain(
      several
        ? '{ file: p.csv, encoding: NAME } in place of its name; NAME is the one of '
        : `{ file: p.csv, encoding: ${encoding} } in place of its name, if the text above is right`,
    );
    p.manifest(`matrix: { rows: { file: p.csv, encoding: ${encoding} } }`);
    const mended = await p.run('plan', '--json');
    expect(mended.err).not.toContain('seems to be');
    expect(mended.out).toContain(text);
  });

  test.each(['le', 'be'] as const)('UTF-16%s without a mark', async (wide) => {
    const le = Buffer.from('一只红色的狐狸,1\n', 'utf16le');
    p.write('p.csv', row((wide === 'le' ? le : le.swap16()).toString('hex'), wide));
    const { exit, err } = await p.run('validate');
    expect(exit).toBe(2);
    expect(err).toContain(`  as utf-16${wide}: 一只红色的狐狸,1`);
    expect(err).toContain(`{ file: p.csv, encoding: utf-16${wide} }`);
  });

  test('lines of a text file, too', async () => {
    p.write('s.txt', Buffer.from('d2bbd6bbbaecc9abb5c4baeac0ea0a', 'hex'));
    p.manifest('matrix: { s: { lines: s.txt } }\nset: { KSampler.sampler_name: "${{ s }}" }');
    const { err } = await p.run('validate');
    expect(err).toContain('as gb18030: 一只红色的');
    expect(err).toContain('{ lines: s.txt, encoding: NAME }');
  });
});

test('an encoding that gives text without sense is warned of, with both readings', async () => {
  p.write('p.csv', row('8f7482cc92a98141918b95d382c596b082e9944c2c310a'));
  p.manifest('matrix: { rows: { file: p.csv, encoding: gb18030 } }');
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(0);
  expect(err).toMatch(/manifest\.yaml:\d+:\d+ warning: p\.csv seems to be shift_jis, not gb18030/);
  expect(err).toContain('as shift_jis: 春の朝、窓辺で眠る猫');
});

test('one damaged line of UTF-8 is told as that', async () => {
  const bytes = Buffer.concat([
    Buffer.from(`${header}一只红色的狐狸,1\n`),
    Buffer.from('ff41', 'hex'),
    Buffer.from(',2\n春の朝、窓辺で眠る猫,3\n'),
  ]);
  p.write('p.csv', bytes);
  const { err } = await p.run('validate');
  expect(err).toContain('p.csv:3 error: this is not UTF-8 text, though the rest of the file is');
  expect(err).not.toContain('encoding:');
});

test.each([
  ['a workbook of Excel 97', 'd0cf11e0a1b11ae1', 'save it as XLSX or as CSV (UTF-8)'],
  ['an XLSX', '504b0304140000000800ffee', 'name it .xlsx if it is one'],
  ['a picture', '89504e470d0a1a0a0000', 'name the table'],
])('%s under the name of a table is told as what it is', async (_, hex, hint) => {
  p.write('p.csv', Buffer.from(hex, 'hex'));
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(2);
  expect(err).toContain('p.csv error: this is no text: it is a');
  expect(err).toContain(hint);
});

test('the reference names every encoding that a message can propose', async () => {
  const { out } = await p.run('schema');
  for (const [encoding] of texts) expect(out).toContain(encoding);
});
