import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../src/edges/clock.js';
import { systemClock } from '../../src/edges/clock.js';
import type { Emulator } from '../../src/emulator/emulator.js';
import { startEmulator } from '../../src/emulator/server.js';
import { graph } from './graph.js';
import { password } from './postgres.js';
import { key, workflowId } from './project.js';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** How much faster than the real one the service of these tests is. */
const speed = 100;

export interface Ended {
  /** null: it was killed. */
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/** A process of the CLI, with a hand on it. */
export class Running {
  readonly ended: Promise<Ended>;
  out = '';
  err = '';
  readonly #waiting = new Set<() => void>();

  constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (bytes: Buffer) => this.#said('out', bytes));
    child.stderr?.on('data', (bytes: Buffer) => this.#said('err', bytes));
    this.ended = new Promise((resolve) => {
      child.on('close', (exit) => {
        resolve({ exit, out: this.out, err: this.err });
        for (const look of this.#waiting) look();
      });
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Until it has said so on stderr; rejects when it ends without. */
  says(text: string | RegExp): Promise<void> {
    const found = (): boolean =>
      typeof text === 'string' ? this.err.includes(text) : text.test(this.err);
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (found()) resolve();
        else if (this.child.exitCode === null && this.child.signalCode === null) return;
        else reject(new Error(`it ended without saying ${String(text)}: ${this.err}`));
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  #said(where: 'out' | 'err', bytes: Buffer): void {
    this[where] += bytes.toString();
    for (const look of this.#waiting) look();
  }
}

/** A folder as each machine has its own, whose commands share a store. */
export class Machine {
  readonly dir = mkdtempSync(join(tmpdir(), 'rh-machine-'));

  constructor(
    private readonly service: Emulator,
    private readonly env: Readonly<Record<string, string>>,
    manifest: string,
  ) {
    writeFileSync(join(this.dir, 'api.json'), JSON.stringify(graph));
    this.manifest(manifest);
  }

  manifest(keys: string): void {
    writeFileSync(
      join(this.dir, 'manifest.yaml'),
      `version: 1\nworkflowId: "${workflowId}"\napi: api.json\n${keys}\n`,
    );
  }

  start(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    return new Running(
      spawn(process.execPath, [cli, ...argv], {
        cwd: this.dir,
        env: {
          PATH: process.env['PATH'],
          HOME: this.dir,
          RUNNINGHUB_API_KEY: key,
          RUNNINGHUB_BASE_URL: this.service.url,
          RUNNINGHUB_EMULATOR_SPEED: String(speed),
          CI: 'true',
          ...this.env,
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), 'utf8');
  }

  run(...argv: string[]): Promise<Ended> {
    return this.start(argv).ended;
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** What a service takes for real time: it stands still while it is held, and no task ends. */
class HeldClock implements Clock {
  #behind = 0;
  #heldAt: number | null = null;

  readonly now = (): number => (this.#heldAt ?? Date.now()) - this.#behind;
  readonly sleep: Clock['sleep'] = (ms, signal) => systemClock.sleep(ms, signal);

  hold(): void {
    this.#heldAt ??= Date.now();
  }

  goOn(): void {
    if (this.#heldAt !== null) this.#behind += Date.now() - this.#heldAt;
    this.#heldAt = null;
  }
}

/** Its tasks end when the test lets them, however slow the machine is. */
export const startService = async (
  seed = 1,
): Promise<{ readonly service: Emulator; readonly clock: HeldClock }> => {
  const clock = new HeldClock();
  const service = await startEmulator({
    clock,
    slots: 3,
    speed,
    runTime: { kind: 'lognormal', medianMs: 20_000, sigma: 0.4 },
    workflows: new Map([[workflowId, JSON.stringify(graph)]]),
    seed,
  });
  return { service, clock };
};

export const withPassword = { PGPASSWORD: password };
