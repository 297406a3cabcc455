import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../../src/emulator/random.js';
import { named, noPostgres, Postgres } from '../support/postgres.js';
import type { Running } from '../support/store-machines.js';
import { Machine, startService, withPassword } from '../support/store-machines.js';

/** `npm run test:chaos` asks for some: each takes half a minute of real time. */
const rounds = Number(process.env['STORE_ROUNDS'] ?? 0);
const first = Number(process.env['STORE_SEED'] ?? 1);
const runs = 120;
const slots = 3;

interface Round {
  readonly faults: string[];
  /** Accepted submits of one request, where an earlier one was accepted. */
  readonly repeated: number;
  /** Tasks of the bill whose run is neither done nor held as unknown. */
  readonly lost: number;
  readonly unknown: number;
  readonly done: number;
  readonly mostInFlight: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(noPostgres() !== null || rounds === 0)(named('rounds of chaos on a store'), () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await Postgres.start();
  });
  afterAll(() => server.close());

  const round = async (seed: number): Promise<Round> => {
    const random = seeded(seed);
    const { service } = await startService(seed);
    const database = await server.create(`chaos${seed}`);
    const manifest = `name: hero\nmatrix: { KSampler.seed: { from: 1, to: ${runs} } }\nstore: ${server.url(database)}`;
    const machines = [1, 2].map(() => new Machine(service, withPassword, manifest));
    const faults: string[] = [];
    try {
      const going = new Map<Machine, Running>();
      const start = (machine: Machine): void => {
        const running = machine.start(['apply']);
        going.set(machine, running);
        void running.ended.then(({ exit }) => {
          faults.push(`exit ${exit}`);
          if (going.get(machine) === running) going.delete(machine);
        });
      };
      for (const machine of machines) start(machine);
      for (let at = 0; at < 3; at += 1) {
        // The one that leads has paid for something by then.
        await Promise.race(
          [...going.values()].map((one) => one.says(/submitted|done/).catch(() => undefined)),
        );
        await pause(random() * 2_000);
        const victim = machines[Math.floor(random() * machines.length)];
        const running = victim === undefined ? undefined : going.get(victim);
        const kind = Math.floor(random() * 4);
        if (kind === 0 && running !== undefined) {
          faults.push('kill -9');
          running.kill('SIGKILL');
          await running.ended;
        } else if (kind === 1 && running !== undefined) {
          faults.push('stopped for 12 s');
          running.kill('SIGSTOP');
          await pause(12_000);
          running.kill('SIGCONT');
        } else if (kind === 2) {
          faults.push('database restarts');
          await server.down('immediate');
          await pause(random() * 2_000);
          await server.up();
        } else {
          faults.push('connections cut');
          await server.query(
            `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`,
          );
        }
        for (const machine of machines) if (!going.has(machine)) start(machine);
      }
      await Promise.all([...going.values()].map(({ ended }) => ended));
      const [one] = machines;
      for (let tries = 0; tries < 6 && one !== undefined; tries += 1) {
        const { exit } = await one.run('apply', '-q');
        if (exit === 0 || exit === 1) break;
      }
      const status = await one?.run('status', '--json');
      const { runs: told } = JSON.parse(status?.out ?? '{}') as {
        readonly runs: readonly { readonly state: string; readonly taskId: string | null }[];
      };
      const unknown = told.filter(({ state }) => state === 'unknown').length;
      const done = new Set(
        told.filter(({ state }) => state === 'succeeded').map(({ taskId }) => taskId),
      );
      const orphaned = service.bill().filter(({ taskId }) => !done.has(taskId)).length;
      const { duplicates, maxInFlight } = service.stats();
      return {
        ...{ faults, unknown, done: done.size },
        repeated: duplicates,
        // A task without a known run is of one whose answer was never recorded.
        lost: Math.max(0, orphaned - unknown),
        mostInFlight: maxInFlight,
      };
    } finally {
      for (const machine of machines) machine.close();
      await service.close();
    }
  };

  test.each(Array.from({ length: rounds }, (_, index) => first + index))(
    'round %i: nothing accepted is paid for again, and nothing is lost',
    async (seed) => {
      const told = await round(seed);
      console.log(JSON.stringify({ seed, ...told }));
      expect(told).toMatchObject({ repeated: 0, lost: 0 });
      expect(told.done + told.unknown).toBe(runs);
      expect(told.mostInFlight).toBeLessThanOrEqual(slots);
    },
  );
});
