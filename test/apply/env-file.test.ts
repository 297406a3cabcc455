import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import { key } from '../support/project.js';

const start = projects();
const other = 'ffffffffffffffffffffffffffffffff';

test('an env file from Windows is read: a mark in front, CRLF, or UTF-16', async () => {
  const p = await start({ env: { RUNNINGHUB_API_KEY: '' } });
  const text = `RUNNINGHUB_API_KEY=${key}\r\nB=2\r\n`;
  const files = {
    'bom.env': Buffer.from(`\ufeff${text}`),
    'sixteen.env': Buffer.from(`\ufeff${text}`, 'utf16le'),
    'plain.env': Buffer.from(`export ${text}`),
  };
  for (const [name, content] of Object.entries(files)) {
    p.write(name, content);
    const ended = await p.run('account', '--env-file', name);
    expect(ended.exit, `${name} ${ended.err}`).toBe(0);
  }
});

test('given twice, the later file goes first, and both before the environment', async () => {
  const account = { coins: 5, money: null, apiType: 'NORMAL' } as const;
  const p = await start({
    emulator: { keys: new Map([[key, account]]) },
    env: { RUNNINGHUB_API_KEY: other },
  });
  p.write('a.env', `RUNNINGHUB_API_KEY=${other}\nRUNNINGHUB_EMULATOR_SPEED=600\n`);
  p.write('b.env', `RUNNINGHUB_API_KEY=${key}\n`);
  const run = (...files: string[]) =>
    p.run('account', ...files.flatMap((file) => ['--env-file', file]));
  expect((await run('a.env', 'b.env')).exit).toBe(0);
  expect((await p.run('account', '--env', 'a.env', '--env-file', 'b.env')).exit).toBe(0);
  expect((await p.run('account', '--env-file', 'b.env', '--env', 'a.env')).exit).toBe(4);
  const wrong = await run('b.env', 'a.env');
  expect(wrong.exit).toBe(4);
  expect(wrong.err).not.toContain(other);
});

test('a file without the key is told with the names that it holds', async () => {
  const p = await start({ env: { RUNNINGHUB_API_KEY: '' } });
  p.write('a.env', `RUNNINGHUB_APIKEY=x\nOTHER=1\n${key}=\n`);
  const ended = await p.run('account', '--env-file', 'a.env');
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain('RUNNINGHUB_API_KEY is not set');
  expect(ended.err).toContain('a.env holds OTHER, RUNNINGHUB_APIKEY\n');
});

test.each([
  ['missing.env', 'does not exist'],
  ['.', 'is a folder, not a file'],
  ['bytes.env', 'is not text in UTF-8'],
])('--env-file %s is told as %s', async (file, words) => {
  const p = await start();
  p.write('bytes.env', Buffer.from([0x41, 0x3d, 0xff, 0xfe, 0xfd]));
  for (const command of ['apply', 'plan', 'account']) {
    const ended = await p.run(command, '--env-file', file);
    expect(ended.exit).toBe(2);
    expect(ended.err).toContain(`--env-file ${file} ${words}`);
  }
});
