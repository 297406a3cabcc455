import type { Clock } from '../../src/edges/clock.js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BatchEvent } from '../../src/index.js';
import { apply, plan } from '../../src/index.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key } from '../support/project.js';

const project = projects();

/** How a program in the project's folder would call it. */
const surroundings = (
  p: Project,
): { cwd: string; clock: Clock; env: Record<string, string>; concurrency: number } => ({
  cwd: p.dir,
  clock: p.clock,
  env: {
    RUNNINGHUB_API_KEY: key,
    RUNNINGHUB_BASE_URL: p.service.url,
    GITHUB_ACTIONS: 'true',
  },
  concurrency: 2,
});

const spies: { mock: { calls: unknown[][] }; mockRestore: () => void }[] = [];
beforeEach(() => {
  spies.push(
    vi.spyOn(process.stdout, 'write'),
    vi.spyOn(process.stderr, 'write'),
    vi.spyOn(process, 'exit'),
  );
});
afterEach(() => {
  for (const spy of spies.splice(0)) {
    expect(spy.mock.calls).toEqual([]);
    spy.mockRestore();
  }
});

const collect = async (events: AsyncIterable<BatchEvent>): Promise<BatchEvent[]> => {
  const all: BatchEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};

test('plan, apply with its events, and the result as a value', async () => {
  const p = await project({
    manifest: 'matrix: { Positive Prompt.text: [fox, "[emulate:oom]"], KSampler.seed: [1, 2] }',
  });
  const options = surroundings(p);
  const planned = await plan('manifest.yaml', options);
  if (planned.is !== 'planned') throw new Error('refused');
  expect(planned.summary).toMatchObject({ total: 4, new: 4 });
  const names: string[] = [];
  for await (const run of planned.runs()) names.push(run.name);
  expect(names).toHaveLength(4);

  const batch = apply('manifest.yaml', options);
  const [events, result] = await Promise.all([collect(batch.events), batch.result]);
  if (result.is !== 'ended') throw new Error('refused');
  expect(result.exitCode).toBe(1);
  expect(result.report.counts).toMatchObject({ total: 4, succeeded: 2, failed: 2 });
  expect(result.report.runs.map(({ status }) => status)).toEqual(
    p.results().map(({ status }) => status),
  );
  expect(result.outputsDir).toBe(`${p.dir}/out/manifest`);
  const types = events.map(({ type }) => type);
  expect(types.filter((type) => type === 'accepted')).toHaveLength(4);
  expect(types.filter((type) => type === 'saved')).toHaveLength(2);
  expect(types.at(-1)).toBe('end');
  const recorded = p
    .read('.rh-batch/manifest/journal.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });
  // Told once they are safe: what was synced together may come in another order.
  const safe = events.filter((event) => 'seq' in event).sort((a, b) => a.seq - b.seq);
  expect(safe).toEqual(recorded.filter(({ type }) => type !== 'batch' && type !== 'base'));
  expect(await plan('manifest.yaml', options)).toMatchObject({ summary: { upToDate: 2 } });
});

test('mistakes are values, all at once, and nothing is sent', async () => {
  const p = await project({ manifest: 'matrx: {}\nset: { KSampler.sed: 1 }' });
  const planned = await plan('manifest.yaml', surroundings(p));
  expect(planned).toMatchObject({ is: 'refused', exitCode: 2 });
  const { events, result } = apply('manifest.yaml', surroundings(p));
  const told = await collect(events);
  const refused = await result;
  expect(refused).toMatchObject({ is: 'refused', exitCode: 2 });
  expect(refused.diagnostics).toEqual(planned.diagnostics);
  expect(refused.diagnostics[0]).toMatchObject({
    code: 'E0112',
    severity: 'error',
    at: { file: 'manifest.yaml', line: 4 },
  });
  expect(told).toEqual(
    refused.diagnostics.map((diagnostic) => ({ type: 'diagnostic', diagnostic })),
  );
  expect(p.service.requests()).toEqual([]);
  expect(await apply('nowhere.yaml', surroundings(p)).result).toMatchObject({ is: 'refused' });
  expect(await apply('manifest.yaml', { cwd: p.dir, env: {} }).result).toMatchObject({
    is: 'refused',
    exitCode: 2,
  });
});

test('a batch that another apply holds is refused with 5', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1, 2, 3] }' });
  const first = apply('manifest.yaml', surroundings(p));
  for await (const { type } of first.events) if (type === 'accepted') break;
  expect(await apply('manifest.yaml', surroundings(p)).result).toMatchObject({
    is: 'refused',
    exitCode: 5,
    diagnostics: [{ code: 'E0701' }],
  });
  // Leaving the loop did not stop it.
  expect(await first.result).toMatchObject({ is: 'ended', exitCode: 0 });
});

