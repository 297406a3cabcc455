import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { graph, pixel } from '../support/graph.js';
import { Folder, keys } from './session.js';

const id = '1980237776367083521';
const api = JSON.stringify(graph, null, 2);
const manifestFile = (name: string): string => readFileSync(`manifests/${name}`, 'utf8');
const key = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';

let folder: Folder;
const open = (files: Readonly<Record<string, string | Uint8Array>> = {}): Folder => {
  folder = new Folder({ 'api.json': api, ...files });
  return folder;
};
afterEach(() => folder.close());

describe('without a terminal', () => {
  test('writes what batches mostly vary with the values of now, plans it, and says the next command', async () => {
    const p = open();
    const { exit, out, err } = await p.run(['init', 'api.json', '--id', id]);
    expect([exit, err]).toEqual([0, '']);
    expect(p.read('rows.csv')).toBe('Positive Prompt.text,Sketch.image\na photo,example.png\n');
    expect(p.read('manifest.yaml')).toContain(`workflowId: "${id}"\napi: ./api.json\n`);
    expect(out).toContain('1 run: 1 to run (1 new)');
    expect(out).toMatch(/^ {2}rh-batch apply /m);
    expect(out).toMatch(/RUNNINGHUB_API_KEY is not set/);
    expect(p.list()).toEqual(['api.json', 'manifest.yaml', 'rows.csv']);
    const rehearsal = await p.run(['apply', '--emulator', '--progress', 'none']);
    expect(rehearsal).toMatchObject({ exit: 0 });
  });

  test('takes columns, rows, names and places from flags; paths are turned to where the table lies', async () => {
    const p = open({ 'cats/a.png': pixel(1), 'cats/b.png': pixel(2) });
    const done = await p.run([
      ...['init', 'api.json', '--id', `https://www.runninghub.cn/workflow/${id}?x=1`],
      ...['--vary', 'KSampler.seed=18446744073709551615', '--vary', 'Sketch.image=cats/a.png'],
      ...['--vary', 'Sketch.image=cats/b.png', '--vary', 'Negative Prompt.text'],
      ...['--name', 'hero', '--out', 'batches/hero.yaml', '--rows', 'tables/hero.csv'],
    ]);
    expect(done).toMatchObject({ exit: 0, err: '' });
    expect(p.read('tables/hero.csv')).toBe(
      'KSampler.seed,Sketch.image,Negative Prompt.text\n' +
        '18446744073709551615,../cats/a.png,blurry\n18446744073709551615,../cats/b.png,blurry\n',
    );
    expect(p.read('batches/hero.yaml')).toContain(
      `name: "hero"\nworkflowId: "${id}"\napi: ../api.json\n`,
    );
    expect(done.out).toContain('2 runs: 2 to run (2 new) · 2 uploads');
    expect(done.out).toContain('rh-batch apply batches/hero.yaml');
    const { columns, set } = JSON.parse(
      (await p.run(['init', '--id', id, '--json', '--force', '--vary', 'id:6.text=x'])).out,
    ) as { columns: unknown; set: unknown };
    expect([columns, set]).toEqual([['id:6.text'], []]);
  });

  test('never replaces a file, unless told to, and then keeps no half', async () => {
    const p = open({ 'rows.csv': 'mine\n', 'manifest.yaml': 'mine: too\n' });
    const refused = await p.run(['init', 'api.json', '--id', id]);
    expect(refused.exit).toBe(2);
    expect(refused.err).toMatch(/manifest\.yaml is there already[^]*rows\.csv is there already/);
    expect([p.read('rows.csv'), p.read('manifest.yaml')]).toEqual(['mine\n', 'mine: too\n']);
    expect((await p.run(['init', 'api.json', '--id', id, '--force'])).exit).toBe(0);
    expect(p.read('rows.csv')).toContain('a photo');
    p.write('blocked', 'a file where a folder is wanted');
    const half = await p.run(['init', '--id', id, '--rows', 'new.csv', '--out', 'blocked/m.yaml']);
    expect(half.exit).toBe(2);
    expect(p.list()).not.toContain('new.csv');
  });

  test('tells what is missing or wrong before it writes anything', async () => {
    const p = open();
    for (const [argv, said] of [
      [['init', 'api.json'], /what runs on RunningHub is not known[^]*--id ID/],
      [['init', 'api.json', '--id', 'abc'], /"abc" is not the workflow's id/],
      [['init', 'api.json', '--id', '7', '--vary', 'Positive Promt.text'], /Positive Prompt/],
      [['init', 'nothing.json', '--id', '7'], /nothing\.json does not exist/],
      [['init', 'api.json', '--id', '7', '--name', 'a/b'], /--name "a\/b"/],
    ] as const) {
      const { exit, err, out } = await p.run(argv);
      expect([exit, out]).toEqual([2, '']);
      expect(err).toMatch(said);
    }
    expect(p.list()).toEqual(['api.json']);
  });

  test.each([
    ['app', 'apps/portrait.json', '1877265245566922753', 'webappId: "1877265245566922753"'],
    ['quick', 'apps/portrait.json', '1877265245566922753/002', 'code: "002"'],
    ['model', 'models/text-to-video.json', null, 'model: "rhart-video/ltx-2.3/text-to-video"'],
  ])('works for %s as well', async (_name, file, named, line) => {
    const p = open({ 'x.json': manifestFile(file) });
    const vary = named === null ? ['--vary', 'model.prompt=a fox'] : ['--id', named];
    const done = await p.run(['init', 'x.json', ...vary]);
    expect(done).toMatchObject({ exit: 0, err: '' });
    expect(p.read('manifest.yaml')).toContain(line);
    expect(await p.run(['apply', '--emulator', '--progress', 'none'])).toMatchObject({ exit: 0 });
  });

  test('what needs a value and has none is told, and the files stay to be filled in', async () => {
    const p = open({ 'model.json': manifestFile('models/text-to-video.json') });
    const { exit, err, out } = await p.run(['init', 'model.json']);
    expect(exit).toBe(2);
    expect(err).toContain('the table has a header but no rows');
    expect(out).toMatch(/mend what is told above[^]*nothing yet in model\.prompt/);
    expect(p.read('rows.csv')).toBe('model.prompt\n\n');
    p.write('rows.csv', 'model.prompt\na fox\n');
    expect(await p.run(['plan'])).toMatchObject({ exit: 0 });
  });

  test('hostile titles become columns that bind, and hostile values cells that stay', async () => {
    const titles = ['_private', 'a, "b"', '图\u{1F600}', 'a=b', '#x', "it's: ", 'x.y', '- [z]'];
    const values = ['${{ x }}', '=1+1', ' lead', 'two\nlines', '', '\u2028\u0085', '007', '"q"'];
    const nodes = titles.map((title, at) => [
      String(at),
      {
        class_type: 'CLIPTextEncode',
        _meta: { title },
        inputs: { text: values[at], strength: at },
      },
    ]);
    const p = open({ 'api.json': JSON.stringify(Object.fromEntries(nodes)) });
    const { fields } = JSON.parse((await p.run(['fields', 'api.json', '--json'])).out) as {
      fields: { address: string; field: string }[];
    };
    const vary = fields.flatMap(({ address }) => ['--vary', address]);
    const done = await p.run(['init', 'api.json', '--id', id, ...vary]);
    expect(done).toMatchObject({ exit: 0, err: '' });
    const plan = JSON.parse((await p.run(['plan', '--json'])).out) as {
      runs: { overrides: { node: string; field: string; value: unknown }[] }[];
    };
    const { overrides } = plan.runs[0] ?? { overrides: [] };
    expect(
      overrides.filter(({ field }) => field === 'text').map(({ node, value }) => [node, value]),
    ).toEqual(values.map((value, at) => [String(at), value]));
    expect(overrides).toHaveLength(fields.length);
  });
});

test('fields lists some addresses alone, and makes a table of just them', async () => {
  const p = open();
  const { out } = await p.run(['fields', 'api.json', 'KSampler.seed', 'id:6.text', '--csv']);
  expect(out).toBe('KSampler.seed,Positive Prompt.text\n156680208700286,a photo\n');
  const wrong = await p.run(['fields', 'api.json', 'KSampler.sed']);
  expect(wrong).toMatchObject({ exit: 2, out: '' });
  expect(wrong.err).toContain('seed');
});

describe('on a terminal', () => {
  test('asks what runs, which fields vary and which files, with the values of now', async () => {
    const p = open({ 'cats/a.png': pixel(1), 'cats/b.png': pixel(2), 'out/x.png': pixel(3) });
    const session = p.sit(['init', 'api.json']);
    await session.sees("What is the workflow's id");
    session.types('abc', keys.enter);
    await session.sees('this is no such id');
    session.types('\u007f\u007f\u007f', id, keys.enter);
    await session.sees('Which fields vary');
    await session.sees('156680208700286');
    session.types(keys.enter);
    await session.sees('Sketch.image: which files?');
    await session.sees('cats/b.png');
    session.types(keys.space, keys.down, keys.space, keys.enter);
    const { exit, out, err } = await session.ended;
    expect(exit).toBe(0);
    expect(err).not.toContain('out/x.png');
    expect(p.read('rows.csv')).toBe(
      'Positive Prompt.text,Sketch.image\na photo,cats/a.png\na photo,cats/b.png\n',
    );
    expect(out).toContain('2 runs: 2 to run (2 new)');
  });

  test.each(['keyboard', 'signal', 'hang-up'])(
    'leaving by %s writes nothing and ends with 130',
    async (way) => {
      const p = open();
      const session = p.sit(['init', 'api.json', '--id', id]);
      await session.sees('Which fields vary');
      if (way === 'keyboard') session.types(keys.ctrlC);
      else if (way === 'signal') session.signal('SIGINT');
      else session.hangsUp();
      const { exit, err } = await session.ended;
      expect(exit).toBe(130);
      expect(err).toContain('nothing was written');
      expect(p.list()).toEqual(['api.json']);
    },
  );

  test('an existing file is told before the first question', async () => {
    const p = open({ 'manifest.yaml': 'mine: 1\n' });
    const { exit, err } = await p.sit(['init', 'api.json']).ended;
    expect(exit).toBe(2);
    expect(err).not.toContain('What is');
  });

  test.each([
    [['--yes'], {}],
    [[], { TERM: 'dumb' }],
    [['--json'], {}],
  ])('with %j and %j nothing is asked', async (flags, env) => {
    const p = open();
    const { exit } = await p.sit(['init', 'api.json', '--id', id, ...flags], { env }).ended;
    expect(exit).toBe(0);
  });

  test('no line of a question is wider than the terminal, and colours can be off', async () => {
    const p = open({
      'api.json': JSON.stringify({
        1: {
          class_type: 'CLIPTextEncode',
          _meta: { title: '一个非常长的节点标题'.repeat(4) },
          inputs: { text: '一只狐狸在雪地里奔跑\n第二行 \u001b[31m红'.repeat(9) },
        },
      }),
    });
    const session = p.sit(['init', 'api.json', '--id', id], { columns: 40 });
    await session.sees('Enter: confirm');
    session.types(keys.enter);
    const { exit, err } = await session.ended;
    expect(exit).toBe(0);
    expect(err).not.toMatch(/\u001b\[[\d;]*m/);
  });
});

test('the key of the environment is never written, even where a value holds it', async () => {
  const p = open({
    'api.json': JSON.stringify({
      1: { class_type: 'CLIPTextEncode', inputs: { text: `look ${key}` } },
    }),
  });
  const session = await p.run(['init', 'api.json', '--id', id], {
    env: { RUNNINGHUB_API_KEY: key },
  });
  // The file itself must be mended: it would be sent, and it is shared with others.
  expect(session.exit).toBe(2);
  expect(session.err).toContain('the API key stands in this file');
  expect(session.out + session.err).not.toContain(key);
  // Apart from the file that was given, which is the user's own.
  expect(p.list().filter((file) => file !== 'api.json' && p.read(file).includes(key))).toEqual([]);
});
