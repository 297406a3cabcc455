import { expect, test } from 'vitest';
import { systemClock } from '../../src/edges/clock.js';
import type { JournalEvent, Recorded } from '../../src/journal/event.js';
import type { Store } from '../../src/journal/store.js';
import type { JournalPlace, Stores } from '../../src/journal/stores.js';
import type { RunId, TaskId } from '../../src/values/ids.js';
import { isRunId, isTaskId } from '../../src/values/ids.js';

export const began = (name = 'hero'): JournalEvent => ({
  type: 'batch',
  version: 2,
  program: '0.0.0',
  name,
  target: '1980237776367083521',
  manifest: 'm',
  account: 'a',
  emulated: false,
});

export const runOf = (digit: string): RunId => {
  const id = digit.repeat(16);
  if (!isRunId(id)) throw new Error(`${id} is no run's id`);
  return id;
};

const taskOf = (id: string): TaskId => {
  if (!isTaskId(id)) throw new Error(`${id} is no task's id`);
  return id;
};

export const intent = (run: RunId, attempt = 1): JournalEvent => ({
  type: 'intent',
  run,
  attempt,
  inputs: {
    index: 0,
    // What a column of text must give back as it was.
    name: 'a "red" fox \\ 狐 \u0000 \u2028',
    row: null,
    tags: [],
    values: { seed: '12345678901234567890' },
    overrides: [],
    base: 'b',
    repeat: 0,
  },
});

export const accepted = (run: RunId, task: string, attempt = 1): JournalEvent => ({
  type: 'accepted',
  run,
  attempt,
  taskId: taskOf(task),
});

export const opened = async (
  stores: Stores,
  place: JournalPlace,
  command = 'test',
): Promise<Store> => {
  const result = await stores.open(place, { clock: systemClock, command });
  if (!result.ok) throw new Error(result.problem.message);
  return result.store;
};

const read = async (stores: Stores, place: JournalPlace): Promise<Store['state']> => {
  const result = await stores.read(place);
  if (!result.ok) throw new Error(result.problem.message);
  return result.state;
};

