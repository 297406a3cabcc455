import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { one } from '../support/proposed.js';
import { until } from '../support/until.js';

const project = projects();

/** An apply with retries, one of whose two tasks a person cancels on the site. */
const cancelledOnSite = async (
  cancelWord: 'CANCEL' | 'CANCELLED' | 'CANCELED' | '' = 'CANCEL',
  faults: Parameters<Project['service']['setFaults']>[0] = [],
): Promise<{ p: Project; first: Awaited<ReturnType<Project['apply']>> }> => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: [1, 2] }\nexecution: { retries: 3 }',
    emulator: { cancelWord, runTime: { kind: 'constant', ms: 20_000 } },
  });
  p.service.setFaults(faults);
  const running = p.start(['apply']);
  await until(() => p.service.stats().accepted === 2);
  await p.still(() => {
    p.service.finish(p.service.bill()[0]?.taskId ?? '', 'CANCEL');
    return Promise.resolve();
  });
  return { p, first: await running.ended };
};

test.each(['CANCEL', 'CANCELLED', 'CANCELED', ''] as const)(
  'a task that a person cancels on the site ("%s") is not bought again by the retries',
  async (word) => {
    const { p, first } = await cancelledOnSite(word);
    expect(p.service.stats().accepted).toBe(2);
    expect(first.exit).toBe(1);
    expect(first.out).toContain('cancelled by somebody else, on the site or with another program');
    // The service numbers tasks as they arrive, and two creates may overtake each other.
    const ends = p.results().map(({ status, error }) => `${status} ${error?.code ?? ''}`);
    expect(ends.sort()).toEqual(['cancelled cancelled-outside', 'succeeded ']);
  },
);

test('the next plan and apply leave what a person cancelled alone, and say why', async () => {
  const { p } = await cancelledOnSite();
  const plan = await p.run('plan');
  expect(plan.out).toContain('2 runs: 0 to run, 1 cancelled by others, 1 up to date');
  expect(plan.out).toContain('bought again only with --failed or --force');
  expect((await p.run('plan', '--detailed-exitcode')).exit).toBe(0);
  const again = await p.apply();
  expect(again.exit).toBe(1);
  expect(p.service.stats().accepted).toBe(2);
  expect(p.results().map(({ status }) => status)).toContain('cancelled');
});

test('the command that is proposed runs it again, and nothing else', async () => {
  const { p, first } = await cancelledOnSite();
  const words = one(first, 'apply');
  expect(words).toContain('--failed');
  expect((await p.run(...words)).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(3);
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(3);
});

test('--force runs it again, too', async () => {
  const { p } = await cancelledOnSite();
  const id = p.results().find(({ status }) => status === 'cancelled')?.id ?? '';
  expect((await p.apply('--only', id, '--force')).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(3);
});

test('where nobody tells whether it failed or was cancelled, it is not bought again by itself', async () => {
  const { p, first } = await cancelledOnSite('CANCEL', [
    { endpoint: 'queryV2', kind: 'httpStatus', code: 404 },
  ]);
  expect(p.service.stats().accepted).toBe(2);
  expect(first.exit).toBe(1);
  const failed = p.results().find(({ status }) => status === 'failed');
  expect(failed).toMatchObject({ error: { class: 'lost', code: '805' } });
});

test('a failure without a reason is tried again, as the retries say', async () => {
  const p = await project({
    manifest: `matrix: { rows: [{ p: "fox [emulate:silent]" }] }
set: { Positive Prompt.text: "\${{ p }}" }
execution: { retries: 1 }`,
  });
  expect((await p.apply()).exit).toBe(1);
  expect(p.service.stats().accepted).toBe(2);
});
