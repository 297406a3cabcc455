import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../src/journal/state.js';
import { makeReport } from '../../src/report/model.js';
import type { ReportRun } from '../../src/report/model.js';
import { buildRun, factsOfPlanned, factsOfRecorded } from '../../src/report/run.js';
import {
  attempt,
  began,
  cost,
  facts,
  failed,
  outOfMemory,
  plannedRun,
  record,
  runId,
  saved,
  taskId,
  unknown,
} from './sample.js';

const build = (more: Partial<RunRecord> = {}): ReportRun =>
  buildRun(factsOfPlanned(plannedRun(0)), record(0, more), {
    since: began,
    held: null,
    thisApply: true,
  });

const capacity = { ...outOfMemory, class: 'capacity' as const, code: '421' };

describe('status', () => {
  test.each([
    ['succeeded', {}],
    ['failed', failed(0)],
    ['unknown', unknown()],
    [
      'cancelled',
      { state: { is: 'cancelled', taskId: taskId(0), by: 'timeout', at: began } as const },
    ],
    ['pending', { state: { is: 'pending', last: null } as const }],
    ['pending', { state: { is: 'submitting', attempt: 1, since: began } as const }],
    ['pending', { state: { is: 'fetching', taskId: taskId(0), outputs: [] } as const }],
    [
      'pending',
      {
        state: {
          is: 'inFlight',
          attempt: 1,
          taskId: taskId(0),
          since: began,
          runningSince: null,
        } as const,
      },
    ],
  ])('is %s', (status, more) => {
    expect(build(more).status).toBe(status);
  });

  test('a run that the journal does not know is pending, and says what held it up', () => {
    const run = buildRun(factsOfPlanned(plannedRun(0)), undefined, {
      since: began,
      held: outOfMemory,
      thisApply: true,
    });
    expect(run).toMatchObject({ status: 'pending', attempts: 0, taskId: null, error: outOfMemory });
  });

  test('what failed, was cancelled or is unknown says why', () => {
    expect(build(failed(0)).error).toEqual(outOfMemory);
    expect(build(unknown('cut off')).error).toMatchObject({ class: 'lost', message: 'cut off' });
    const cancelled = build({
      state: { is: 'cancelled', taskId: taskId(0), by: 'timeout', at: began },
    });
    expect(cancelled.error?.message).toContain('timeout');
  });

  test('outputs that are paid for and not fetched yet are shown with their links', () => {
    const outputs = [{ url: 'https://x.example/a.png', node: '9', type: 'png', text: null }];
    expect(build({ state: { is: 'fetching', taskId: taskId(0), outputs } }).outputs).toEqual([
      { path: null, url: outputs[0]?.url, node: '9', type: 'png', bytes: null, sha256: null },
    ]);
  });
});

describe('attempts', () => {
  test('refusals for want of room, or by the account, are none', () => {
    const refused = (then: string) =>
      attempt(0, {
        taskId: null,
        acceptedAt: null,
        runningAt: null,
        settledAt: null,
        cost: null,
        end: { is: 'refused', error: capacity, then },
      });
    const run = build({
      attempts: [refused('capacity'), refused('stop'), refused('retry'), attempt(0)],
    });
    expect(run.attempts).toBe(2);
    expect(
      build({ state: { is: 'pending', last: null }, attempts: [refused('capacity')] }),
    ).toMatchObject({ attempts: 0, submittedAt: null });
  });

  test('times are those of the last one', () => {
    const last = attempt(0, {
      attempt: 2,
      acceptedAt: began + 50_000,
      runningAt: began + 51_000,
      settledAt: began + 60_000,
    });
    expect(build({ attempts: [attempt(0), last] })).toMatchObject({
      queueMs: 1000,
      runMs: 9000,
      submittedAt: began + 50_000,
      finishedAt: began + 60_000,
    });
  });

  test("where RUNNING was never seen, the service's own task time stands for the run", () => {
    const blind = attempt(0, { runningAt: null, cost: cost({ taskTimeMs: 30_000 }) });
    expect(build({ attempts: [blind] })).toMatchObject({ queueMs: 2200, runMs: 30_000 });
    const dumb = attempt(0, { runningAt: null, cost: null });
    expect(build({ attempts: [dumb] })).toMatchObject({ queueMs: null, runMs: null });
  });
});

