import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/server.js';
import { readCurl } from '../../src/init/curl.js';
import { posixWords } from '../../src/values/shell-words.js';
import { graph } from '../support/graph.js';
import { Folder } from './session.js';

/** The key of the page that the command was copied from. */
const key = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const id = '1904136902449209346';
const api = JSON.stringify(graph);

let folder = new Folder();
const open = (files: Readonly<Record<string, string>> = {}): Folder => {
  folder.close();
  return (folder = new Folder(files));
};
afterEach(() => folder.close());

const list = [
  { nodeId: '6', fieldName: 'text', fieldValue: '1 girl\'s $HOME "in" a ${{ room }}, 中文' },
  { nodeId: '3', fieldName: 'seed', fieldValue: '18446744073709551615' },
  { nodeId: '10', fieldName: 'image', fieldValue: 'api/9d77b853.png' },
  { nodeId: 5, fieldName: 'width', fieldValue: 512 },
];
const create = { apiKey: key, workflowId: id, nodeInfoList: list };

const single = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
const double = (text: string): string => `"${text.replace(/[$`"\\]/g, (char) => `\\${char}`)}"`;
const ansi = (text: string): string =>
  `$'${[...Buffer.from(text)].map((byte) => (byte > 126 || byte < 32 ? `\\x${byte.toString(16)}` : String.fromCharCode(byte).replace(/['\\]/, '\\$&'))).join('')}'`;
/** As a browser copies for Windows' cmd. */
const cmd = (text: string): string =>
  `^"${text
    .replace(/\\/g, '\\\\')
    .replace(/"/g, '\\"')
    .replace(/[^a-zA-Z0-9\s_\-:=+~'/.',?;()*`]/g, '^$&')
    .replace(/%(?=[a-zA-Z0-9_])/g, '%^')}^"`;

const commandFor = (
  path: string,
  body: unknown,
  quote: (text: string) => string,
  site = 'cn',
): string =>
  [
    `curl --location --request POST ${quote(`https://www.runninghub.${site}${path}`)}`,
    `--header ${quote('Host: www.runninghub.cn')}`,
    `--header ${quote(`Authorization: Bearer ${key}`)}`,
    `--header ${quote('Content-Type: application/json')}`,
    `--data-raw ${quote(JSON.stringify(body, null, quote === cmd ? 0 : 2))}`,
  ].join(quote === cmd ? ' ^\r\n' : ' \\\n');

/** Nothing that is left of the command holds its key. */
const keyIsNowhere = (p: Folder, ended: { out: string; err: string }, value = key): void => {
  expect(p.everything() + ended.out + ended.err).not.toContain(value);
};

const overridesOf = async (p: Folder): Promise<unknown[][]> => {
  const { out } = await p.run(['plan', '--json']);
  const plan = JSON.parse(out) as {
    runs: { overrides: { node: string; field: string; value: unknown }[] }[];
  };
  return (plan.runs[0]?.overrides ?? []).map(({ node, field, value }) => [node, field, value]);
};

