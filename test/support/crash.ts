import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seeded } from '../../src/emulator/random.js';
import { startEmulator } from '../../src/emulator/server.js';
import { graph } from './graph.js';
import { key, workflowId } from './project.js';
import type { Result } from './results-on-disk.js';
import { hashOf, resultsOf } from './results-on-disk.js';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface CrashReport {
  readonly kills: number;
  readonly applies: number;
  readonly runs: number;
  /** Accepted tasks whose run is neither succeeded nor held as unknown. */
  readonly lost: number;
  /** Requests that the service accepted more than once. */
  readonly doubleSubmits: number;
  /** Files under their final name whose bytes are not those that were journalled, or leftovers that are no part. */
  readonly torn: number;
  /** Held since the process died between request and answer; settled by hand afterwards. */
  readonly unknown: number;
}

export interface CrashOptions {
  readonly seed: number;
  readonly kills: number;
  readonly runs: number;
  /** Latest moment of a kill after the start, in ms. */
  readonly withinMs: number;
}

/**
 * Kills real processes (SIGKILL) at seeded random moments of one batch until enough were
 * killed, lets the last apply end, settles what is unknown from the service's own bill, and
 * judges by that bill and by the bytes on the disk.
 */
export const crash = async ({
  seed,
  kills,
  runs,
  withinMs,
}: CrashOptions): Promise<CrashReport> => {
  const random = seeded(seed);
  const dir = mkdtempSync(join(tmpdir(), 'rh-crash-'));
  const service = await startEmulator({
    slots: 4,
    speed: 200,
    runTime: { kind: 'lognormal', medianMs: 15_000, sigma: 0.5 },
    workflows: new Map([[workflowId, JSON.stringify(graph)]]),
    seed,
  });
  const counts = { kills: 0, applies: 0, unknown: 0 };
  try {
    writeFileSync(join(dir, 'api.json'), JSON.stringify(graph));
    const prompts = Array.from({ length: runs }, (_, index) => `prompt ${index},${index}`);
    writeFileSync(
      join(dir, 'p.csv'),
      `Positive Prompt.text,KSampler.seed\n${prompts.join('\n')}\n`,
    );
    writeFileSync(
      join(dir, 'manifest.yaml'),
      `version: 1\nworkflowId: "${workflowId}"\napi: api.json\nmatrix: { rows: p.csv }\nlimits: { maxRuns: 100000 }\nexecution: { requestsPerSecond: 50 }\n`,
    );
    const env = {
      ...process.env,
      RUNNINGHUB_API_KEY: key,
      RUNNINGHUB_BASE_URL: service.url,
      RUNNINGHUB_EMULATOR_SPEED: '200',
      CI: 'true',
    };
    const run = (argv: string[], killAfterMs: number | null): Promise<number | null> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [cli, ...argv], { cwd: dir, env, stdio: 'ignore' });
        const timer =
          killAfterMs === null ? null : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
        child.on('exit', (code) => {
          if (timer !== null) clearTimeout(timer);
          resolve(code);
        });
      });
    while (counts.kills < kills) {
      counts.applies += 1;
      // From start-up on: the journal is opened after about a third of a second.
      const code = await run(['apply', '-q'], 150 + random() * withinMs);
      if (code === null) counts.kills += 1;
      else if (code === 0) break;
    }
    await finish(run);
    counts.unknown = await settle(dir, service.bill(), (argv) => run(argv, null));
    await finish(run);
    const results = resultsOf(dir);
    const done = new Set(
      results.filter(({ status }) => status === 'succeeded').map(({ taskId }) => taskId),
    );
    const bill = service.bill();
    return {
      ...counts,
      runs,
      lost: bill.filter(({ taskId }) => !done.has(taskId)).length + (runs - done.size),
      doubleSubmits: service.stats().duplicates,
      torn: tornFiles(dir, results),
    };
  } finally {
    await service.close();
    rmSync(dir, { recursive: true, force: true });
  }
};

/**
 * Applies until nothing is left to do. Time runs 200 times faster here, so a busy machine may
 * look like a service that does not answer: then the next apply goes on, as a person's would.
 */
const finish = async (
  run: (argv: string[], killAfterMs: null) => Promise<number | null>,
): Promise<void> => {
  for (let applies = 0; applies < 4; applies += 1) {
    const code = await run(['apply', '-q'], null);
    if (code === 0 || code === 1) return;
  }
};

/** What a person would do: look on the site whether a task of that run exists, and say so. */
const settle = async (
  dir: string,
  bill: readonly { readonly taskId: string; readonly request: string }[],
  run: (argv: string[]) => Promise<number | null>,
): Promise<number> => {
  const unknown = resultsOf(dir).filter(({ status }) => status === 'unknown');
  for (const { id, values } of unknown) {
    const prompt = JSON.stringify(values['Positive Prompt.text']);
    const task = bill.find(({ request }) => request.includes(`"fieldValue":${prompt}`));
    await run(
      task === undefined ? ['resolve', id, '--resubmit'] : ['resolve', id, '--task', task.taskId],
    );
  }
  return unknown.length;
};

const tornFiles = (dir: string, results: readonly Result[]): number => {
  const out = join(dir, 'out/manifest');
  const expected = new Map(
    results.flatMap(({ outputs }) => outputs.map(({ path, sha256 }) => [path, sha256] as const)),
  );
  let torn = 0;
  for (const [path, sha256] of expected) if (hashOf(join(out, path)) !== sha256) torn += 1;
  for (const name of readdirSync(out)) if (name.endsWith('.png') && !expected.has(name)) torn += 1;
  return torn;
};
