import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { emulatedClock } from '../../src/edges/clock.js';
import type { ComfyEmulator } from '../../src/emulator/comfyui/emulator.js';
import { startComfyEmulator } from '../../src/emulator/comfyui/server.js';
import { seeded } from '../../src/emulator/random.js';
import { comfyGraph } from './comfy-server.js';
import { hashOf, resultsOf } from './results-on-disk.js';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** How much faster the server and the commands live. */
const speed = 40;

export interface ComfyCrashReport {
  /** Times an apply was killed, and times the server was. */
  readonly kills: number;
  readonly restarts: number;
  readonly applies: number;
  readonly runs: number;
  readonly queued: number;
  /** Queued again although the server still had, or had made, what was queued before. */
  readonly doubles: number;
  /** Runs without a result at the end. */
  readonly lost: number;
  /** Files whose bytes are not those that the report tells. */
  readonly torn: number;
}

export interface ComfyCrashOptions {
  readonly seed: number;
  readonly rounds: number;
  readonly runs: number;
}

/** Falls once the server was asked so often: a loaded machine changes nothing. */
interface Blow {
  readonly hits: 'apply' | 'server';
  readonly requests: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * In each round a real apply is started and killed at a seeded moment, and before that, in most
 * rounds, the server is started again once or twice. Answers get lost on the way, too. The last
 * apply is left alone. Judged by the books of the emulator, which no restart forgets, and by the
 * bytes on the disk.
 */
export const comfyCrash = async ({
  seed,
  rounds,
  runs,
}: ComfyCrashOptions): Promise<ComfyCrashReport> => {
  const random = seeded(seed);
  const dir = mkdtempSync(join(tmpdir(), 'comfy-crash-'));
  const server = await startComfyEmulator({
    clock: emulatedClock(speed),
    runTime: { kind: 'lognormal', medianMs: 2_800, sigma: 0.5 },
    seed,
    faults: [
      { endpoint: 'submit', kind: 'resetAfter', probability: 0.15 },
      { endpoint: 'submit', kind: 'resetBefore', probability: 0.1 },
      { endpoint: 'history', kind: 'http502', probability: 0.05 },
      { endpoint: 'view', kind: 'wrongLength', probability: 0.1 },
    ],
  });
  const counts = { kills: 0, restarts: 0, applies: 0 };
  /** When each life of the server ended, by its number. */
  const ends: number[] = [];
  try {
    writeFileSync(join(dir, 'api.json'), JSON.stringify(comfyGraph));
    const rows = Array.from({ length: runs }, (_, index) => `prompt ${index},${index}`);
    writeFileSync(join(dir, 'p.csv'), `Positive Prompt.text,KSampler.seed\n${rows.join('\n')}\n`);
    writeFileSync(
      join(dir, 'manifest.yaml'),
      `version: 1\nserver: ${server.url}\napi: api.json\nmatrix: { rows: p.csv }\n`,
    );
    const env = { ...process.env, RUNNINGHUB_EMULATOR_SPEED: String(speed), CI: 'true' };
    /** Once the server has been asked so often by this apply, and a moment later; or it ended. */
    const asked = async (times: number, ended: AbortSignal): Promise<void> => {
      const from = server.requests().length;
      while (server.requests().length - from < times && !ended.aborted) await pause(2);
      await pause(random() * 40);
    };
    const apply = async (blows: readonly Blow[]): Promise<number | null> => {
      counts.applies += 1;
      const child = spawn(process.execPath, [cli, 'apply', '-q'], {
        cwd: dir,
        env,
        stdio: 'ignore',
      });
      const over = new AbortController();
      const exit = new Promise<number | null>((resolve) => {
        child.on('exit', (code) => {
          over.abort();
          resolve(code);
        });
      });
      for (const { hits, requests } of blows) {
        await asked(requests, over.signal);
        if (over.signal.aborted) break;
        if (hits === 'apply') child.kill('SIGKILL');
        else await restart();
      }
      return exit;
    };
    const restart = async (): Promise<void> => {
      await server.stop();
      ends.push(server.queued().length);
      counts.restarts += 1;
      // It is away for a moment, as a real one is.
      await pause(random() * 200);
      await server.start();
    };
    for (let round = 0; round < rounds; round += 1) {
      const restarts = random() < 0.6 ? 1 + Math.floor(random() * 2) : 0;
      const code = await apply([
        ...Array.from({ length: restarts }, () => ({
          hits: 'server' as const,
          requests: 1 + Math.floor(random() * 30),
        })),
        { hits: 'apply', requests: 1 + Math.floor(random() * 40) },
      ]);
      if (code === null) counts.kills += 1;
    }
    server.setFaults([]);
    for (let last = 0, code: number | null = 1; last < 4 && code !== 0; last += 1)
      code = await apply([]);
    return { ...counts, runs, queued: server.queued().length, ...judged(dir, server, ends, runs) };
  } finally {
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  }
};

const judged = (dir: string, server: ComfyEmulator, ends: readonly number[], runs: number) => {
  const results = resultsOf(dir);
  const done = results.filter(
    ({ status, outputs }) => status === 'succeeded' && outputs.length > 0,
  );
  const torn = done
    .flatMap(({ outputs }) => outputs)
    .filter(({ path, sha256 }) => hashOf(join(dir, 'out/manifest', path)) !== sha256).length;
  return { doubles: doublesOf(server, ends), lost: runs - done.length, torn };
};

/** A prompt is one by its seed: queued again is right only where a restart came in between. */
const doublesOf = (server: ComfyEmulator, ends: readonly number[]): number => {
  const latest = new Map<string, number>();
  let doubles = 0;
  server.queued().forEach(({ prompt }, place) => {
    const seed = seedOf(prompt);
    const before = latest.get(seed);
    if (before !== undefined && !ends.some((end) => before < end && end <= place)) doubles += 1;
    latest.set(seed, place);
  });
  return doubles;
};

const seedOf = (prompt: unknown): string => {
  const sampler: unknown = prompt instanceof Map ? prompt.get('3') : null;
  const inputs: unknown = sampler instanceof Map ? sampler.get('inputs') : null;
  if (!(inputs instanceof Map)) throw new Error('a prompt without a sampler');
  return String(inputs.get('seed'));
};
