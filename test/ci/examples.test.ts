import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { commands } from '../../src/commands/table.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key } from '../support/project.js';
import type { Action, Job, Step, Workflow } from '../support/workflow-runner.js';
import { readYaml, WorkflowRunner } from '../support/workflow-runner.js';

const project = projects();
const folder = fileURLToPath(new URL('../../manifests/ci', import.meta.url));
const runners: WorkflowRunner[] = [];
afterEach(() => {
  for (const { dir } of runners.splice(0)) rmSync(dir, { recursive: true, force: true });
});

interface GitLabJob {
  readonly script?: readonly string[];
  readonly parallel?: number;
}
const gitlab = readYaml('manifests/ci/gitlab-ci.yml') as Record<string, GitLabJob>;
const github = readdirSync(folder).filter((name) => name.startsWith('github-'));
const workflow = (name: string): Workflow => readYaml(`manifests/ci/${name}`) as Workflow;

const steps = (jobs: Readonly<Record<string, Job>>): Step[] =>
  Object.values(jobs).flatMap((job) => [...job.steps]);

/** Every script of the examples and of the action, by the file it stands in. */
const scripts: readonly (readonly [string, string])[] = [
  ...github.flatMap((name) =>
    steps(workflow(name).jobs).flatMap(({ run }) =>
      run === undefined ? [] : [[name, run] as const],
    ),
  ),
  ...(readYaml('.github/actions/rh-batch/action.yml') as Action).runs.steps.flatMap(({ run }) =>
    run === undefined ? [] : [['action.yml', run] as const],
  ),
  ...Object.values(gitlab).flatMap(({ script }) =>
    (script ?? []).map((line) => ['gitlab-ci.yml', line] as const),
  ),
];
const calls = scripts.flatMap(([file, script]) =>
  [...script.matchAll(/npx rh-batch ([^|\n]*)/g)].map(([, words = '']) => [file, words] as const),
);

test('there is a script in every example, and the folder holds nothing else', () => {
  const examples = readdirSync(folder).filter((name) => name !== 'README.md');
  expect(examples.sort()).toEqual([...github, 'gitlab-ci.yml'].sort());
  expect(new Set(calls.map(([file]) => file))).toEqual(
    new Set([...examples.filter((name) => name !== 'github-action.yml'), 'action.yml']),
  );
});

test.each(calls)('%s: rh-batch %s exists with all its flags', (_, words) => {
  const [name, ...rest] = words.trim().split(/\s+/);
  const command = commands.find((known) => known.name === name);
  expect(command?.name).toBe(name);
  const flags = command?.options.flatMap((option) => option.flags.match(/--?[\w-]+/g) ?? []) ?? [];
  for (const word of rest.filter((each) => each.startsWith('-'))) expect(flags).toContain(word);
});

test("an expression never stands in a script, where another's text could be a command", () => {
  for (const [, script] of scripts) expect(script).not.toContain('${{');
});

