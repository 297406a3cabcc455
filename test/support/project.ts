import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  mkdirSync,
  existsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
// Loaded before any emulator runs: a compressed clock would count the loading as an hour.
import '../../src/commands/runs/apply.js';
import '../../src/batch/apply/submission.js';
import '../../src/batch/view/page-during.js';
import '../../src/batch/servers/connect-servers.js';
import '../../src/matrix/tables/csv.js';
import '../../src/runninghub/client.js';
import '../../src/runninghub/sockets.js';
import '../../src/terminal/live/plain.js';
import 'tinyglobby';
import { main } from '../../src/commands/main.js';
import type { Io, StopSignal } from '../../src/edges/io.js';
import type { Clock } from '../../src/edges/clock.js';
import { systemClock } from '../../src/edges/clock.js';
import { redactor, secretsDigest } from '../../src/edges/secrets/secret.js';
import type { Emulator } from '../../src/emulator/emulator.js';
import type { EmulatorOptions } from '../../src/emulator/options.js';
import { startEmulator } from '../../src/emulator/server.js';
import { graph } from './graph.js';
import { ServiceClock } from './service-clock.js';

export const key = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
export const workflowId = '1980237776367083521';

/** What a command printed and how it ended. */
export interface Ended {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

export interface ProjectOptions {
  /** Keys of the manifest beside version, workflowId and api, as YAML. */
  readonly manifest?: string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** With a `speed` the clock is compressed and not virtual: for processes of their own. */
  readonly emulator?: Partial<EmulatorOptions>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder with a manifest, an emulator on a virtual clock, and the CLI in this process. */
export class Project {
  readonly dir = mkdtempSync(join(tmpdir(), 'rh-batch-'));

  private constructor(
    readonly service: Emulator,
    private readonly env: Readonly<Record<string, string>>,
    readonly speed: number,
    /** For servers beside the emulator. Null where the clock is a compressed one. */
    readonly virtual: ServiceClock | null,
  ) {}

  static async start(options: ProjectOptions = {}): Promise<Project> {
    const clock = options.emulator?.speed === undefined ? new ServiceClock() : null;
    const speed = options.emulator?.speed ?? 1;
    const service = await startEmulator({
      slots: 3,
      runTime: { kind: 'lognormal', medianMs: 20_000, sigma: 0.3 },
      workflows: new Map([[workflowId, JSON.stringify(graph)]]),
      unknownWorkflows: 'refuse',
      ...(clock === null ? {} : { clock: clock.emulator, native: { work: clock.background } }),
      ...options.emulator,
      speed,
    });
    const project = new Project(service, options.env ?? {}, speed, clock);
    project.write('api.json', JSON.stringify(graph, null, 2));
    project.manifest(options.manifest ?? '');
    for (const [path, content] of Object.entries(options.files ?? {})) project.write(path, content);
    return project;
  }

  manifest(keys: string): void {
    this.write(
      'manifest.yaml',
      `version: 1\nworkflowId: "${workflowId}"\napi: api.json\n${keys}\n`,
    );
  }

  write(path: string, content: string | Uint8Array): void {
    const absolute = join(this.dir, path);
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(absolute, content);
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), 'utf8');
  }

  bytes(path: string): Uint8Array {
    return readFileSync(join(this.dir, path));
  }

  exists(path: string): boolean {
    return existsSync(join(this.dir, path));
  }

  remove(path: string): void {
    rmSync(join(this.dir, path), { recursive: true, force: true });
  }

  /** What commands take for the time of now; the service keeps its own. */
  now: () => number = () => (this.virtual ?? systemClock).now();

  /** All files below a folder, relative to it, sorted. */
  list(path: string): string[] {
    return readdirSync(join(this.dir, path), { recursive: true, encoding: 'utf8' }).sort();
  }

  /** Runs the CLI in this process, against this project's emulator. */
  async run(...argv: string[]): Promise<Ended> {
    return this.start(argv).ended;
  }

  /** The same where nobody knows the key any more: nothing that is printed is cleaned of it. */
  async withoutKey(...argv: string[]): Promise<Ended> {
    return this.start(argv, false).ended;
  }

