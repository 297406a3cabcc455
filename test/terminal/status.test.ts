import { expect, test } from 'vitest';
import { JournalTail } from '../../src/journal/files/tail.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { until } from '../support/until.js';

const project = projects();
const slow = {
  manifest: 'name: hero\nmatrix: { KSampler.seed: { from: 1, to: 12 } }',
  emulator: { runTime: { kind: 'constant', ms: 60_000 } },
} as const;
const state = '.rh-batch/hero';

const inFlight = (p: Project) => (): boolean => p.service.stats().accepted >= 3;

test('status during a batch tells counts, what is in flight and who is at work', async () => {
  const p = await project(slow);
  const applying = p.apply('-q');
  await until(inFlight(p));
  const [{ out }, json] = await p.still(async () => [
    await p.run('status'),
    await p.run('status', '--json'),
  ]);
  expect(out).toMatch(/^hero · at work for .* \(process \d+ on /);
  expect(out).toMatch(/^ {2}0 of 12 done · \d in flight · \d+ waiting/m);
  expect(out).toMatch(/^ {2}[○●] [0-9a-f]{8} {2}0000-1 {2}(queued|running).* task \d{19}$/m);
  expect(JSON.parse(json.out)).toMatchObject({
    running: true,
    counts: { toDo: 12, pending: 3 },
  });
  await applying;
  expect((await p.run('status')).out).toMatch(
    /^hero · ended with exit code 0 at .* UTC, after .*\n {2}12 of 12 done · [\d.]+ coins\n$/,
  );
});

test('after a batch the failures stand there with their reasons and the next step', async () => {
  const p = await project({
    manifest: 'name: hero\nmatrix: { Positive Prompt.text: ["[emulate:oom]", fine] }',
  });
  expect((await p.run('status')).out).toBe('hero · no apply yet\n');
  await p.apply();
  const { out } = await p.run('status', 'manifest.yaml');
  expect(out).toContain('1 of 2 done · 1 failed');
  expect(out).toMatch(/✖ [0-9a-f]{8} {2}0000-emulate-oom {2}node 3: /);
  const [, next = ''] = /next: rh-batch (explain \S+ manifest.yaml)/.exec(out) ?? [];
  const explained = await p.run(...next.split(' '));
  expect(explained).toMatchObject({ exit: 0 });
  expect(explained.out).toMatch(/\nstate: failed\nattempt 1: failed: node 3: /);
  expect(explained.out).toContain('| torch.OutOfMemoryError');
  expect(explained.out).toContain('Positive Prompt.text (node 6) = [emulate:oom]');
});

test('a process that was killed is not taken for one at work', async () => {
  const p = await project(slow);
  await p.apply('--first', '1', '-q');
  const journal = `${state}/journal.jsonl`;
  p.write(journal, p.read(journal).replace(/^.*"type":"end".*\n/m, ''));
  const { out } = await p.run('status');
  expect(out).toContain('hero · ended without a word; rh-batch apply --first 1 goes on');
  // Nobody is at work, so there is nothing to watch.
  expect((await p.run('status', '--watch')).out).toBe(out);
});

test('--watch tells every change of another process once, and ends with it', async () => {
  const p = await project(slow);
  const applying = p.apply('-q');
  await until(inFlight(p));
  const watched = await p.run('status', '--watch');
  await applying;
  expect(watched.exit).toBe(0);
  const lines = watched.err.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^so far: \d+ done/);
  const done = lines.flatMap((line) => / {2}done +(\S+)/.exec(line)?.[1] ?? []);
  expect(new Set(done).size).toBe(done.length);
  expect(done).toContain('0011-12');
  expect(lines.at(-1)).toMatch(/done .* 12\/12$/);
  expect(watched.err).not.toContain('\u001b');
  expect(watched.out).toContain('12 of 12 done');
});

test('leaving a watch ends the watch only', async () => {
  const p = await project(slow);
  const applying = p.apply('-q');
  await until(inFlight(p));
  const watch = p.start(['status', '--watch']);
  let over = false;
  void watch.ended.then(() => (over = true));
  // Typed until it is heard: the command may still be on its way to listening.
  await until(() => {
    watch.signal('SIGINT');
    return over;
  });
  expect((await watch.ended).exit).toBe(130);
  expect(p.service.stats().accepted).toBeLessThan(12);
  expect((await applying).exit).toBe(0);
});

test('a tail reads on where it ended, and from the start when the journal was replaced', async () => {
  const p = await project({ manifest: 'name: hero\nmatrix: { KSampler.seed: [1, 2] }' });
  const tail = new JournalTail(`${p.dir}/${state}`);
  const read = async (): Promise<string[]> => {
    const seen: string[] = [];
    expect(await tail.read(({ type }) => void seen.push(type))).toBeNull();
    return seen;
  };
  expect(await read()).toEqual([]);
  await p.apply('--first', '1');
  const first = await read();
  expect([first[0], first.at(-1)]).toEqual(['batch', 'end']);
  expect(await read()).toEqual([]);
  const journal = p.read(`${state}/journal.jsonl`);
  // Half a record may be there while its writer is at work.
  const more = '{"type":"end","exitCode":0,"stop":null,"seq":99,"at":"2026-11-24T05:00:00.000Z"}\n';
  p.write(`${state}/journal.jsonl`, journal + more.slice(0, 20));
  expect(await read()).toEqual([]);
  p.write(`${state}/journal.jsonl`, journal + more);
  expect(await read()).toEqual(['end']);
  expect(tail.state.lastSeq).toBe(99);
  p.remove(`${state}/journal.jsonl`);
  p.write(`${state}/journal.jsonl`, journal);
  expect(await read()).toEqual(first);
});