describe('they run', () => {
  const runner = async (): Promise<{ p: Project; r: WorkflowRunner }> => {
    const p = await project({
      manifest: 'name: hero\nmatrix: { KSampler.seed: [1, 2, 3, 4, 5, 6] }',
      // Slow enough that a busy machine answers within a minute of this clock.
      emulator: { speed: 20, runTime: { kind: 'constant', ms: 2_000 } },
    });
    const r = new WorkflowRunner(p.dir, {
      RUNNINGHUB_API_KEY: key,
      RUNNINGHUB_BASE_URL: p.service.url,
      RUNNINGHUB_EMULATOR_SPEED: String(p.speed),
    });
    runners.push(r);
    return { p, r };
  };
  const counts = (dir: string, path: string): unknown =>
    (JSON.parse(readFileSync(join(dir, path, 'summary.json'), 'utf8')) as { counts: unknown })
      .counts;

  test('the check plans without a key and rehearses without the service', async () => {
    const { p, r } = await runner();
    const [end] = await r.run(workflow('github-check.yml'));
    expect(end).toMatchObject({ code: 0 });
    expect(end?.log).toContain('valid: 6 runs');
    const summary = readFileSync(join(end?.dir ?? '', '.summary.md'), 'utf8');
    expect(summary).toContain('6 runs: 6 to run (6 new)');
    expect(summary).toContain('(emulated)');
    expect(p.service.requests()).toEqual([]);
  });

  test('what was planned in the pull request is applied after the merge, unless it is stale', async () => {
    const { p, r } = await runner();
    // Of gh as much as the example uses: the pull request's head, its run, its artifact.
    r.script(
      'gh',
      `case "$1 $2" in\n"run download") cp -r "${r.dir}/artifacts-$3/$5/." . ;;\n"run list") echo 1 ;;\n*) echo abc ;;\nesac`,
    );
    expect((await r.run(workflow('github-check.yml'))).at(0)).toMatchObject({ code: 0 });
    const [applied] = await r.run(workflow('github-approved.yml'));
    expect(applied, applied?.log).toMatchObject({ code: 0 });
    expect(p.service.stats().accepted).toBe(6);
    expect(applied?.log).not.toContain(key);
    const [again] = await r.run(workflow('github-approved.yml'));
    expect(again).toMatchObject({ code: 2 });
    expect(again?.log).toContain('the plan in plan.json is stale');
    expect(p.service.stats()).toMatchObject({ accepted: 6, duplicates: 0 });
  });

  test.each(['github-nightly.yml', 'github-action.yml'])(
    '%s: the second night costs nothing; what failed goes on',
    async (name) => {
      const { p, r } = await runner();
      p.service.model.adjust(null, (account) => (account.coins = 0));
      const [failed] = await r.run(workflow(name));
      expect(failed?.code).toBe(4);
      p.service.model.adjust(null, (account) => (account.coins = 1000));
      const [first] = await r.run(workflow(name));
      expect(first, first?.log).toMatchObject({ code: 0 });
      expect(p.service.stats().accepted).toBe(6);
      const [second] = await r.run(workflow(name));
      expect(second).toMatchObject({ code: 0 });
      expect(counts(second?.dir ?? '', 'out/hero')).toMatchObject({ total: 6, reused: 6 });
      expect(p.service.stats()).toMatchObject({ accepted: 6, duplicates: 0 });
      expect(second?.log).not.toContain(key);
    },
  );

  test('shards become one report; a second time nothing is paid', async () => {
    const { p, r } = await runner();
    for (const reused of [0, 6]) {
      const ends = await r.run(workflow('github-shards.yml'));
      expect(ends.map(({ name }) => name)).toEqual(['shard', 'shard', 'shard', 'shard', 'report']);
      expect(ends.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
      const merged = ends.at(-1)?.dir ?? '';
      expect(counts(merged, 'merged')).toMatchObject({ total: 6, succeeded: 6, reused });
      expect(existsSync(join(merged, 'merged/0005-6_00.png'))).toBe(true);
      expect(p.service.stats()).toMatchObject({ accepted: 6, duplicates: 0 });
    }
  });

  test('GitLab: the jobs of a schedule share one folder of artifacts', async () => {
    const { p, r } = await runner();
    const total = gitlab['shard']?.parallel ?? 0;
    expect(total).toBe(4);
    const run = async (job: string, env: Record<string, string>): Promise<string> => {
      let log = '';
      for (const line of gitlab[job]?.script ?? []) {
        const ended = await r.shell(line, p.dir, env);
        log += ended.log;
        expect(ended.code, ended.log).toBe(0);
      }
      return log;
    };
    expect(await run('plan', {})).toContain('6 runs: 6 to run');
    for (let index = 1; index <= total; index += 1)
      await run('shard', {
        RUNNINGHUB_API_KEY: key,
        CI_NODE_INDEX: String(index),
        CI_NODE_TOTAL: String(total),
      });
    await run('report', {});
    expect(counts(p.dir, 'merged')).toMatchObject({ total: 6, succeeded: 6 });
    expect(existsSync(join(p.dir, 'merged/junit.xml'))).toBe(true);
  });
});
