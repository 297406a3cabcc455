import { expect, test } from 'vitest';
import { graph } from '../support/graph.js';
import { projects } from '../support/opened.js';
import type { Project, ProjectOptions } from '../support/project.js';
import { workflowId } from '../support/project.js';

const project = projects();
const day = 24 * 3_600_000;
// An emulated day is long: real time hardly passes on this clock unless it is put forward.
const calm = { runTime: { kind: 'constant', ms: 20_000 } as const };

/** One task with so many pictures. */
const pictures = (count: number, options: ProjectOptions = {}): Promise<Project> => {
  const batch = structuredClone(graph) as Record<string, { inputs: Record<string, unknown> }>;
  for (const { inputs } of Object.values(batch))
    if ('batch_size' in inputs) inputs['batch_size'] = count;
  const text = JSON.stringify(batch);
  return project({
    ...options,
    files: { 'api.json': text, ...options.files },
    emulator: { ...calm, workflows: new Map([[workflowId, text]]), ...options.emulator },
  });
};

const pngs = (p: Project): string[] =>
  p.exists('out/manifest') ? p.list('out/manifest').filter((name) => name.endsWith('.png')) : [];
const status = async (p: Project): Promise<{ state: string; status: string; error: string }> => {
  const { out } = await p.run('status', '--json');
  const [run] = (JSON.parse(out) as { runs: { state: string; status: string; error: string }[] })
    .runs;
  if (run === undefined) throw new Error('no run');
  return run;
};
const action = async (p: Project, ...more: string[]): Promise<[string, string]> => {
  const [run] = (await p.plan(...more)).runs;
  return [run?.action ?? '', run?.reasons.join('; ') ?? ''];
};

test.each([403, 404, 410])(
  'links that answer %d for a moment are asked for again, and nothing is lost',
  async (code) => {
    const p = await pictures(4);
    p.service.setFaults([{ endpoint: 'download', kind: 'expiredLink', code, next: 6 }]);
    const ended = await p.apply();
    expect(ended.exit, ended.out + ended.err).toBe(0);
    expect(pngs(p)).toHaveLength(4);
    expect(p.service.stats().accepted).toBe(1);
  },
);

test('one dead link of four keeps no other file from being fetched; the run waits, paid for', async () => {
  const p = await pictures(4);
  p.service.setFaults([{ endpoint: 'download', kind: 'expiredLink', code: 404, file: 1 }]);
  const ended = await p.apply();
  expect(ended.exit).toBe(4);
  expect(ended.out).toMatch(
    /stopped: the outputs of one run could not be fetched yet: The output link is dead \(HTTP 404\); 3 of 4 outputs are here; they are paid for/,
  );
  expect(pngs(p)).toHaveLength(3);
  expect(p.results()[0]).toMatchObject({
    status: 'pending',
    error: { code: 'http-404' },
    outputs: [{ bytes: expect.any(Number) as number }, { path: null }, {}, {}],
  });
  expect(await status(p)).toMatchObject({ state: 'fetching', status: 'pending' });
  expect((await p.run('status')).out).toContain('↓');
  expect(await action(p)).toEqual(['download', expect.stringMatching(/3 of 4 outputs are here/)]);
  // The next applies ask again and buy nothing, however often.
  expect((await p.apply()).exit).toBe(4);
  p.service.setFaults([]);
  expect((await p.apply()).exit).toBe(0);
  expect(pngs(p)).toHaveLength(4);
  expect(p.results()[0]?.outputs.map(({ path }) => path)).toEqual(pngs(p));
  expect(p.service.stats()).toMatchObject({ accepted: 1, duplicates: 0 });
});

test('what was fetched stays though its own link is dead when the others come', async () => {
  const p = await pictures(2);
  p.service.setFaults([{ endpoint: 'download', kind: 'expiredLink', code: 404, file: 1 }]);
  expect((await p.apply()).exit).toBe(4);
  p.service.setFaults([{ endpoint: 'download', kind: 'expiredLink', code: 404, file: 0 }]);
  expect((await p.apply()).exit).toBe(0);
  expect(pngs(p)).toHaveLength(2);
  expect(p.service.stats().accepted).toBe(1);
});

test('when the day of the links is over the run fails with that reason, and only then is bought again', async () => {
  const p = await pictures(2);
  p.service.setFaults([{ endpoint: 'download', kind: 'expiredLink', code: 410 }]);
  expect((await p.apply()).exit).toBe(4);
  const journal = '.rh-batch/manifest/journal.jsonl';
  // A day later, by moving what happened a day back.
  p.write(
    journal,
    p.read(journal).replace(/"at":"([^"]+)"/g, (_, at: string) => {
      return `"at":"${new Date(Date.parse(at) - day).toISOString()}"`;
    }),
  );
  expect(await action(p)).toEqual(['download', expect.any(String)]);
  const late = await p.apply();
  expect(late.exit).toBe(1);
  expect(p.results()[0]).toMatchObject({ status: 'failed', error: { code: 'outputs-gone' } });
  expect(late.out).toContain('not fetched while their links lived, which is a day');
  expect(p.service.stats().accepted).toBe(1);
  expect((await action(p))[0]).toBe('retry');
  p.service.setFaults([]);
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(2);
});

