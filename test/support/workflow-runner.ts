import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
}
export interface Job {
  readonly needs?: string;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly steps: readonly Step[];
}
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}
export interface Workflow {
  readonly jobs: Readonly<Record<string, Job>>;
}

export const readYaml = (path: string): unknown => parse(readFileSync(join(root, path), 'utf8'));

/** What a job left behind. */
export interface JobEnd {
  readonly name: string;
  readonly dir: string;
  readonly code: number;
  readonly log: string;
}

/**
 * As much of GitHub's runner as the examples use: jobs in fresh workspaces, a matrix, steps with
 * their shell, the cache and the artifact actions. What it does not know is an error.
 */
export class WorkflowRunner {
  readonly #home = mkdtempSync(join(tmpdir(), 'rh-ci-'));
  readonly #bin = join(this.#home, 'bin');
  readonly #caches = new Map<string, string>();
  #run = 0;

  constructor(
    /** What checkout brings. */
    private readonly files: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {
    mkdirSync(this.#bin);
    const cli = join(root, 'dist/cli.js');
    this.script('npx', `shift\nexec "${process.execPath}" "${cli}" "$@"`);
    this.script('npm', '[ "$1" = ci ]');
  }

  get dir(): string {
    return this.#home;
  }

  async run(workflow: Workflow): Promise<JobEnd[]> {
    this.#run += 1;
    const ends: JobEnd[] = [];
    for (const [name, job] of Object.entries(workflow.jobs))
      for (const matrix of combinations(job)) ends.push(await this.#job(name, job, matrix));
    return ends;
  }

  async #job(name: string, job: Job, matrix: Record<string, string>): Promise<JobEnd> {
    const dir = this.#workspace();
    const total = combinations(job).length;
    const known: Record<string, string> = {
      'github.run_id': String(this.#run),
      'github.run_attempt': '1',
      'github.token': 'token',
      'strategy.job-total': String(total),
      'secrets.RUNNINGHUB_API_KEY': this.env['RUNNINGHUB_API_KEY'] ?? '',
      ...matrix,
    };
    const end = { code: 0, log: '' };
    await this.#steps(job.steps, dir, known, end);
    return { name, dir, ...end };
  }

  async #steps(
    steps: readonly Step[],
    dir: string,
    known: Readonly<Record<string, string>>,
    end: { code: number; log: string },
  ): Promise<void> {
    for (const step of steps) {
      if (end.code !== 0 && step.if !== 'always()') continue;
      if (step.run !== undefined) {
        const env = Object.entries(step.env ?? {}).map(([key, text]) => [key, filled(text, known)]);
        const ended = await this.shell(step.run, dir, Object.fromEntries(env) as typeof this.env);
        end.log += ended.log;
        if (end.code === 0) end.code = ended.code;
      } else await this.#action(step, dir, known, end);
    }
  }

  async #action(
    step: Step,
    dir: string,
    known: Readonly<Record<string, string>>,
    end: { code: number; log: string },
  ): Promise<void> {
    const given = (name: string): string => filled(String(step.with?.[name] ?? ''), known);
    const paths = given('path')
      .split('\n')
      .filter((path) => path !== '');
    const artifacts = join(this.#home, `artifacts-${this.#run}`);
    switch (step.uses ?? '') {
      case 'actions/checkout@v4':
        cpSync(this.files, dir, { recursive: true });
        return;
      case 'actions/setup-node@v4':
        return;
      case 'actions/cache/restore@v4': {
        const prefix = given('restore-keys').trim();
        const key = [...this.#caches.keys()].filter((saved) => saved.startsWith(prefix)).at(-1);
        const store = this.#caches.get(key ?? '');
        if (store !== undefined) cpSync(store, dir, { recursive: true });
        return;
      }
      case 'actions/cache/save@v4': {
        const store = join(this.#home, `cache-${this.#caches.size}`);
        copyAll(paths, dir, store);
        if (this.#caches.has(given('key'))) throw new Error(`cache ${given('key')} exists`);
        this.#caches.set(given('key'), store);
        return;
      }
      case 'actions/upload-artifact@v4': {
        const hidden = paths.some((path) => path.startsWith('.'));
        if (hidden && step.with?.['include-hidden-files'] !== true)
          throw new Error('artifacts leave hidden files out');
        copyAll(paths, dir, join(artifacts, given('name')));
        return;
      }
      case 'actions/download-artifact@v4': {
        const prefix = given('pattern').replace('*', '');
        for (const name of readdirSync(artifacts).filter((found) => found.startsWith(prefix)))
          cpSync(join(artifacts, name), join(dir, given('path'), name), { recursive: true });
        return;
      }
      case './.github/actions/rh-batch': {
        const action = readYaml('.github/actions/rh-batch/action.yml') as Action;
        const inputs = Object.entries(action.inputs).map(([name, { default: usual = '' }]) => [
          `inputs.${name}`,
          step.with?.[name] === undefined ? usual : given(name),
        ]);
        const inside = { ...known, ...(Object.fromEntries(inputs) as Record<string, string>) };
        await this.#steps(action.runs.steps, dir, inside, end);
        return;
      }
      default:
        throw new Error(`unknown action ${step.uses ?? 'none'}`);
    }
  }

  /** As GitHub runs a step: `bash -eo pipefail`. */
  shell(
    script: string,
    cwd: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number; log: string }> {
    const { RUNNINGHUB_API_KEY: _, ...open } = this.env;
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      cwd,
      env: {
        ...open,
        PATH: `${this.#bin}:${process.env['PATH'] ?? ''}`,
        GITHUB_ACTIONS: 'true',
        GITHUB_STEP_SUMMARY: join(cwd, '.summary.md'),
        CI: 'true',
        ...env,
      },
    });
    let log = '';
    child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    return new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? 1, log })));
  }

  #workspace(): string {
    return mkdtempSync(join(this.#home, 'work-'));
  }

  /** Another program of the runner's machine. */
  script(name: string, text: string): void {
    writeFileSync(join(this.#bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(this.#bin, name), 0o755);
  }
}

/** `${{ name }}`, and nothing cleverer: another expression is an error. */
const filled = (text: string, known: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, name: string) => {
    const value = known[name];
    if (value === undefined) throw new Error(`unknown expression ${name}`);
    return value;
  });

const combinations = ({ strategy }: Job): Record<string, string>[] => {
  const [axis] = Object.entries(strategy?.matrix ?? {});
  if (axis === undefined) return [{}];
  return axis[1].map((value) => ({ [`matrix.${axis[0]}`]: String(value) }));
};

const copyAll = (paths: readonly string[], from: string, to: string): void => {
  for (const path of paths)
    if (existsSync(join(from, path))) {
      // A folder that stands alone becomes the root, as with upload-artifact.
      const file = statSync(join(from, path)).isFile();
      const place = file ? basename(path) : paths.length === 1 ? '.' : path;
      cpSync(join(from, path), join(to, place), { recursive: true });
    }
};