describe('create with nodeInfoList', () => {
  test.each([
    ['single quotes', single],
    ['double quotes', double],
    ["$'…'", ansi],
    ["Windows' cmd", cmd],
  ])('in %s becomes a manifest with the same values', async (_name, quote) => {
    const p = open({ 'api.json': api });
    const ended = await p.run(['init', '--from-curl'], {
      stdin: commandFor('/task/openapi/create', create, quote),
    });
    expect(ended).toMatchObject({ exit: 0, err: '' });
    expect(p.read('manifest.yaml')).toContain(`workflowId: "${id}"`);
    expect((await overridesOf(p)).sort()).toEqual(
      [
        ['10', 'image', 'api/9d77b853.png'],
        ['3', 'seed', '18446744073709551615'],
        ['5', 'width', 512],
        ['6', 'text', list[0]?.fieldValue],
      ].sort(),
    );
    keyIsNowhere(p, ended);
  });

  test('prompts and files go into the table, the rest into set; --vary chooses others', async () => {
    const p = open({
      'api.json': api,
      'c.txt': commandFor('/task/openapi/create', create, single),
    });
    await p.run(['init', '--from-curl', 'c.txt']);
    expect(p.read('rows.csv').split(/\r?\n/)[0]).toBe('\ufeffPositive Prompt.text,Sketch.image');
    expect(p.read('manifest.yaml')).toContain('  KSampler.seed: 18446744073709551615\n');
    await p.run(['init', '--from-curl', 'c.txt', '--force', '--vary', 'Size.width']);
    expect(p.read('rows.csv')).toBe('Size.width\n512\n');
    expect(p.read('manifest.yaml')).toContain('Positive Prompt.text: { value: "1 girl');
  });

  test('its options are taken over, and what no manifest has is named', async () => {
    const p = open({ 'api.json': api });
    const more = {
      addMetadata: 'true',
      instanceType: 'plus',
      retainSeconds: 60,
      webhookUrl: 'https://e.example/h',
    };
    const ended = await p.run(['init', '--from-curl'], {
      stdin: commandFor(
        '/task/openapi/create',
        { ...create, ...more, accessPassword: 'geheim' },
        single,
      ),
    });
    expect(ended.exit).toBe(0);
    expect(ended.err).toContain('not taken over: accessPassword');
    expect(p.everything()).not.toContain('geheim');
    for (const line of ['addMetadata: true', 'instance: "plus"', 'retainSeconds: 60'])
      expect(p.read('manifest.yaml')).toContain(`${line}\n`);
  });

  test('the whole graph of a call becomes api.json', async () => {
    const p = open();
    const ended = await p.run(['init', '--from-curl'], {
      stdin: commandFor(
        '/task/openapi/create',
        { apiKey: key, workflowId: id, workflow: api },
        single,
      ),
    });
    expect(ended).toMatchObject({ exit: 0 });
    expect(p.read('manifest.yaml')).toContain('submit: "workflow"');
    expect(JSON.parse(p.read('api.json'))).toEqual(graph);
  });

  test('without a key and without its file the command that fetches it is told', async () => {
    const p = open();
    const ended = await p.run(['init', '--from-curl'], {
      stdin: commandFor('/task/openapi/create', create, single, 'ai'),
    });
    expect(ended).toMatchObject({ exit: 0, err: '' });
    expect(ended.out).toContain(`rh-batch pull ${id}`);
    expect(ended.out).toContain('RUNNINGHUB_BASE_URL=https://www.runninghub.ai');
    expect(p.read('rows.csv')).toContain('id:6.text,id:10.image');
    keyIsNowhere(p, ended);
    p.write('api.json', api);
    expect((await overridesOf(p)).map(([node]) => node).sort()).toEqual(['10', '3', '5', '6']);
  });

  test('with a key in the environment its file is fetched, by that key', async () => {
    const own = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
    const service = await startEmulator({
      workflows: new Map([[id, api]]),
    });
    try {
      const p = open();
      const env = { RUNNINGHUB_API_KEY: own, RUNNINGHUB_BASE_URL: service.url };
      const ended = await p.run(['init', '--from-curl'], {
        stdin: commandFor('/task/openapi/create', create, single),
        env,
      });
      expect(ended).toMatchObject({ exit: 0, err: '' });
      expect(JSON.parse(p.read('api.json'))).toEqual(graph);
      expect(p.read('rows.csv')).toContain('Positive Prompt.text');
      keyIsNowhere(p, ended);
      keyIsNowhere(p, ended, own);
    } finally {
      await service.close();
    }
  });
});