/** What every home of a journal keeps. `place`: of a batch that no test has used yet. */
export const journalContract = (
  of: () => { readonly stores: Stores; readonly place: (name: string) => JournalPlace },
): void => {
  const [one, two] = [runOf('1'), runOf('2')];

  test('a batch that never began has an empty journal, and nobody is at work', async () => {
    const { stores, place } = of();
    const none = place('none');
    expect((await read(stores, none)).beganAt).toBeNull();
    expect(await stores.holder(none)).toBeNull();
    const tail = stores.follow(none);
    expect(await tail.exists()).toBe(false);
    expect(await tail.read(() => expect.unreachable())).toBeNull();
    expect(await tail.holder()).toBeNull();
    await tail.close();
  });

  test('what was appended is read by others as it was, in order', async () => {
    const { stores, place } = of();
    const hero = place('order');
    const store = await opened(stores, hero);
    const told: string[] = [];
    store.onEvent(({ type }) => void told.push(type));
    const first = await store.append(began());
    const second = await store.append(intent(one));
    store.appendLater(accepted(one, '1001'));
    await store.flush();
    expect(second.seq).toBeGreaterThan(first.seq);
    expect(told).toEqual(['batch', 'intent', 'accepted']);
    const state = await read(stores, hero);
    expect(state.runs.get(one)).toEqual(store.state.runs.get(one));
    expect(state.runs.get(one)?.state).toMatchObject({ is: 'inFlight', taskId: '1001' });
    expect(state.runs.get(one)?.inputs).toEqual(second.type === 'intent' ? second.inputs : null);
    expect(state.beganAt).toBe(Date.parse(first.at));
    await store.close();
    const again = await opened(stores, hero);
    expect(again.state.runs.get(one)).toEqual(state.runs.get(one));
    expect((await again.append({ type: 'end', exitCode: 0, stop: null })).seq).toBeGreaterThan(
      second.seq,
    );
    await again.close();
  });

  test('many records that wait together are all kept, in order', async () => {
    const { stores, place } = of();
    const many = place('many');
    const store = await opened(stores, many);
    await store.append(began());
    const count = 500;
    await Promise.all(
      Array.from({ length: count }, (_, index) => store.append(intent(one, index + 1))),
    );
    await store.close();
    const attempts = (await read(stores, many)).runs.get(one)?.attempts ?? [];
    expect(attempts.map(({ attempt }) => attempt)).toEqual(
      Array.from({ length: count }, (_, index) => index + 1),
    );
  });

  test('one writes at a time: a second one is refused, and told who is at work', async () => {
    const { stores, place } = of();
    const held = place('held');
    const store = await opened(stores, held, 'the first');
    await store.append(began());
    expect(await store.stillHeld()).toEqual({ is: 'held' });
    const second = await stores.open(held, { clock: systemClock, command: 'the second' });
    expect(second).toMatchObject({ ok: false, problem: { is: 'locked' } });
    expect(second.ok ? '' : second.problem.message).toContain('the first');
    expect(await stores.holder(held)).toMatchObject({ command: 'the first', pid: process.pid });
    await store.close();
    expect(await stores.holder(held)).toBeNull();
    await (await opened(stores, held)).close();
  });

  test('a submit without an answer is under way for who looks on, and unknown for who comes after', async () => {
    const { stores, place } = of();
    const left = place('left');
    const store = await opened(stores, left);
    await store.append(began());
    await store.append(intent(one));
    expect((await read(stores, left)).runs.get(one)?.state.is).toBe('submitting');
    const ended = await stores.readEnded(left);
    expect(ended.ok && ended.state.runs.get(one)?.state.is).toBe('unknown');
    await store.close();
    const next = await opened(stores, left);
    expect(next.state.runs.get(one)?.state.is).toBe('unknown');
    await next.close();
  });

  test('who follows is told each record once', async () => {
    const { stores, place } = of();
    const seen = place('seen');
    const tail = stores.follow(seen);
    const news = async (): Promise<string[]> => {
      const types: string[] = [];
      expect(await tail.read(({ type }) => void types.push(type))).toBeNull();
      return types;
    };
    const store = await opened(stores, seen);
    await store.append(began());
    expect(await news()).toEqual(['batch']);
    expect(await tail.exists()).toBe(true);
    expect(await tail.holder()).toMatchObject({ command: 'test' });
    expect(await news()).toEqual([]);
    await store.append(intent(two));
    await store.append(accepted(two, '1002'));
    expect(await news()).toEqual(['intent', 'accepted']);
    expect(tail.state.runs.get(two)?.state.is).toBe('inFlight');
    await store.close();
    expect(await tail.holder()).toBeNull();
    await tail.close();
  });

  test('records of another journal keep their times and come behind what is there', async () => {
    const { stores, place } = of();
    const [from, to] = [place('from'), place('to')];
    const source = await opened(stores, from);
    const records: Recorded[] = [];
    source.onEvent((event) => void records.push(event));
    await source.append(began());
    await source.append(intent(one));
    await source.append(accepted(one, '1003'));
    await source.close();
    const target = await opened(stores, to);
    await target.append(began('other'));
    await target.adopt(records.slice(1));
    await target.close();
    const state = await read(stores, to);
    const attempt = state.runs.get(one)?.attempts[0];
    expect(attempt?.intentAt).toBe(Date.parse(records[1]?.at ?? ''));
    expect(attempt?.taskId).toBe('1003');
    expect(state.name).toBe('other');
  });

  test('batches do not see each other', async () => {
    const { stores, place } = of();
    const [left, right] = [place('own'), place('foreign')];
    const store = await opened(stores, left);
    await store.append(began());
    await store.append(intent(one));
    await store.close();
    expect((await read(stores, right)).runs.size).toBe(0);
  });
};