test('a signal stops it in an orderly way, and the next apply goes on', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: { from: 1, to: 12 } }',
    emulator: { runTime: { kind: 'constant', ms: 60_000 } },
  });
  const stop = new AbortController();
  const batch = apply('manifest.yaml', { ...surroundings(p), signal: stop.signal });
  for await (const { type } of batch.events) if (type === 'accepted') break;
  stop.abort();
  const result = await batch.result;
  expect(result).toMatchObject({ is: 'ended', exitCode: 130, report: { stop: 'interrupted' } });
  expect(p.exists('out/manifest/report.html')).toBe(true);
  const before = apply('manifest.yaml', { ...surroundings(p), signal: AbortSignal.abort() });
  expect(await before.result).toMatchObject({ exitCode: 130 });
  expect(await apply('manifest.yaml', surroundings(p)).result).toMatchObject({ exitCode: 0 });
  expect(p.service.stats()).toMatchObject({ accepted: 12, duplicates: 0 });
});

test('every option does what its flag does', async () => {
  const p = await project({
    manifest:
      'vars: { style: oil }\nmatrix: { KSampler.seed: [1, 2, 3, 4], animal: [fox, heron] }\nset: { Positive Prompt.text: "${{ animal }} ${{ vars.style }}" }\nprofiles: { quick: { set: { KSampler.steps: 4 } } }',
    files: { 'key.env': `RUNNINGHUB_API_KEY=${key}\n` },
  });
  const { env, cwd, clock } = surroundings(p);
  const { RUNNINGHUB_API_KEY: _, RUNNINGHUB_BASE_URL: baseUrl, ...rest } = env;
  const options = {
    cwd,
    clock,
    env: rest,
    envFile: 'key.env',
    baseUrl,
    vars: { style: 'ink = wash' },
    profile: 'quick',
    where: { animal: 'heron' },
    shard: { index: 2, count: 2 },
    first: 3,
    only: ['*heron*'],
    stateDir: 'state',
    outDir: 'results',
    maxRuns: 8,
    concurrency: 'auto',
  } as const;
  const result = await apply('manifest.yaml', options).result;
  expect(result).toMatchObject({ is: 'ended', exitCode: 0, outputsDir: `${p.dir}/results` });
  // The whole shard; three of it are of this apply.
  expect(p.results('results').map(({ thisApply }) => thisApply)).toEqual([true, true, true, false]);
  expect(p.received().map((fields) => fields.map(({ fieldValue }) => fieldValue))).toContainEqual(
    expect.arrayContaining(['heron ink = wash', 4]),
  );
  expect(p.exists('state/manifest/journal.jsonl')).toBe(true);
  const name = p.results('results')[0]?.name ?? '';
  const again = { ...options, force: [name], failed: false, first: undefined };
  const forced = await plan('manifest.yaml', again);
  expect(forced).toMatchObject({ is: 'planned', summary: { total: 4, upToDate: 2, new: 2 } });
  for (const wrong of [{ first: 0 }, { shard: { index: 3, count: 2 } }, { maxRuns: 7 }])
    expect(await plan('manifest.yaml', { ...options, ...wrong })).toMatchObject({ is: 'refused' });
});

test('an option is a value, not a text of the command line: a column may hold "="', async () => {
  const p = await project({
    manifest: 'matrix: { rows: rows.csv }',
    files: { 'rows.csv': 'KSampler.seed,_a=b\n1,x\n2,y\n3,x\n' },
  });
  for (const where of [{ '_a=b': 'x' }, [['_a=b', 'x']] as const]) {
    const planned = await plan('manifest.yaml', { ...surroundings(p), where });
    expect(planned).toMatchObject({ is: 'planned', summary: { total: 2 } });
  }
  const wrong = { maxRuns: 0.5, first: -1, concurrency: 0, shard: { index: 0, count: 2 } };
  const refused = await plan('manifest.yaml', { ...surroundings(p), ...wrong });
  expect(refused.diagnostics.map(({ message }) => message)).toEqual([
    'maxRuns wants a whole number from 1 on, not 0.5',
    'first wants a whole number from 1 on, not -1',
    'concurrency wants a whole number from 1 on, not 0',
    'shard wants an index from 1 to its count, not 0 of 2',
  ]);
});

test('with the emulator no key is needed and state is kept apart', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1] }' });
  const { result } = apply('manifest.yaml', { cwd: p.dir, env: {}, emulator: true });
  expect(await result).toMatchObject({
    is: 'ended',
    exitCode: 0,
    report: { emulated: true },
    outputsDir: `${p.dir}/out/manifest-emulated`,
  });
  expect(p.service.requests()).toEqual([]);
});
