import { spawn, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { graph } from '../support/graph.js';
import { Folder } from '../init/session.js';

/** Real shells on a real terminal (`script` of util-linux makes one), driven by keys. */
const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

const shells = {
  bash: {
    start: 'bash --norc --noprofile -i',
    setup: 'PS1=; eval "$(rh-batch completion bash)"; bind "set bell-style none"',
  },
  zsh: {
    start: 'zsh -f -i',
    setup: 'PS1=; autoload -U compinit; compinit -u -D; eval "$(rh-batch completion zsh)"',
  },
  fish: {
    start: 'fish --no-config -i',
    setup: 'rh-batch completion fish | source',
  },
} as const;

const titles = ['Positive Prompt', "it's $HOME `x` 图", 'a:b=c', 'two\nlines'];
const hostile = Object.fromEntries(
  titles.map((title, at) => [
    `9${at}`,
    { class_type: 'CLIPTextEncode', _meta: { title }, inputs: { text: 'x' } },
  ]),
);
const api = JSON.stringify({ ...graph, 6: { ...graph[6], _meta: { title: 'Other' } }, ...hostile });

/** What is typed before the Tab, and the last word that the shell then has. */
const cases: readonly (readonly [typed: string, last: string])[] = [
  ['rh-batch pla', 'plan'],
  ['rh-batch explain --emu', '--emulator'],
  ['rh-batch init api.json --vary Posi', 'Positive Prompt.text'],
  ['rh-batch init api.json --vary "Posi', 'Positive Prompt.text'],
  ["rh-batch init --vary 'Posi", 'Positive Prompt.text'],
  ['rh-batch init --vary=Posi', '--vary=Positive Prompt.text'],
  ['rh-batch init --vary id:3.se', 'id:3.seed'],
  ['rh-batch init --vary it', "it's $HOME `x` 图.text"],
  ['rh-batch init --vary a:b', 'a:b=c.text'],
  ['rh-batch fields api.json Sk', 'Sketch.image'],
  ["rh-batch plan 'my h", "my hero's 图: a.yaml"],
  ['rh-batch plan my', "my hero's 图: a.yaml"],
  ['rh-batch plan --only 0001', '0001-a-heron'],
  ['rh-batch explain --emulator 0000', '0000-a-fox'],
  ['rh-batch explain E0208', 'E0208'],
  ['rh-batch plan --where Sketch.i', 'Sketch.image='],
  ['rh-batch plan --where=Sketch.image=ex', '--where=Sketch.image=example.png'],
  ['rh-batch apply --progress js', 'json'],
  ['rh-batch completion fi', 'fish'],
  ['rh-batch nothing', 'nothing'],
];

let folder: Folder;
beforeAll(async () => {
  folder = new Folder({
    'api.json': api,
    'rows.csv': 'Positive Prompt.text,Sketch.image\na fox,example.png\na heron,example.png\n',
    "my hero's 图: a.yaml": 'version: 1\n',
    'new\nline.yaml': 'version: 1\n',
    'bin/rh-batch': `#!/bin/sh\nexec ${process.execPath} ${resolve('dist/cli.js')} "$@"\n`,
    'manifest.yaml': 'version: 1\nworkflowId: "198"\napi: api.json\nmatrix: { rows: rows.csv }\n',
  });
  chmodSync(join(folder.dir, 'bin/rh-batch'), 0o755);
  const done = await folder.run(['apply', '--emulator', '--progress', 'none']);
  expect(done.exit).toBe(0);
  // The same names for the batch that is not emulated.
  spawnSync('cp', ['-r', '.rh-batch/manifest-emulated', '.rh-batch/manifest'], {
    cwd: folder.dir,
  });
});
afterAll(() => folder.close());

for (const [name, { start, setup }] of Object.entries(shells))
  describe.skipIf(!has(name) || !has('script'))(name, () => {
    test('completes what is typed to one word each', async () => {
      const child = spawn('script', ['-qfec', start, '/dev/null'], {
        cwd: folder.dir,
        env: {
          ...process.env,
          PATH: `${join(folder.dir, 'bin')}:${process.env['PATH'] ?? ''}`,
          TERM: 'xterm',
          LC_ALL: 'C.UTF-8',
          HOME: folder.dir,
          EDITOR: '',
          VISUAL: '',
        },
      });
      let shown = '';
      let check = (): void => undefined;
      child.stdout.on('data', (chunk: Buffer) => {
        shown += chunk.toString('utf8');
        check();
      });
      const sees = (text: string): Promise<string> =>
        new Promise((done) => {
          check = () => {
            if (!shown.includes(text)) return;
            done(shown);
            shown = '';
          };
          check();
        });
      child.stdin.write(`stty cols 200; ${setup}; printf 're%sdy\\n' a\n`);
      await sees('ready');
      for (const [at, [typed, last]] of cases.entries()) {
        // Keys wait their turn while the shell completes. The last word comes back byte by byte.
        child.stdin.write(
          `${typed}\t\u0001printf '%s\\0' \u0005 | tail -zn1 | od -An -v -tx1; echo e'n'd\n`,
        );
        const output = await sees('\nend');
        const hex = [...output.matchAll(/^((?: [0-9a-f]{2})+)\r?$/gm)].map(([, row]) => row ?? '');
        const bytes = Buffer.from(hex.join('').replaceAll(' ', ''), 'hex');
        const word = bytes.toString('utf8').replace(/\0$/, '');
        expect([at, typed, word]).toEqual([at, typed, last]);
      }
      child.stdin.end('exit\n');
      child.kill();
    });
  });

describe('__complete', () => {
  const breaks = ' \t\n"\'><=;|&(:';
  const ask = async (line: string): Promise<string[]> => {
    const { exit, out, err } = await folder.run(['__complete', 'bash', line, breaks]);
    expect([exit, err]).toEqual([0, '']);
    return out.split('\n').slice(0, -1);
  };

  test('a name with a line end is left out, every other is one line', async () => {
    expect(await ask('rh-batch plan ')).toEqual([
      'bin/',
      'manifest.yaml',
      "my\\ hero\\'s\\ 图:\\ a.yaml",
      'out/',
    ]);
  });

  test.each([
    'rh-batch',
    'rh-batch plan nowhere/',
    'rh-batch plan --where ',
    'rh-batch explain --state-dir /nowhere ',
    'rh-batch fields nothing.json ',
    'rh-batch --no-such-option x ',
    'rh-batch init --vary "\u0000\u001b[2J',
    '',
  ])('%j: whatever is typed, there is no message and no failure', async (line) => {
    await ask(line);
  });

  test.each([
    ['manifest.yaml', 'version: [\n'],
    ['manifest.yaml', '\u0000\u00ff'],
    ['api.json', '{'],
    ['rows.csv', '"open\n'],
  ])('a broken %s completes to nothing', async (path, content) => {
    const whole = folder.read(path);
    folder.write(path, content);
    try {
      for (const line of ['plan --where ', 'init --vary ', 'plan --only ', 'plan --profile '])
        await ask(`rh-batch ${line}`);
    } finally {
      folder.write(path, whole);
    }
  });

  test('is no command for people', async () => {
    expect((await folder.run(['--help'])).out).not.toContain('__complete');
    expect((await folder.run(['completion', 'tcsh'])).err).toMatch(/bash, zsh, fish/);
  });
});