test.each([
  [
    '/openapi/v2/run/workflow/1904136902449209346',
    'workflowId: "1904136902449209346"',
    'api.json',
    api,
  ],
  [
    '/openapi/v2/run/ai-app/1877265245566922753',
    'webappId: "1877265245566922753"',
    'app.json',
    null,
  ],
])('V2: the id stands in the path of %s', async (path, line, file, content) => {
  const p = open(content === null ? {} : { [file]: content });
  const ended = await p.run(['init', '--from-curl'], {
    stdin: commandFor(path, { nodeInfoList: list.slice(0, 2), usePersonalQueue: 'false' }, single),
  });
  expect(ended.exit).toBe(0);
  expect(p.read('manifest.yaml')).toContain(line);
  keyIsNowhere(p, ended);
});

test("an app's and a quick-create's call bring their own file of fields, and run", async () => {
  const example = JSON.parse(readFileSync('manifests/apps/portrait.json', 'utf8')) as {
    nodeInfoList: unknown[];
  };
  const body = { webappId: '1877265245566922753', apiKey: key, ...example };
  for (const [path, more, line] of [
    ['/task/openapi/ai-app/run', {}, 'webappId: "1877265245566922753"'],
    ['/task/openapi/quick-ai-app/run', { quickCreateCode: '002' }, 'code: "002"'],
  ] as const) {
    const p = open();
    const ended = await p.run(['init', '--from-curl'], {
      stdin: commandFor(path, { ...body, ...more }, single),
    });
    expect(ended).toMatchObject({ exit: 0, err: '' });
    expect(p.read('manifest.yaml')).toContain(line);
    expect(p.list()).toContain('app.json');
    keyIsNowhere(p, ended);
    expect(await p.run(['apply', '--emulator', '--progress', 'none'])).toMatchObject({ exit: 0 });
  }
});

test("a model's call sets its parameters", async () => {
  const p = open({ 'model.json': readFileSync('manifests/models/text-to-video.json', 'utf8') });
  const ended = await p.run(['init', '--from-curl'], {
    stdin: commandFor(
      '/openapi/v2/rhart-video/ltx-2.3/text-to-video',
      { prompt: 'a fox', duration: 3, aspectRatio: '9:16' },
      single,
    ),
  });
  expect(ended).toMatchObject({ exit: 0, err: '' });
  expect(p.read('rows.csv')).toBe('model.prompt\na fox\n');
  expect(p.read('manifest.yaml')).toContain('model.duration: 3\n');
});

test('pasted at a terminal it is not shown, lines as long as it likes, and Ctrl-C leaves', async () => {
  const p = open({ 'api.json': api });
  const long = { ...list[0], fieldValue: 'fox '.repeat(3000) };
  const session = p.sit(['init', '--from-curl']);
  await session.sees('Ctrl-D');
  const text = JSON.stringify({ ...create, nodeInfoList: [long] });
  session.types(`curl https://x/task/openapi/create -d '${text}'`, '\r', '\u0004');
  const ended = await session.ended;
  expect(ended.exit).toBe(0);
  expect(p.read('rows.csv')).toContain(long.fieldValue);
  expect(ended.err).not.toContain('task/openapi/create');
  keyIsNowhere(p, ended);
  const gone = open().sit(['init', '--from-curl']);
  await gone.sees('Ctrl-D');
  gone.types('curl x', '\u0003');
  expect((await gone.ended).exit).toBe(130);
});

