import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import { key } from '../support/project.js';

const project = projects();

const forms = [
  key,
  encodeURIComponent(key),
  Buffer.from(key).toString('base64').replace(/=+$/, '').slice(0, -1),
  Buffer.from(`x${key}`).toString('base64').slice(4, -4),
  Array.from(key).reverse().join(''),
];

test('no byte of any file or stream ever holds the key, whatever went wrong', async () => {
  const p = await project({
    manifest: 'matrix: { Positive Prompt.text: [a, "[emulate:fail]", b] }',
    emulator: { faults: [{ endpoint: '*', kind: 'unauthorized', probability: 0.15 }] },
  });
  let printed = '';
  const collect = async (...argv: string[]): Promise<void> => {
    const { out, err } = await p.run(...argv);
    printed += out + err;
  };
  await collect('apply', '-vv');
  p.service.setFaults([{ endpoint: '*', kind: 'html200', probability: 0.3 }]);
  await collect('apply', '-vv', '--json');
  p.service.model.adjust(null, (account) => (account.revoked = true));
  await collect('apply', '--force', '-vv');
  await collect('status', '--json');
  await collect('plan', '--json');
  await collect('account');
  const walk = (dir: string): string[] =>
    readdirSync(dir).flatMap((name) => {
      const path = join(dir, name);
      return statSync(path).isDirectory() ? walk(path) : [path];
    });
  const written = walk(p.dir).map((path) => readFileSync(path, 'latin1').replace(/\\?[\r\n]/g, ''));
  for (const text of [printed.replace(/[\r\n]/g, ''), ...written])
    for (const form of forms) expect(text.includes(form)).toBe(false);
  expect(printed).toContain('/task/openapi/create');
});

test('a key in a manifest is an error that does not show it', async () => {
  const p = await project({ manifest: `apiKey: ${key}` });
  const { exit, out, err } = await p.apply();
  expect(exit).toBe(2);
  expect(err).toContain('does not belong in a manifest');
  expect(out + err).not.toContain(key);
});

test.each([
  ['apiKey: fedcba9876543210fedcba9876543210', 'an API key'],
  ['accessPassword: hunter2-secret', 'a password'],
  ['run: { token: fedcba9876543210fedcba9876543210, nam: x }', 'an API key'],
])('%s is told without its line, also by what else is wrong with it', async (manifest, what) => {
  const p = await project({ manifest });
  const { exit, out, err } = await p.run('validate', '--json');
  expect(exit).toBe(2);
  expect(err).toContain(`${what} does not belong in a manifest`);
  expect(err).toMatch(/unknown key/);
  expect(out + err).not.toMatch(/fedcba98|hunter2/);
});

test('templates cannot read the key', async () => {
  const p = await project({
    manifest: 'set: { Positive Prompt.text: "${{ env.RUNNINGHUB_API_KEY | default(\'none\') }}" }',
  });
  await p.apply();
  expect(p.received()[0]).toContainEqual({ nodeId: '6', fieldName: 'text', fieldValue: 'none' });
});
