import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import { freePort } from '../support/port.js';

const project = projects();
const named =
  'matrix: { seed: [1, 2] }\nset: { KSampler.seed: "${{ seed }}" }\nrun: { name: "seed-${{ seed }}" }\n';

test('details tell what was sent where, and resend sends it once more', async () => {
  const p = await project({ manifest: `${named}webhookUrl: http://127.0.0.1:1/hook` });
  expect(await p.apply()).toMatchObject({ exit: 0 });
  const taskId = p.results().find(({ name }) => name === 'seed-1')!.taskId!;
  await expect
    .poll(async () => (await p.run('webhook', 'details', taskId)).out)
    .toContain('FAILED');
  const { exit, out } = await p.run('webhook', 'details', 'seed-1');
  expect(exit).toBe(0);
  expect(out).toMatch(/^task {5}\d{19} {2}seed-1$/m);
  expect(out).toMatch(/^sent to {2}http:\/\/127\.0\.0\.1:1\/hook$/m);
  expect(out).toMatch(/^answer {3}I\/O error on POST request for/m);
  expect(out).toMatch(/^told {5}code 0; the whole event with --json$/m);
  const json = JSON.parse((await p.run('webhook', 'details', taskId, '--json')).out) as {
    webhook: { id: string };
  };
  expect(json).toMatchObject({
    version: 1,
    taskId,
    run: null,
    webhook: {
      url: 'http://127.0.0.1:1/hook',
      status: 'FAILED',
      event: { code: 0, data: [{ fileType: 'png', taskCostTime: expect.any(Number) }] },
    },
  });
  expect(JSON.stringify(json)).not.toMatch(/userApiKey|\*{8}/);

  const sent = p.service.stats().webhooks;
  const url = `http://127.0.0.1:${await freePort()}/again`;
  expect(await p.run('webhook', 'resend', 'seed-1', '--url', url)).toMatchObject({
    exit: 0,
    out: `the event of task ${taskId} is sent again to ${url}\n`,
  });
  await expect.poll(() => p.service.stats().webhooks).toBeGreaterThan(sent);
  const again = await p.run('webhook', 'resend', taskId, '--json');
  expect(JSON.parse(again.out)).toEqual({
    version: 1,
    taskId,
    run: null,
    resent: { id: json.webhook.id, url: 'http://127.0.0.1:1/hook' },
  });
  expect(p.service.requests().filter(({ endpoint }) => endpoint === 'webhookRetry')).toMatchObject([
    { body: { webhookId: json.webhook.id, webhookUrl: url } },
    { body: { webhookUrl: 'http://127.0.0.1:1/hook' } },
  ]);
});

test('a task without an event is told in a sentence', async () => {
  const p = await project({ manifest: named });
  expect(await p.apply()).toMatchObject({ exit: 0 });
  for (const action of ['details', 'resend']) {
    const { exit, err, out } = await p.run('webhook', action, 'seed-2');
    expect({ exit, out }).toEqual({ exit: 4, out: '' });
    expect(err).toMatch(
      /error: task \d{19} of seed-2 has no webhook event: it was submitted without/,
    );
  }
  const { err } = await p.run('webhook', 'details', '1980471280073846785');
  expect(err).toContain('does not know this task');
});

const wrong: readonly (readonly [string, readonly string[], string])[] = [
  ['another action', ['delete', 'seed-1'], 'webhook does "details" or "resend", not "delete"'],
  ['a URL with details', ['details', 'seed-1', '--url', 'https://a.b'], '--url goes with "resend"'],
  ['no URL', ['resend', 'seed-1', '--url', 'a.b'], '--url wants http(s)://…, not "a.b"'],
  ['no such run', ['details', 'seed-9'], 'the journal knows no run "seed-9"'],
  ['nothing', ['details'], 'webhook wants a run'],
];

test.each(wrong)('%s is a mistake', async (_what, args, words) => {
  const p = await project({ manifest: named });
  const { exit, err } = await p.run('webhook', ...args);
  expect(exit).toBe(2);
  expect(err).toContain(words);
  expect(p.service.stats().requests).toEqual({});
});

test('where a run is not known, the hint names a command that lists those that are done', async () => {
  const p = await project({ manifest: named });
  expect(await p.apply()).toMatchObject({ exit: 0 });
  for (const call of [
    ['explain', 'seed-9'],
    ['resolve', 'seed-9', '--give-up'],
    ['webhook', 'details', 'seed-9'],
  ]) {
    const [, command = ''] =
      /rh-batch (.+) lists names and ids/.exec((await p.run(...call)).err) ?? [];
    const { out } = await p.run(...command.split(' '));
    expect(JSON.parse(out), call[0]).toMatchObject({
      runs: [{ name: 'seed-1', id: expect.any(String) as string }, { name: 'seed-2' }],
    });
  }
});

test('answers that no page shows are refused, not believed', async () => {
  const p = await project({ manifest: `${named}webhookUrl: http://127.0.0.1:1/hook` });
  expect(await p.apply()).toMatchObject({ exit: 0 });
  for (const kind of ['http502', 'html200', 'truncatedJson', 'emptyBody', 'wrongTypes'] as const) {
    p.service.setFaults([{ endpoint: 'webhookDetail', kind }]);
    const { exit, err } = await p.run('webhook', 'details', 'seed-1');
    expect([kind, exit]).toEqual([kind, 4]);
    expect(err).toMatch(/^error: /m);
  }
});
