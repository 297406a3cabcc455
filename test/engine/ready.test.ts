import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { pixel } from '../support/graph.js';
import { Project } from '../support/project.js';

let open: Project | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

const pictures = (count: number): Record<string, Uint8Array> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`in/${100 + n}.png`, pixel(n)]));

const oneSlot = async (count: number): Promise<Project> => {
  open = await Project.start({
    manifest:
      'matrix: { photo: { glob: "in/*.png" } }\nset: { LoadImage.image: "${{ photo }}" }\nexecution: { concurrency: 1, requestsPerSecond: 20 }',
    files: pictures(count),
    emulator: { slots: 1, runTime: { kind: 'constant', ms: 20_000 } },
  });
  return open;
};

const endpoints = ({ service }: Project): string[] =>
  service.requests().map(({ endpoint }) => endpoint);

test('files of the next runs are uploaded while the ones before them run, so a free slot waits for none', async () => {
  const p = await oneSlot(4);
  expect((await p.apply()).exit).toBe(0);
  const asked = endpoints(p);
  const creates = asked.flatMap((endpoint, at) => (endpoint === 'create' ? [at] : []));
  expect(creates).toHaveLength(4);
  expect(asked.lastIndexOf('upload')).toBeLessThan(creates[1]!);
});

test('uploads run ahead of the submits within a bound', async () => {
  const p = await oneSlot(40);
  expect((await p.apply()).exit).toBe(0);
  let ahead = 0;
  let most = 0;
  for (const endpoint of endpoints(p)) {
    if (endpoint === 'upload') ahead += 1;
    if (endpoint === 'create') ahead -= 1;
    most = Math.max(most, ahead);
  }
  expect(most).toBeGreaterThanOrEqual(3);
  expect(most).toBeLessThanOrEqual(8);
});

test('downloads that hang delay no submit', async () => {
  const p = await oneSlot(3);
  p.service.setFaults([{ endpoint: 'download', kind: 'hangBefore' }]);
  const { ended } = p.start(['apply']);
  while (p.service.bill().length < 3) await pause(5);
  const asked = p.service.requests();
  const third = asked.findLastIndex(({ endpoint }) => endpoint === 'create');
  const downloads = asked.slice(0, third).filter(({ endpoint }) => endpoint === 'download');
  // None was tried a second time before the last submit: it did not wait for their end.
  expect(new Set(downloads.map(({ path }) => path)).size).toBe(downloads.length);
  p.service.setFaults([]);
  expect((await ended).exit).toBe(0);
});
