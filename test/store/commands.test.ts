import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/edges/clock.js';
import type { Emulator } from '../../src/emulator/emulator.js';
import { readAddress } from '../../src/journal/postgres/address.js';
import { postgresStores } from '../../src/journal/postgres/stores.js';
import { isRunId } from '../../src/values/ids.js';
import { began, intent } from '../support/journal-contract.js';
import { named, noPostgres, password, Postgres } from '../support/postgres.js';
import { Machine, startService, withPassword } from '../support/store-machines.js';

const manifest =
  'name: hero\nmatrix: { KSampler.seed: { from: 1, to: 4 } }\nexecution: { timeout: { queue: 48h, run: 48h } }';

describe.skipIf(noPostgres() !== null)(named('commands of any machine on a store'), () => {
  let server: Postgres;
  let service: Emulator;
  let clock: Awaited<ReturnType<typeof startService>>['clock'];
  let url = '';
  let count = 0;
  const machines: Machine[] = [];
  beforeAll(async () => {
    server = await Postgres.start();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    ({ service, clock } = await startService());
    count += 1;
    url = server.url(await server.create(`commands${count}`));
  });
  afterEach(async () => {
    for (const machine of machines.splice(0)) machine.close();
    await service.close();
  });
  const machine = (): Machine => {
    const made = new Machine(service, withPassword, `${manifest}\nstore: ${url}`);
    machines.push(made);
    return made;
  };

  test('status tells of an apply on another machine, and --watch follows it to its end', async () => {
    const [one, two] = [machine(), machine()];
    clock.hold();
    const leading = one.start(['apply']);
    await leading.says(/(submitted[^]*){3}/);
    const during = JSON.parse((await two.run('status', '--json')).out) as unknown;
    expect(during).toMatchObject({ running: true, counts: { inFlight: 3 } });
    const watching = two.start(['status', '--watch']);
    await watching.says('so far:');
    clock.goOn();
    expect((await leading.ended).exit).toBe(0);
    const watched = await watching.ended;
    expect(watched.exit, watched.err).toBe(0);
    expect(watched.out).toContain('4 of 4 done');
  });

  test('what writes is refused while another machine leads, and names it', async () => {
    const [one, two] = [machine(), machine()];
    clock.hold();
    const leading = one.start(['apply']);
    await leading.says('submitted');
    const { exit, err } = await two.run('cancel');
    expect(exit).toBe(5);
    expect(err).toMatch(
      /another machine leads this account: process \d+ on \S+ \(rh-batch apply\)/,
    );
    clock.goOn();
    expect((await leading.ended).exit).toBe(0);
  });

  test('explain and report tell what another machine did', async () => {
    const [one, two] = [machine(), machine()];
    expect((await one.run('apply', '-q')).exit).toBe(0);
    const explained = await two.run('explain', '0000-1');
    expect(explained.exit, explained.err).toBe(0);
    const reported = await two.run('report');
    expect(reported.exit, reported.err).toBe(0);
    const summary: unknown = JSON.parse(two.read('out/hero/summary.json'));
    expect(summary).toMatchObject({ name: 'hero', exitCode: 0, counts: { succeeded: 4 } });
  });

  test('tasks that an apply left in flight are cancelled from another machine', async () => {
    const [one, two] = [machine(), machine()];
    clock.hold();
    const leading = one.start(['apply']);
    await leading.says(/(submitted[^]*){3}/);
    leading.kill('SIGTERM');
    expect((await leading.ended).exit).toBe(143);
    clock.goOn();
    const { exit, err } = await two.run('cancel');
    expect(exit, err).toBe(0);
    expect(service.bill()).toHaveLength(3);
    expect(service.bill().every(({ status }) => status !== 'RUNNING')).toBe(true);
  });

  test('a run whose submit was never answered is settled from another machine', async () => {
    const [one, two] = [machine(), machine()];
    const plan = JSON.parse((await one.run('plan', '--json')).out) as {
      readonly runs: readonly { readonly id: string }[];
    };
    const id = plan.runs[0]?.id ?? '';
    if (!isRunId(id)) throw new Error(`no run in ${JSON.stringify(plan)}`);
    const read = readAddress(url, password);
    if (!read.ok) throw new Error(read.why);
    const place = { name: 'hero', stateDir: one.dir };
    const opening = { clock: systemClock, command: 'test' };
    const left = await postgresStores(read.address).open(place, opening);
    if (!left.ok) throw new Error(left.problem.message);
    await left.store.append(began());
    await left.store.append(intent(id));
    await left.store.close();
    const held = await two.run('apply', '-q');
    expect(held.exit, held.err).toBe(1);
    expect(service.bill()).toHaveLength(3);
    const settled = await two.run('resolve', id, '--resubmit');
    expect(settled.exit, settled.err).toBe(0);
    const done = await one.run('apply', '-q');
    expect(done.exit, done.err).toBe(0);
    expect(service.bill()).toHaveLength(4);
    expect(service.stats().duplicates).toBe(0);
  });
});
