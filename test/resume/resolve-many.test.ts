import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';

const project = projects();

/** Four runs whose creates were all answered by a broken connection, after their effect. */
const lost = async (): Promise<Project> => {
  const p = await project({
    manifest:
      'matrix: { rows: [{ s: a }, { s: b }, { s: c }, { s: d }] }\nset: { Positive Prompt.text: "${{ s }}" }\nrun: { name: "run-${{ s }}" }',
    emulator: { runTime: { kind: 'constant', ms: 20_000 } },
  });
  p.service.setFaults([{ endpoint: 'create', kind: 'resetAfter', next: 4 }]);
  expect((await p.apply()).exit).toBe(1);
  p.service.setFaults([]);
  return p;
};
const unknownNames = async (p: Project): Promise<string[]> => {
  const { out } = await p.run('resolve', '--unknown', '--json');
  return (JSON.parse(out) as { unknown: { name: string }[] }).unknown.map(({ name }) => name);
};

test('resolve --unknown lists all of them with when they went out, the answer and what was seen', async () => {
  const p = await lost();
  const { exit, out } = await p.run('resolve', '--unknown');
  expect(exit).toBe(0);
  expect(out).toContain('4 unknown runs');
  for (const name of ['run-a', 'run-b', 'run-c', 'run-d']) expect(out).toContain(name);
  expect(out.match(/ {4}sent \d{4}-\d\d-\d\dT.*, attempt 1\n/g)).toHaveLength(4);
  expect(out.match(/ {4}answer: .*(?:reset|closed|socket|ECONN|reached)/g)).toHaveLength(4);
  // What auto saw and why that was no proof.
  expect(out.match(/ {4}seen: .*no count can rule out/g)).toHaveLength(4);
  // Looking changes nothing.
  expect(await unknownNames(p)).toHaveLength(4);
});

test('one decision settles those that are selected, and needs --yes where nobody can be asked', async () => {
  const p = await lost();
  const refused = await p.run('resolve', '--unknown', '--give-up');
  expect(refused.exit).toBe(2);
  expect(refused.err).toContain('--yes');
  expect(await unknownNames(p)).toHaveLength(4);
  expect((await p.run('resolve', '--unknown', '--only', 'run-x', '--give-up', '--yes')).exit).toBe(
    2,
  );
  const some = await p.run('resolve', '--unknown', '--where', 's=a', '--give-up', '--yes');
  expect(some.exit, some.err).toBe(0);
  expect(some.out).toBe('1 run settled: they count as failed; apply would try them again\n');
  expect(await unknownNames(p)).toEqual(['run-b', 'run-c', 'run-d']);
  const rest = await p.run('resolve', '--unknown', '--only', 'run-[bc]', '--resubmit', '--yes');
  expect(rest.exit).toBe(2);
  expect((await p.run('resolve', '--unknown', '--resubmit', '--yes')).exit).toBe(0);
  expect(await unknownNames(p)).toEqual([]);
  expect((await p.plan('--only', 'run-b')).runs[0]?.action).toBe('new');
  expect((await p.run('resolve', '--unknown')).out).toBe('no run is unknown\n');
});

test('a task is of one run, and one run is still settled by its name', async () => {
  const p = await lost();
  const [first] = p.service.bill();
  const taskId = first?.taskId ?? '';
  expect((await p.run('resolve', '--unknown', '--task', taskId)).exit).toBe(2);
  expect((await p.run('resolve')).err).toContain('--unknown');
  expect((await p.run('resolve', 'run-a', '--task', taskId)).exit).toBe(0);
  expect(await unknownNames(p)).toHaveLength(3);
});
