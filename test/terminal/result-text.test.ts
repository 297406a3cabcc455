import { describe, expect, test } from 'vitest';
import type { PlannedRun, PlanSummary } from '../../src/plan/plan.js';
import type { PlanShown, PlanTextOptions } from '../../src/terminal/plan-text.js';
import { planSummaryText, planText } from '../../src/terminal/plan-text.js';
import type { SummaryInput, SummaryTextOptions } from '../../src/terminal/summary-text.js';
import { summaryText } from '../../src/terminal/summary-text.js';
import { memory, run } from './events.js';

const summary = (more: Partial<PlanSummary> = {}): PlanSummary => ({
  planned: 12,
  total: 12,
  new: 3,
  changed: 1,
  retry: 1,
  unknown: 0,
  cancelled: 0,
  upToDate: 7,
  download: 0,
  notGiven: 0,
  notSelected: 0,
  ...more,
});

const planned = (index: number, more: Partial<PlannedRun>): PlannedRun => ({
  index,
  id: run(index),
  name: `000${index}-狐狸`,
  selected: true,
  acts: true,
  action: 'new',
  reasons: [],
  row: { file: 'prompts.csv', line: index + 2 },
  tags: [],
  values: new Map(),
  overrides: [],
  repeat: 0,
  twinOf: null,
  ...more,
});

const plan = (runs: readonly PlannedRun[], more: Partial<PlanShown> = {}): PlanShown => ({
  summary: summary(),
  uploads: [
    { path: 'cats/a.png', sha256: 'a', bytes: 2_100_000, usedBy: 4 },
    { path: 'cats/b.png', sha256: 'b', bytes: 2_000_000, usedBy: 1 },
  ],
  estimate: { observations: 34, wallTimeMs: 70_000, taskTimeMs: 155_000, coins: '210' },
  // eslint-disable-next-line @typescript-eslint/require-await -- a plan's runs come one by one
  runs: async function* () {
    yield* runs;
  },
  ...more,
});

const text = async (shown: PlanShown, options?: PlanTextOptions): Promise<string[]> => {
  let all = '';
  for await (const piece of planText(shown, options)) all += piece;
  return all.trimEnd().split('\n');
};

