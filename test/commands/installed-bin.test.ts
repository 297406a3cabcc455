import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/commands/table.js';
import { projects } from '../support/opened.js';

const start = projects();
let dir = '';

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'rh-batch-bin-'));
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

interface Told {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** As npm installs it: a link in a folder of the PATH, to a script that its first line starts. */
const installed = (script: string): ((...argv: string[]) => Told) => {
  const [line = ''] = readFileSync('src/cli.ts', 'utf8').split('\n');
  const target = join(dir, 'cli.mjs');
  writeFileSync(target, `${line}\n${script}\n`);
  chmodSync(target, 0o755);
  rmSync(join(dir, 'rh-batch'), { force: true });
  symlinkSync(target, join(dir, 'rh-batch'));
  return (...argv) => {
    const PATH = [dir, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
    const { status, stdout, stderr } = spawnSync('rh-batch', argv, {
      cwd: dir,
      env: { PATH },
      encoding: 'utf8',
    });
    return { status, out: stdout, err: stderr };
  };
};

const ours = `await import(${JSON.stringify(resolve('dist/cli.js'))});`;

describe.skipIf(process.platform === 'win32')('the installed program', () => {
  const places: readonly (readonly [string, (flag: string) => readonly string[]])[] = [
    ['behind the command', (flag) => ['account', flag, 'none.env']],
    ['before it', (flag) => [flag, 'none.env', 'account']],
    ['with an equals sign', (flag) => ['account', `${flag}=none.env`]],
    ['behind other options', (flag) => ['account', '--json', flag, 'none.env']],
  ];

  test.each(places)('answers for itself where --env names a missing file %s', (_, argv) => {
    const told = installed(ours)(...argv('--env'));
    expect(told.status, told.err).toBe(2);
    expect(told.err).toContain('none.env does not exist');
  });

  test.each(places)('with --env-file %s is ended by Node before any script', (_, argv) => {
    const told = installed(ours)(...argv('--env-file'));
    if (told.status === 2) {
      expect(told.err).toContain('none.env does not exist');
      return;
    }
    // A script that does nothing but speak is not even begun: there is nothing that it could do.
    const silent = installed("console.log('begun');")(...argv('--env-file'));
    expect(silent).toMatchObject({ status: 9, out: '' });
    expect(told).toMatchObject({ status: 9, out: '' });
    expect(told.err).toContain('none.env: not found');
  });
});

test('the help of every command that reads such a file says so', async () => {
  const p = await start();
  for (const { name, options } of commands) {
    if (!options.some(({ flags }) => flags.includes('--env-file'))) continue;
    const { out } = await p.run(name, '--help');
    expect(out, name).toMatch(
      /--env, --env-file <file> .*Node itself ends .*exit code 9, while --env/,
    );
  }
});