test('a person may give a waiting result up: --force buys it again', async () => {
  const p = await pictures(1);
  p.service.setFaults([{ endpoint: 'download', kind: 'expiredLink' }]);
  expect((await p.apply()).exit).toBe(4);
  p.service.setFaults([]);
  expect(await action(p, '--force')).toEqual(['new', expect.stringContaining('given up')]);
  expect((await p.apply('--force')).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(2);
  expect(await status(p)).toMatchObject({ state: 'succeeded' });
});

test('a deleted file whose link is dead waits as well, and its neighbours stay', async () => {
  const p = await pictures(3);
  expect((await p.apply()).exit).toBe(0);
  const [, second] = pngs(p);
  p.remove(`out/manifest/${second ?? ''}`);
  p.service.setFaults([{ endpoint: 'download', kind: 'expiredLink', code: 404 }]);
  expect((await action(p))[0]).toBe('download');
  const ended = await p.apply();
  expect(ended.exit).toBe(4);
  expect(p.results()[0]).toMatchObject({ status: 'pending' });
  expect(pngs(p)).toHaveLength(2);
  p.service.setFaults([{ endpoint: 'outputs', kind: 'missing' }]);
  // The service forgot the task, but its links live on.
  expect((await p.apply()).exit).toBe(0);
  expect(pngs(p)).toHaveLength(3);
  expect(p.service.stats().accepted).toBe(1);
});

test.each([
  ['a page in place of a picture', 'html200'],
  ['a download that always breaks off', 'wrongLength'],
  ['a storage in trouble', 'http503'],
] as const)('%s: nothing is bought again while the links live', async (_, kind) => {
  const p = await pictures(2);
  p.service.setFaults([{ endpoint: 'download', kind, file: 0 }]);
  expect((await p.apply()).exit).toBe(4);
  expect(pngs(p)).toHaveLength(1);
  expect((await action(p))[0]).toBe('download');
  p.service.setFaults([]);
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(1);
});

test('files that the service had not registered in time are fetched by the next apply, not bought', async () => {
  const p = await pictures(2);
  p.service.setFaults([{ endpoint: 'outputs', kind: 'emptyOutputs' }]);
  expect((await p.apply()).exit).toBe(1);
  expect(p.results()[0]).toMatchObject({ error: { code: 'expect-outputs' } });
  p.service.setFaults([]);
  expect((await p.apply()).exit).toBe(0);
  expect(pngs(p)).toHaveLength(2);
  expect(p.service.stats().accepted).toBe(1);
});

test('a rehearsal whose files were deleted is made again at once: its emulator is gone', async () => {
  const p = await project();
  expect((await p.apply('--emulator')).exit).toBe(0);
  const folder = p.list('.').find((path) => path.endsWith('.png'));
  p.remove(folder ?? 'out');
  const { runs } = await p.plan('--emulator');
  expect(runs[0]).toMatchObject({
    action: 'changed',
    reasons: [expect.stringContaining('missing'), 'the emulator that made it is gone'],
  });
  expect((await p.apply('--emulator')).exit).toBe(0);
});

test.each(['inFlight', 'fetching'] as const)(
  'a rehearsal that was killed begins its runs again, and no task of a gone emulator is asked for: %s',
  async (state) => {
    const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2] }' });
    expect((await p.apply('--emulator')).exit).toBe(0);
    // As if the process had ended right after that event of the last run.
    const journal = '.rh-batch/manifest-emulated/journal.jsonl';
    const lines = p.read(journal).trimEnd().split('\n');
    const last = state === 'inFlight' ? '"accepted"' : '"settled"';
    const end = lines.findLastIndex((line) => line.includes(last));
    p.write(journal, `${lines.slice(0, end + 1).join('\n')}\n`);
    const { runs } = await p.plan('--emulator');
    const begun = runs.filter(({ action }) => action === 'changed');
    expect(begun.length).toBeGreaterThan(0);
    for (const { reasons } of begun)
      expect(reasons.join('; ')).toMatch(/^task \d+ was .*; the emulator that made it is gone$/);
    const again = await p.apply('--emulator');
    expect(again, again.out).toMatchObject({ exit: 0 });
    expect(again.out).toContain('2 of 2 runs succeeded');
    expect((await p.run('plan', '--emulator')).out).toContain('2 up to date');
  },
);
