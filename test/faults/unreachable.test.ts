import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';

const project = projects();

test('a service that cannot be reached is told at the first try, with what was tried; the wait goes on', async () => {
  const p = await project();
  // Nobody listens on the discard port.
  const ended = await p.run('apply', '--base-url', 'http://127.0.0.1:9');
  expect(ended.exit).toBe(4);
  const first = ended.err.split('\n').findIndex((line) => line.includes('try 1: '));
  expect(ended.err.split('\n')[first]).toMatch(
    /waiting .*http:\/\/127\.0\.0\.1:9, try 1: .*cannot be reached: .*ECONNREFUSED.*; asked again for up to 10 minutes/,
  );
  expect(ended.err).toContain('try 2: ');
  expect(p.service.stats().accepted).toBe(0);
});

test('reads that fail in the middle of a batch are told, and the batch goes on', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: { from: 1, to: 6 } }' });
  p.service.setFaults([{ endpoint: 'outputs', kind: 'http502', after: 2, next: 6 }]);
  const ended = await p.apply();
  expect(ended.exit).toBe(0);
  expect(ended.err).toMatch(/waiting .*HTTP 502/);
});