describe('cost', () => {
  test('sums all attempts digit for digit', () => {
    const paid = (coins: string | null) => attempt(0, { cost: cost({ coins, money: '0.1' }) });
    const run = build({ attempts: [paid('0.1'), paid('0.2'), paid(null)] });
    expect(run.cost).toMatchObject({ coins: '0.3', money: '0.3', taskTimeMs: 93_000 });
  });

  test('this apply paid only for what ended in it', () => {
    const before = attempt(0, {
      settledAt: began - 1,
      cost: cost({ coins: '5' }),
      end: { is: 'failed', error: outOfMemory },
    });
    const run = build({ attempts: [before, attempt(0)] });
    expect([run.cost.coins, run.spent.coins, run.reused]).toEqual(['17', '12', false]);
  });

  test('a run that was done before is reused and costs this apply nothing', () => {
    const run = build({ attempts: [attempt(0, { settledAt: began - 1 })] });
    expect(run).toMatchObject({ status: 'succeeded', reused: true, spent: { coins: null } });
    expect(makeReport(facts(), [run])).toMatchObject({
      counts: { succeeded: 1, reused: 1 },
      cost: { coins: null, taskTimeMs: null },
    });
  });

  test('a task that was submitted before and ended now is of this apply', () => {
    const adopted = attempt(0, { intentAt: began - 5000, acceptedAt: began - 4000 });
    expect(build({ attempts: [adopted] })).toMatchObject({ reused: false, spent: { coins: '12' } });
  });
});

describe('twins', () => {
  const first = build();
  const twin = buildRun(factsOfPlanned(plannedRun(1, { id: runId(0), twinOf: 0 })), record(0), {
    since: began,
    held: null,
    thisApply: true,
  });

  test("report the first one's task and outputs, and no cost of their own", () => {
    expect(twin).toMatchObject({
      index: 1,
      status: 'succeeded',
      taskId: first.taskId,
      outputs: first.outputs,
      cost: { coins: '0', money: null },
    });
  });

  test('are counted as runs, while their files and coins are counted once', () => {
    expect(makeReport(facts(), [twin, first])).toMatchObject({
      counts: { total: 2, succeeded: 2 },
      outputs: { files: 1, bytes: 12_345 },
      cost: { coins: '12' },
      runs: [{ index: 0 }, { index: 1 }],
    });
  });
});

describe('possible duplicates', () => {
  const lost = attempt(0, {
    taskId: null,
    acceptedAt: null,
    settledAt: null,
    cost: null,
    end: { is: 'lost', why: 'reset' },
  });
  const resolved = (how: string) => ({ ...lost, end: { is: 'resolved' as const, how } });
  const again = attempt(0, { attempt: 2 });
  const doubts = (more: Partial<RunRecord>) =>
    makeReport(facts(), [build(more)]).possibleDuplicates;

  test('are runs whose answer was lost, held or submitted again', () => {
    expect(doubts(unknown('reset'))).toEqual([
      { index: 0, id: runId(0), name: '0000-run', why: 'reset' },
    ]);
    expect(doubts({ attempts: [lost, again] })[0]?.why).toContain('submitted again');
    expect(doubts({ attempts: [resolved('resubmit'), again] })).toHaveLength(1);
    expect(doubts({ attempts: [resolved('giveUp'), again] })).toHaveLength(1);
  });

  test('are not runs for which evidence showed that there is no task, or which task it is', () => {
    expect(doubts({})).toEqual([]);
    expect(doubts({ attempts: [resolved('noTask'), again] })).toEqual([]);
    expect(doubts({ attempts: [resolved('task')] })).toEqual([]);
  });
});

test('a run that only the journal knows is reported from what its intent recorded', () => {
  const known = record(7, { state: saved(7, ['a.png']) });
  const run = buildRun(factsOfRecorded(known.id, known.inputs), known, {
    since: null,
    held: null,
    thisApply: true,
  });
  expect(run).toMatchObject({ index: 7, name: '0007-run', reused: true, row: { line: 9 } });
  expect([...run.values]).toEqual([['prompt', 'a red fox, number 7']]);
});

describe('time on the service', () => {
  const spans = (...attempts: RunRecord['attempts']) => build({ attempts }).spans;

  test('is one span for each task, from accepted to its end', () => {
    const open = attempt(0, {
      acceptedAt: began + 50_000,
      runningAt: null,
      settledAt: null,
      cost: null,
      end: { is: 'open' },
    });
    const [first, second] = spans(attempt(0, { end: { is: 'failed', error: outOfMemory } }), open);
    expect(first).toEqual({
      from: began + 1000,
      running: began + 2200,
      to: began + 33_200,
      // 31 s by the service: the slot may have been free a little before the end was seen.
      freed: began + 32_000,
      end: 'failed',
    });
    expect(second).toMatchObject({ from: began + 50_000, running: null, to: null, end: 'open' });
  });

  test('began when the service says, where no poll saw it running', () => {
    expect(spans(attempt(0, { runningAt: null }))[0]?.running).toBe(began + 2200);
    const odd = attempt(0, { runningAt: null, cost: cost({ taskTimeMs: 900_000 }) });
    expect(spans(odd)[0]?.running).toBe(began + 1000);
  });

  test('is nothing for what was never accepted, and for a twin', () => {
    expect(spans(attempt(0, { acceptedAt: null, taskId: null, settledAt: null }))).toEqual([]);
    const twin = factsOfPlanned(plannedRun(1, { twinOf: 0 }));
    expect(buildRun(twin, record(0), { since: began, held: null, thisApply: true }).spans).toEqual(
      [],
    );
  });
});