describe('the plan', () => {
  test('has the summary line of DESIGN 6', () => {
    expect(planSummaryText(plan([]))).toBe(
      '12 runs: 5 to run (3 new, 1 changed, 1 retry), 7 up to date · 2 uploads 4.1 MB · about 70 s · about 210 coins (from 34 past tasks)',
    );
  });

  test.each([
    [
      summary({ total: 1, new: 0, changed: 0, retry: 0, upToDate: 1 }),
      '1 run: 0 to run, 1 up to date',
    ],
    [
      summary({
        new: 1200,
        changed: 0,
        retry: 0,
        unknown: 2,
        download: 3,
        notSelected: 4,
        total: 1212,
      }),
      '1,212 runs: 1,200 to run (1,200 new), 2 unknown, 3 to fetch, 7 up to date, 4 not selected',
    ],
  ])('summary %#', (counts, expected) => {
    const nothing = { observations: 0, wallTimeMs: null, taskTimeMs: null, coins: null };
    expect(planSummaryText({ summary: counts, uploads: [], estimate: nothing })).toBe(expected);
  });

  test('then only what will happen, each run with its reason', async () => {
    const runs = [
      planned(0, {}),
      planned(1, { action: 'changed', reasons: ['KSampler.steps 20 → 30 in api.json', 'x\ny'] }),
      planned(2, { action: 'upToDate' }),
      planned(3, { action: 'retry', reasons: ['failed before: out of memory'] }),
      planned(4, { action: 'unknown' }),
      planned(5, { action: 'download', row: null }),
      planned(6, { twinOf: 0, acts: false }),
    ];
    const shown = plan(runs, { summary: summary({ total: 7, upToDate: 1, notGiven: 3 }) });
    expect((await text(shown)).slice(1)).toEqual([
      '3 cells not given: the value of api.json stays',
      '↑ cats/a.png  2.1 MB, for 4 runs',
      '↑ cats/b.png  2.0 MB, for 1 run',
      '+ 0000-狐狸  prompts.csv:2  new',
      '~ 0001-狐狸  prompts.csv:3  KSampler.steps 20 → 30 in api.json; x y',
      '! 0003-狐狸  prompts.csv:5  failed before: out of memory',
      '? 0004-狐狸  prompts.csv:6  the answer to its submit was lost',
      '↓ 0005-狐狸  its outputs are fetched, nothing is submitted',
      '+ 0006-狐狸  prompts.csv:8  new (same as run 0, submitted once)',
    ]);
  });

  test('stops after so many lines and counts the rest, without walking through it', async () => {
    let walked = 0;
    const endless = async function* () {
      for (;;) {
        await Promise.resolve();
        yield planned((walked += 1), {});
      }
    };
    const shown = plan([], {
      summary: summary({ total: 840, upToDate: 0 }),
      runs: endless,
      uploads: [],
    });
    const lines = await text(shown, { maxRuns: 10 });
    expect(lines.at(-1)).toBe('… and 830 more runs');
    expect([lines.length, walked]).toEqual([12, 10]);
  });

  test('a plan with nothing to do is one line', async () => {
    const done = summary({ new: 0, changed: 0, retry: 0, upToDate: 12 });
    expect(await text(plan([], { summary: done, uploads: [] }))).toEqual([
      '12 runs: 0 to run, 12 up to date',
    ]);
  });

  test('lines are cut to the terminal', async () => {
    const runs = [planned(0, { action: 'changed', reasons: ['很长的理由'.repeat(30)] })];
    const lines = await text(plan(runs, { uploads: [] }), { width: 50 });
    expect(lines.at(1)).toMatch(/^~ 0000-狐狸 {2}prompts.csv:2 {2}.*…$/u);
  });
});