test.each([
  ['', /holds no curl command/],
  ['wget https://x', /does not begin with "curl"/],
  ['Invoke-RestMethod -Uri https://x', /PowerShell/],
  [`curl https://www.runninghub.cn/task/openapi/create -d @${key}.json`, /which is not read/],
  ["curl 'https://www.runninghub.cn/task/openapi/create' -d '{", /single quote/],
  [`curl https://x/task/openapi/create -d '{"apiKey":"${key}",}'`, /not valid JSON/],
  [`curl https://x/task/openapi/outputs -d '{"apiKey":"${key}"}'`, /outputs starts no task/],
  [`curl https://x/proxy/${key}/prompt -d '{}'`, /starts no task/],
  [`curl https://x/task/openapi/create -d '{"workflowId":"a b"}'`, /"a b" is not the workflow/],
  ['curl https://x/task/openapi/upload -F file=@a.png', /uploads a file/],
  ['curl https://x/task/openapi/create', /sends nothing/],
  ["curl https://x/openapi/v2/price-preview/a/b -d '{}'", /starts no task/],
  ["curl https://x/openapi/v2/aiapp/list -d '{}'", /starts no task/],
])('%j is refused with its reason, writes nothing and shows no key', async (stdin, said) => {
  const p = open();
  const ended = await p.run(['init', '--from-curl'], { stdin });
  expect(ended.exit).toBe(2);
  expect(ended.err).toMatch(said);
  expect(p.list()).toEqual([]);
  if (!stdin.includes('@')) keyIsNowhere(p, ended);
});

describe('properties', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 40 });

  test('any text in any quotes is read as it was written', () => {
    const pick = fc.constantFrom(single, double, ansi);
    fc.assert(
      fc.property(fc.array(fc.tuple(texts, pick), { minLength: 1, maxLength: 5 }), (words) => {
        const line = `curl ${words.map(([text, quote]) => quote(text.replaceAll('\0', ''))).join(' \\\n ')}`;
        expect(
          posixWords(line)
            .words.slice(1)
            .map(({ text }) => text),
        ).toEqual(words.map(([text]) => text.replaceAll('\0', '')));
      }),
    );
  });

  test('bash itself reads the same words', () => {
    const lines = fc
      .sample(
        fc.array(fc.tuple(texts, fc.constantFrom(single, double, ansi)), {
          minLength: 1,
          maxLength: 4,
        }),
        60,
      )
      .map((words) => words.map(([text, quote]) => quote(text.replaceAll('\0', ''))).join(' \\\n'));
    const script = lines.map((line) => `printf '%s\\0' ${line}; printf '\\1\\0'`).join('\n');
    const { stdout } = spawnSync('bash', ['-c', `set +H; ${script}`], {
      env: { LC_ALL: 'C.UTF-8' },
    });
    const read = stdout.toString('utf8').split('\0\u0001\0').slice(0, -1);
    expect(read).toEqual(
      lines.map((line) =>
        posixWords(line)
          .words.map(({ text }) => text)
          .join('\0'),
      ),
    );
  });

  test('any JSON body survives the way through cmd', () => {
    const body = fc.dictionary(fc.string({ maxLength: 8 }), texts, { maxKeys: 4 });
    fc.assert(
      fc.property(body, (json) => {
        const text = JSON.stringify(json);
        fc.pre(!/[\r\n]/.test(text));
        const read = readCurl(
          `curl ^"https://x/task/openapi/create^" ^\r\n --data-raw ${cmd(text)}`,
        );
        expect(read).toMatchObject({ ok: true, call: { body: text } });
      }),
    );
  });

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(typeof readCurl(`curl ${text}`).ok).toBe('boolean');
      }),
    );
  });
});

test.skipIf(process.platform === 'win32')('a file without end is no command', async () => {
  const p = new Folder({});
  try {
    const ended = await p.run(['init', '--from-curl', '/dev/zero']);
    expect(ended.exit).toBe(2);
    expect(ended.err).toContain('cannot be read (more than a command can be)');
    expect((await p.run(['init', '--from-curl', 'none.txt'])).err).toContain('ENOENT');
  } finally {
    p.close();
  }
});

test('a body of many megabytes is read, or refused, whatever its quotes', () => {
  const much = 'a'.repeat(20_000_000);
  for (const [open, close] of [
    ["'", "'"],
    ['"', '"'],
    ["$'", "'"],
  ] as const)
    expect(readCurl(`curl https://x/y -d ${open}${much}${close}`)).toMatchObject({
      ok: true,
      call: { body: much },
    });
});