  /** The same in a folder below. */
  runIn(folder: string, ...argv: string[]): Promise<Ended> {
    return this.start(argv, true, join(this.dir, folder)).ended;
  }

  /** The same where nothing that is printed or written is cleaned of any secret. */
  async uncleaned(...argv: string[]): Promise<Ended> {
    return this.start(argv, true, this.dir, false).ended;
  }

  /** The same, with a hand on its signals while it runs. */
  start(
    argv: readonly string[],
    withKey = true,
    cwd = this.dir,
    cleaned = true,
  ): {
    readonly ended: Promise<Ended>;
    /** So far. */
    readonly printed: Readonly<Omit<Ended, 'exit'>>;
    signal(name: StopSignal): void;
  } {
    const printed = { out: '', err: '' };
    const handlers = new Set<(signal: StopSignal) => void>();
    const env: Record<string, string> = {
      ...(withKey ? { RUNNINGHUB_API_KEY: key } : {}),
      RUNNINGHUB_BASE_URL: this.service.url,
      RUNNINGHUB_EMULATOR_SPEED: String(this.speed),
      ...this.env,
    };
    const secrets = new Set(withKey && cleaned ? [key] : []);
    let clean = redactor([...secrets]);
    const io: Io = {
      out: {
        write: (text) => void (printed.out += clean(text)),
        isTTY: false,
        columns: () => null,
      },
      err: {
        write: (text) => void (printed.err += clean(text)),
        isTTY: false,
        columns: () => null,
      },
      env,
      cwd,
      clock: this.clock,
      protect: (secret) => {
        if (!cleaned) return;
        secrets.add(secret);
        clean = redactor([...secrets]);
      },
      clean: (text) => clean(text),
      cleaning: () => secretsDigest(secrets),
      exitNow: () => undefined,
      onStop: (handler) => {
        handlers.add(handler);
        return () => handlers.delete(handler);
      },
    };
    return {
      ended: main(argv, io, '0.0.0').then((exit) => ({ exit, ...printed })),
      printed,
      signal: (name) => {
        for (const handler of handlers) handler(name);
      },
    };
  }

  /** What commands go by. */
  get clock(): Clock {
    const now = (): number => this.now();
    return this.virtual === null ? { ...systemClock, now } : { now, sleep: this.virtual.sleep };
  }

  /** Does this while the service's time stands still, once everything waits for it. */
  still<T>(work: () => Promise<T>): Promise<T> {
    return this.virtual === null ? work() : this.virtual.still(work);
  }

  apply(...more: string[]): Promise<Ended> {
    return this.run('apply', ...more);
  }

  async plan(...more: string[]): Promise<PlanDocument> {
    const { out } = await this.run('plan', '--json', ...more);
    return JSON.parse(out) as PlanDocument;
  }

  results(dir = 'out/manifest'): ResultLine[] {
    return this.read(`${dir}/results.jsonl`)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ResultLine);
  }

  summary(dir = 'out/manifest'): Record<string, unknown> {
    return JSON.parse(this.read(`${dir}/summary.json`)) as Record<string, unknown>;
  }

  /** Every nodeInfoList that was accepted, as the service received it. */
  received(): { nodeId: string; fieldName: string; fieldValue: unknown }[][] {
    return this.service.bill().map(({ nodeInfoList }) => nodeInfoList as never);
  }

  async close(): Promise<void> {
    await this.service.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export interface PlanDocument {
  readonly summary: Readonly<Record<string, number>>;
  readonly uploads: readonly { path: string; sha256: string; bytes: number; usedBy: number }[];
  readonly runs: readonly {
    readonly index: number;
    readonly id: string;
    readonly name: string;
    readonly action: string;
    readonly reasons: readonly string[];
    readonly overrides: readonly { node: string; field: string; value: unknown }[];
  }[];
}

export interface ResultLine {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly thisApply: boolean;
  readonly reused: boolean;
  readonly attempts: number;
  readonly taskId: string | null;
  readonly outputs: readonly { path: string; sha256: string; bytes: number }[];
  readonly error: { class: string; code: string; message: string; node: string | null } | null;
}