describe('the result', () => {
  const all = {
    total: 12,
    succeeded: 12,
    reused: 7,
    failed: 0,
    cancelled: 0,
    unknown: 0,
    pending: 0,
  };
  const input = (more: Partial<SummaryInput> = {}): SummaryInput => ({
    counts: all,
    thisApply: more.counts ?? all,
    cost: { coins: '60', money: null, taskTimeMs: 155_000 },
    submits: 5,
    startedAt: 0,
    finishedAt: 80_000,
    stop: null,
    emulated: false,
    outputs: { files: 12 },
    runs: [],
    ...more,
  });
  const options: SummaryTextOptions = {
    reportPath: 'out/hero/report.html',
    command: 'rh-batch apply hero.yaml',
  };
  const troubled = (status: 'failed' | 'unknown', at: number) => ({
    id: '3f9c0a1b2c3d4e5f',
    name: `000${at}-fox`,
    status,
    thisApply: true,
    reused: false,
    outputs: [],
    error: memory,
    row: { file: 'prompts.csv', line: 5 },
  });

  test('of a whole batch says so, and where the report is', () => {
    expect(summaryText(input(), options)).toBe(
      [
        '✔ 12 of 12 runs succeeded (7 submitted before) · 5 submits · 12 files · 60 coins · 1m 20s',
        'report: out/hero/report.html',
        '',
      ].join('\n'),
    );
  });

  test('of a batch with failures tells the first few reasons, each once, and what to do next', () => {
    const counts = { ...input().counts, succeeded: 4, reused: 0, failed: 8 };
    const runs = Array.from({ length: 8 }, (_, at) => ({
      ...troubled('failed', at),
      row: { file: 'prompts.csv', line: 2 + Math.min(3, at >> 1) },
    }));
    const lines = summaryText(input({ counts, runs }), { ...options, maxTroubles: 2 }).split('\n');
    expect(lines).toEqual([
      '✖ 4 of 12 runs succeeded · 8 failed · 5 submits · 12 files · 60 coins · 1m 20s',
      '  ✖ 0000-fox and 1 more run  node 3: CUDA out of memory Tried to allocate 2 GiB (805) (prompts.csv:2)',
      '  ✖ 0002-fox and 1 more run  node 3: CUDA out of memory Tried to allocate 2 GiB (805) (prompts.csv:3)',
      '  … and 4 more runs',
      'report: out/hero/report.html',
      'next:   rh-batch apply hero.yaml  tries the 8 runs again',
      '',
    ]);
  });

  test('why runs are pending is told once with their number, unless it is what stopped all', () => {
    const counts = { ...input().counts, succeeded: 0, reused: 0, pending: 12 };
    const runs = Array.from({ length: 12 }, (_, at) => ({
      ...troubled('failed', at),
      status: 'pending' as const,
      error: { ...memory, node: null, message: 'a.png: it is refused', code: '1' },
      row: { file: 'prompts.csv', line: at },
    }));
    expect(summaryText(input({ counts, runs }), options)).toContain(
      '\n  ■ 12 runs pending  a.png: it is refused (1)\n',
    );
    const stop = 'the service says: a.png: it is refused';
    expect(summaryText(input({ counts, runs, stop }), options)).not.toContain('12 runs pending  ');
  });

  test('a traceback is told by its last lines, bounded, and without what acts on a terminal', () => {
    const lines = Array.from({ length: 40 }, (_, at) => `  File "a.py", line ${at}`);
    const traceback = [...lines, '', `\u001b[2J${'x'.repeat(5000)}`, '::error::b\u0007ad'].join(
      '\n',
    );
    const counts = { ...input().counts, succeeded: 11, failed: 1 };
    const runs = [{ ...troubled('failed', 3), error: { ...memory, traceback } }];
    const explain = (id: string) => `rh-batch explain ${id} hero.yaml`;
    const told = summaryText(input({ counts, runs }), { ...options, explain }).split('\n');
    expect(told.slice(2, 9)).toEqual([
      ...[36, 37, 38, 39].map((at) => `        File "a.py", line ${at}`),
      `      ${'x'.repeat(199)}…`,
      '      : :error::b ad',
      '      rh-batch explain 3f9c0a1b hero.yaml  shows the whole traceback',
    ]);
  });

  test('of a batch with an unknown run names the decision that it needs', () => {
    const counts = { ...input().counts, succeeded: 11, unknown: 1 };
    const text = summaryText(input({ counts, runs: [troubled('unknown', 3)] }), options);
    expect(text).toContain('next:   rh-batch resolve 3f9c0a1b --task ID | --resubmit | --give-up');
  });

  test('of a part of the batch tells of that part, and in one line of the whole', () => {
    const thisApply = { ...all, total: 1, succeeded: 1, reused: 0 };
    const counts = { ...all, total: 300, succeeded: 290, failed: 8, pending: 2 };
    const runs = [{ ...troubled('failed', 3), thisApply: false }];
    expect(summaryText(input({ counts, thisApply, runs, submits: 1 }), options)).toBe(
      [
        '✔ 1 of 1 run succeeded · 1 submit · 12 files · 60 coins · 1m 20s',
        'batch:  290 of 300 runs succeeded, 8 failed, 2 pending',
        'report: out/hero/report.html',
        '',
      ].join('\n'),
    );
  });

  test('of a stopped batch says why, and that the same command goes on', () => {
    const counts = { ...input().counts, succeeded: 2, reused: 0, pending: 10 };
    const text = summaryText(input({ counts, stop: 'budget.coins is spent' }), options);
    expect(text).toContain('■ 2 of 12 runs succeeded · 10 pending');
    expect(text).toContain('stopped: budget.coins is spent\n');
    expect(text).toContain('next:   rh-batch apply hero.yaml  goes on with the 10 pending runs');
  });
});
