import { expect, test } from 'vitest';
import { noPostgres } from '../support/postgres.js';
import { projects } from '../support/opened.js';

const project = projects();
const why = noPostgres();

test.skipIf(why === null || why.includes('PostgreSQL'))(
  'where a store cannot be used, what is missing is said, and nothing is submitted',
  async () => {
    const p = await project({ manifest: 'name: hero\nmatrix: { KSampler.seed: [1, 2] }' });
    const { exit, err } = await p.apply('--store', 'postgres://tester@127.0.0.1:1/batches');
    expect(exit).toBe(2);
    expect(err).toMatch(
      /a store needs (Node 22\.12 or newer|the packages pg-boss 12\.38\.0 and pg)/,
    );
    expect(p.service.bill()).toEqual([]);
    expect((await p.apply()).exit).toBe(0);
  },
);

test('with --emulator the journal stays on this machine, whatever store there is', async () => {
  const p = await project({
    manifest: 'name: hero\nstore: postgres://h/d\nmatrix: { KSampler.seed: [1] }',
  });
  expect((await p.run('plan', '--emulator')).exit).toBe(0);
});
