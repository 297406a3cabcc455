import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differenceFrom, lookAlikes } from '../../src/values/look-alike.js';
import { projects } from '../support/opened.js';
import { pixel } from '../support/graph.js';

const project = projects();

describe('a path that is not there', () => {
  test.each<[string, string, string, RegExp]>([
    ['with backslashes', 'pics/hills.png', 'pics\\hills.png', /write pics\/hills\.png: .* by \//],
    [
      'in other letters',
      'pics/Hills.PNG',
      'Pics/hills.png',
      /write pics\/Hills\.PNG: .*lower case/,
    ],
    ['with a no-break space', 'my pics/a.png', 'my\u00a0pics/a.png', /U\+00A0 \(no-break space\)/],
    ['misspelt', 'pics/hills.png', 'pics/hlils.png', /did you mean "pics\/hills\.png"\?/],
    ['of another ending', 'pics/a.png', 'pics/a.jpeg', /did you mean "pics\/a\.png"\?/],
    ['in quotes', 'pics/a.png', '"pics/a.png"', /write pics\/a\.png: the quotes are no part/],
    ['of another machine', 'a.png', 'C:\\me\\a.png', /a path of Windows: write where the file is/],
    ['of a shell', 'a.png', '~/a.png', /"~" is read by shells only/],
    ['as an address', 'a.png', 'file:///tmp/a.png', /write the path of the file, without file:/],
    ['with backslashes, and unlike any', 'a.png', 'no\\b.gif', /separated by \/ here, not by \\/],
  ])('%s is told with the form that works', async (_, there, written, hint) => {
    const p = await project({
      manifest: `matrix: { LoadImage.image: ['${written}'] }`,
      files: { [there]: pixel(1) },
    });
    const { exit, err } = await p.run('validate');
    expect(exit).toBe(2);
    expect(err).toContain('does not exist');
    expect(err).toMatch(hint);
  });

  test.each(['NFC', 'NFD'] as const)(
    'whose name is composed otherwise is found (%s)',
    async (form) => {
      const name = 'Gebäude é 한글.png';
      const p = await project({
        manifest: `matrix: { LoadImage.image: ['pics/${name.normalize(form === 'NFC' ? 'NFD' : 'NFC')}'] }`,
        files: { [`pics/${name.normalize(form)}`]: pixel(1) },
      });
      expect(await p.run('validate')).toMatchObject({ exit: 0 });
      expect((await p.apply()).exit).toBe(0);
    },
  );

  test('of the workflow or the manifest itself is told in the same way', async () => {
    const p = await project();
    p.write('other.yaml', p.read('manifest.yaml').replace('api.json', 'Api.json'));
    expect((await p.run('validate', 'other.yaml')).err).toContain(
      'write api.json: upper and lower',
    );
    expect((await p.run('validate', 'manifst.yaml')).err).toContain(
      'did you mean "manifest.yaml"?',
    );
  });
});

describe('a path of a table, of lines, of a text or of a glob is told in the same way', () => {
  test.each<[string, string, RegExp]>([
    ['rows', 'matrix: { rows: Rows.csv }', /Rows\.csv does not exist[^]*write rows\.csv: upper/],
    ['rows', 'matrix: { rows: in\\t.csv }', /does not exist[^]*write in\/t\.csv: folders/],
    ['lines', 'matrix: { a: { lines: Lines.txt } }', /[^]*hint: write lines\.txt: upper and lower/],
    ['file', 'set: { Positive Prompt.text: { file: Lines.txt } }', /hint: write lines\.txt: upper/],
    ['glob', 'matrix: { a: { glob: in\\*.csv } }', /no file matches[^]*hint: write in\/\*\.csv: f/],
  ])('%s: %s', async (_, manifest, told) => {
    const files = { 'rows.csv': 'KSampler.seed\n1\n', 'in/t.csv': 'a\n1\n', 'lines.txt': 'a\n' };
    const p = await project({ manifest, files });
    const { exit, err } = await p.run('validate');
    expect(exit).toBe(2);
    expect(err).toMatch(told);
  });
});

describe('without a name', () => {
  test('two manifests in a folder are an error, since either may be meant', async () => {
    const p = await project();
    p.write('manifest.yml', p.read('manifest.yaml'));
    const { exit, err } = await p.run('plan');
    expect(exit).toBe(2);
    expect(err).toContain('there are two manifests here: manifest.yaml and manifest.yml');
    expect((await p.run('plan', 'manifest.yml')).exit).toBe(0);
  });

  test('files that may be the manifest are listed where none has its name', async () => {
    const p = await project();
    p.write('hero.yaml', p.read('manifest.yaml'));
    p.remove('manifest.yaml');
    const { exit, err } = await p.run('plan');
    expect(exit).toBe(2);
    expect(err).toContain('files here that may be one: hero.yaml');
  });
});

test('a header that only looks like an address is told with what cannot be seen in it', async () => {
  const p = await project({
    manifest: 'matrix: { rows: rows.csv }',
    files: { 'rows.csv': 'Positive\u00a0Prompt.text\na fox\n' },
  });
  const { exit, err } = await p.run('validate');
  expect(exit).toBe(2);
  expect(err).toContain(
    '"Positive Prompt" looks like it: it is written with U+00A0 (no-break space)',
  );
  expect(err).toContain('did you mean Positive Prompt.text?');
});

test('what looks alike is found whatever differs that nobody sees, and the difference has words', () => {
  const odd = fc.constantFrom('\u00a0', '\u3000', '\u200b', '\ufeff', '\u202f');
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zé]{2,6} [a-zé]{2,6}$/), odd, (name, blank) => {
      const written = name.replace(
        ' ',
        blank === '\u200b' || blank === '\ufeff' ? ` ${blank}` : blank,
      );
      expect(lookAlikes(written, ['other', name])).toEqual([name]);
      expect(differenceFrom(written, name)).toMatch(/U\+[0-9A-F]{4} \(/);
      expect(lookAlikes(name.normalize('NFD').toUpperCase(), [name])).toEqual([name]);
    }),
  );
});
