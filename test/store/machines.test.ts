import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.js';
import { named, noPostgres, password, Postgres } from '../support/postgres.js';
import { Machine, startService, withPassword } from '../support/store-machines.js';

const matrix =
  'name: hero\nmatrix: { KSampler.seed: { from: 1, to: 12 } }\nexecution: { timeout: { queue: 48h, run: 48h } }';

describe.skipIf(noPostgres() !== null)(named('machines that share a store'), () => {
  let server: Postgres;
  let service: Emulator;
  let clock: Awaited<ReturnType<typeof startService>>['clock'];
  let count = 0;
  let url = '';
  const machines: Machine[] = [];
  beforeAll(async () => {
    server = await Postgres.start();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    ({ service, clock } = await startService());
    count += 1;
    url = server.url(await server.create(`store${count}`));
  });
  afterEach(async () => {
    for (const machine of machines.splice(0)) machine.close();
    await service.close();
  });
  const machine = (manifest = `${matrix}\nstore: ${url}`, env = withPassword): Machine => {
    const made = new Machine(service, env, manifest);
    machines.push(made);
    return made;
  };
  const paid = (): number => service.bill().length;

  test('two that apply at the same time pay for each run once: one leads, one stands by', async () => {
    const [one, two] = [machine(), machine()];
    clock.hold();
    const leading = one.start(['apply']);
    await leading.says('submitted');
    const following = two.start(['apply']);
    await following.says(/standing by: process \d+ on \S+ \(rh-batch apply\)/);
    clock.goOn();
    const [first, second] = await Promise.all([leading.ended, following.ended]);
    expect([first.exit, second.exit]).toEqual([0, 0]);
    expect(second.err).not.toContain('submitted');
    expect(paid()).toBe(12);
    expect(service.stats().duplicates).toBe(0);
    const status = await two.run('status', '--json');
    expect(JSON.parse(status.out)).toMatchObject({ name: 'hero', exitCode: 0 });
  });

  test('one that dies is followed by the one that stands by: nothing accepted is paid for again', async () => {
    const [one, two] = [machine(), machine()];
    clock.hold();
    const leading = one.start(['apply']);
    await leading.says('submitted');
    const following = two.start(['apply']);
    await following.says('standing by');
    leading.kill('SIGKILL');
    await following.says('plan  ');
    clock.goOn();
    const { exit, err } = await following.ended;
    expect(service.stats().duplicates, err).toBe(0);
    // Unknown is only what was under way as the process died.
    const unknown = 12 - paid();
    expect(exit === 0 || exit === 1, err).toBe(true);
    expect(unknown).toBeLessThanOrEqual(4);
    const again = await one.run('apply', '-q');
    expect(service.stats().duplicates, again.err).toBe(0);
  });

  test('one that is stopped for longer than its claim lives sends nothing more when it wakes', async () => {
    const [one, two] = [machine(), machine()];
    clock.hold();
    const leading = one.start(['apply']);
    await leading.says('submitted');
    const following = two.start(['apply']);
    await following.says('standing by');
    leading.kill('SIGSTOP');
    await following.says('plan  ');
    leading.kill('SIGCONT');
    clock.goOn();
    const [first, second] = await Promise.all([leading.ended, following.ended]);
    expect(first.exit, first.err).toBe(5);
    expect(first.err).toContain('the state was taken over by process');
    expect(second.exit === 0 || second.exit === 1, second.err).toBe(true);
    expect(service.stats().duplicates).toBe(0);
    expect(paid()).toBeLessThanOrEqual(12);
  });

  test('a database that restarts is waited for', async () => {
    const one = machine();
    clock.hold();
    const leading = one.start(['apply']);
    await leading.says('submitted');
    await server.down('immediate');
    await server.up();
    clock.goOn();
    const { exit, err } = await leading.ended;
    expect(exit, err).toBe(0);
    expect(paid()).toBe(12);
    expect(service.stats().duplicates).toBe(0);
  });

  test('what a database that is away did not take is kept, and told by the next apply', async () => {
    const one = machine();
    clock.hold();
    const leading = one.start(['apply']);
    await leading.says('submitted');
    await server.down('immediate');
    clock.goOn();
    leading.kill('SIGTERM');
    const ended = await leading.ended;
    await server.up();
    expect(ended.exit, ended.err).toBe(143);
    const { exit, err } = await one.run('apply');
    expect(exit === 0 || exit === 1, err).toBe(true);
    expect(service.stats().duplicates).toBe(0);
    const status = await one.run('status', '--json');
    const unknown = 12 - paid();
    expect(JSON.parse(status.out)).toMatchObject({ counts: { succeeded: 12 - unknown } });
  });

  test('SIGTERM ends an apply in order, and the next one goes on at once', async () => {
    const [one, two] = [machine(), machine()];
    clock.hold();
    const leading = one.start(['apply']);
    await leading.says('submitted');
    leading.kill('SIGTERM');
    expect((await leading.ended).exit).toBe(143);
    clock.goOn();
    const { exit, err } = await two.run('apply');
    expect(exit, err).toBe(0);
    expect(err).not.toContain('standing by');
    expect(paid()).toBe(12);
    expect(service.stats().duplicates).toBe(0);
  });

  test('who stands by ends at once when told to', async () => {
    const [one, two] = [machine(), machine()];
    clock.hold();
    const leading = one.start(['apply']);
    await leading.says('submitted');
    const following = two.start(['apply']);
    await following.says('standing by');
    following.kill('SIGINT');
    expect((await following.ended).exit).toBe(130);
    clock.goOn();
    expect((await leading.ended).exit).toBe(0);
  });

  test('who stands by outlasts a restart of the database, as who leads does', async () => {
    const [one, two] = [machine(), machine()];
    clock.hold();
    const leading = one.start(['apply']);
    await leading.says('submitted');
    const following = two.start(['apply']);
    await following.says('standing by');
    await server.down('immediate');
    await server.up();
    clock.goOn();
    const [first, second] = await Promise.all([leading.ended, following.ended]);
    expect([first.exit, second.exit], first.err + second.err).toEqual([0, 0]);
    expect(paid()).toBe(12);
    expect(service.stats().duplicates).toBe(0);
  });

  test('another batch of the account waits for its turn', async () => {
    const one = machine();
    clock.hold();
    const other = machine(
      `${matrix.replace('hero', 'villain').replace('12', '14')}\nstore: ${url}`,
    );
    const leading = one.start(['apply']);
    await leading.says('submitted');
    const following = other.start(['apply']);
    await following.says('standing by');
    clock.goOn();
    expect((await leading.ended).exit).toBe(0);
    const { exit, err } = await following.ended;
    expect(exit, err).toBe(0);
    // What the first one made is taken over: only two of them are new.
    expect(err).toContain('12 runs taken over from other batches');
    expect(paid()).toBe(14);
  });

  test('results that another machine has are up to date here, and never made anew', async () => {
    const [one, two] = [machine(), machine()];
    expect((await one.run('apply', '-q')).exit).toBe(0);
    const database = url.slice(url.lastIndexOf('/') + 1);
    await server.query(
      `update rh_batch.event set body = regexp_replace(body, '"machine":"[^"]*"', '"machine":"far"')
         where kind = 'saved'`,
      database,
    );
    const plan = await two.run('plan');
    expect(plan.out).toContain('0 to run, 12 up to date');
    expect((await two.run('apply', '-q')).exit).toBe(0);
    expect(paid()).toBe(12);
  });

  test('what a folder knew is taken over when its batch moves into a store', async () => {
    const one = machine(matrix);
    expect((await one.run('apply', '-q')).exit).toBe(0);
    one.manifest(`${matrix}\nstore: ${url}`);
    const { exit, err } = await one.run('apply');
    expect(exit, err).toBe(0);
    expect(err).toContain('12 runs taken over');
    expect(paid()).toBe(12);
  });

  test('without its store a batch is refused where its journal is known to be in one', async () => {
    const one = machine();
    expect((await one.run('apply', '-q', '--first', '1')).exit).toBe(0);
    one.manifest(matrix);
    const { exit, err } = await one.run('apply');
    expect([exit, paid()]).toEqual([2, 1]);
    expect(err).toContain(`the journal of this batch is in the store ${url}`);
    const named = await one.run('apply', '-q', '--first', '1', '--store', url);
    expect([named.exit, paid()]).toEqual([0, 1]);
  });

  describe('a store that cannot be used is told with its reason, without the password', () => {
    const said = async (
      store: string,
      env: Readonly<Record<string, string>> = withPassword,
    ): Promise<string> => {
      const { exit, out, err } = await machine(matrix, { ...env } as typeof withPassword).run(
        ...['apply', '--store', store],
      );
      expect(exit).toBe(2);
      expect(paid()).toBe(0);
      expect(out + err).not.toContain(password);
      return err;
    };

    test('a wrong password', async () => {
      const wrong = 'not-the-right-one-at-all';
      const err = await said(url, { PGPASSWORD: wrong });
      expect(err).toContain('does not let this user in');
      expect(err).not.toContain(wrong);
    });
    test('a database that is not there', async () => {
      expect(await said(server.url('nowhere'))).toContain('has no such database');
    });
    test('a server that is not there', async () => {
      expect(await said('postgres://tester@127.0.0.1:1/batches')).toContain('cannot be reached');
    });
    test('a user without rights', async () => {
      await server.query(
        `drop role if exists reader; create role reader login password '${password}'`,
      );
      const err = await said(url.replace('tester@', 'reader@'));
      expect(err).toContain('does not allow what is needed');
      expect(err).toContain('GRANT CREATE ON DATABASE');
    });
    test('a server that can only be read', async () => {
      await server.query(`alter role tester set default_transaction_read_only = on`);
      try {
        expect(await said(url)).toContain('can only be read');
      } finally {
        await server.query(
          'begin read write; alter role tester reset default_transaction_read_only; commit',
        );
      }
    });
    test('a password on the command line', async () => {
      const err = await said(url.replace('@', `:${password}@`));
      expect(err).toContain('--store holds a password, which belongs in the environment alone');
    });
    test('what is no URL of a database', async () => {
      expect(await said('mysql://h/d')).toContain('--store does not begin with postgres://');
      expect(await said('postgres://host')).toContain('--store names no database');
    });
  });

  test('a password in the manifest is an error that hides it; in the environment it is used and hidden', async () => {
    const url2 = url.replace('@', `:${password}@`);
    const one = machine(`${matrix}\nstore: ${url2}`);
    const refused = await one.run('apply');
    expect(refused.exit).toBe(2);
    expect(refused.err).toContain('"store" holds a password');
    expect(refused.out + refused.err).not.toContain(password);
    const none = {} as typeof withPassword;
    const two = machine(matrix, none);
    const { exit, out, err } = await two.start(['apply', '-vv', '--first', '1'], {
      RH_BATCH_STORE: url2,
    }).ended;
    expect(exit, err).toBe(0);
    expect(out + err).not.toContain(password);
  });
});
