import { afterEach, expect, test } from 'vitest';
import type { FaultKind, FaultRule } from '../../src/emulator/http/faults.js';
import { Project } from '../support/project.js';

let open: Project | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

const runs = 6;
/** Answers that never come cost a whole time limit each: fewer of them. */
const hangs: readonly (readonly [string, FaultKind])[] = [
  ['outputs', 'hangBefore'],
  ['outputs', 'hangAfter'],
  ['download', 'hangBefore'],
  ['queue', 'hangBefore'],
  ['workflow', 'hangAfter'],
];
/** Met by the first request for certain, and later by chance. */
const nowAndThen = (endpoint: string, kind: FaultKind): readonly FaultRule[] => [
  // Each rule keeps to itself which tasks it has lied about: two of them could lie twice in a row.
  ...(kind === 'falseFailure' ? [] : [{ endpoint, kind, next: 1 }]),
  { endpoint, kind, probability: 0.2, ...(kind === 'falseFailure' ? {} : { after: 3 }) },
];

const batch = async (rules: readonly FaultRule[], count = runs): Promise<Project> => {
  const seeds = Array.from({ length: count }, (_, at) => at + 1).join(', ');
  open = await Project.start({
    manifest: `matrix: { KSampler.seed: [${seeds}] }\nexecution: { retries: 2, requestsPerSecond: 20 }`,
    emulator: { seed: 7, faults: rules, runTime: { kind: 'constant', ms: 5_000 } },
  });
  return open;
};

/** Faults that hide no create: every run must end well in one apply. */
const harmless: readonly (readonly [string, readonly FaultKind[]])[] = [
  [
    'outputs',
    [
      'http500',
      'http502',
      'http503',
      'http429',
      'html200',
      'unauthorized',
      'resetBefore',
      'resetAfter',
      'codeAsString',
      'nullMsg',
      'nullData',
      'truncatedJson',
      'wrongTypes',
      'slowDrip',
      'emptyOutputs',
      'flapping',
      'unknownStatus',
      'falseFailure',
      'missing',
    ],
  ],
  ['create', ['http429', 'codeAsString', 'nullMsg', 'slowDrip', 'capacity']],
  [
    'download',
    [
      'http500',
      'http502',
      'http503',
      'http429',
      'html200',
      'resetBefore',
      'wrongLength',
      'slowDrip',
      'expiredLink',
    ],
  ],
  ['workflow', ['http500', 'html200', 'resetBefore', 'truncatedJson', 'unauthorized']],
  ['queue', ['http500', 'html200', 'wrongTypes', 'truncatedJson', 'resetAfter']],
];

test.each(harmless.flatMap(([endpoint, kinds]) => kinds.map((kind) => [endpoint, kind] as const)))(
  '%s with %s at 20 percent still ends with every run done and none paid twice',
  async (endpoint, kind) => {
    const p = await batch(nowAndThen(endpoint, kind));
    const ended = await p.apply();
    expect(ended.exit, ended.err).toBe(0);
    expect(p.service.stats().faults[`${endpoint}:${kind}`]).toBeGreaterThan(0);
    expect(p.service.stats()).toMatchObject({ accepted: runs, duplicates: 0 });
    expect(p.results().every(({ status }) => status === 'succeeded')).toBe(true);
    expect(p.list('out/manifest').filter((name) => /png$/.test(name))).toHaveLength(runs);
  },
);

test.each(hangs)('%s with %s now and then', async (endpoint, kind) => {
  const p = await batch(nowAndThen(endpoint, kind));
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: runs, duplicates: 0 });
});

/** Faults that hide whether a create had its effect: what is accepted is never submitted again. */
const hiding: readonly FaultKind[] = [
  'http500',
  'http502',
  'http503',
  'html200',
  'unauthorized',
  'resetBefore',
  'resetAfter',
  'http502After',
  'nullData',
  'truncatedJson',
  'wrongTypes',
  'hangBefore',
  'hangAfter',
];

test.each(hiding)(
  'create with %s at 20 percent leaves unknown what is unknown and pays nothing twice',
  async (kind) => {
    const p = await batch(nowAndThen('create', kind));
    const ended = await p.apply();
    expect(p.service.stats().faults[`create:${kind}`]).toBeGreaterThan(0);
    const results = p.results();
    const unknown = results.filter(({ status }) => status === 'unknown');
    expect(ended.exit, ended.err).toBe(unknown.length > 0 ? 1 : 0);
    expect(p.service.stats().duplicates).toBe(0);
    expect(results.every(({ status }) => status === 'succeeded' || status === 'unknown')).toBe(
      true,
    );
    const doubts = p.summary()['possibleDuplicates'] as { id: string }[];
    expect(doubts.map(({ id }) => id)).toEqual(unknown.map(({ id }) => id));
  },
);

test('uploads that fail now and then are tried again; for ever: dependants are blocked, others go on', async () => {
  open = await Project.start({
    manifest: 'matrix: { LoadImage.image: [a.png, example.png] }',
    files: { 'a.png': Buffer.from('\x89PNG\r\n\x1a\n and more', 'latin1') },
    emulator: { faults: [{ endpoint: 'upload', kind: 'http500', probability: 1 }] },
  });
  const ended = await open.apply();
  expect(ended.exit).toBe(1);
  expect(open.results().map(({ status }) => status)).toEqual(['pending', 'succeeded']);
  expect(open.results()[0]?.error?.message).toContain('a.png');
  open.service.setFaults([{ endpoint: 'upload', kind: 'resetBefore', next: 2 }]);
  expect((await open.apply()).exit).toBe(0);
});

test('an upload that the service lost is made again once and costs no attempt', async () => {
  open = await Project.start({
    manifest: 'matrix: { LoadImage.image: [a.png], KSampler.seed: [1] }\nexecution: { retries: 0 }',
    files: { 'a.png': Buffer.from('\x89PNG\r\n\x1a\n and more', 'latin1') },
  });
  await open.apply();
  open.service.model.uploads.clear();
  open.manifest(
    'matrix: { LoadImage.image: [a.png], KSampler.seed: [2, 3, 4, 5] }\nexecution: { retries: 0 }',
  );
  const ended = await open.apply();
  expect(ended.exit, ended.err).toBe(0);
  expect(open.service.stats().uploads).toBe(2);
});

test('a service that does not answer at all is exit 4, within bounded time', async () => {
  const p = await batch([{ endpoint: '*', kind: 'html200', probability: 1 }]);
  const ended = await p.apply();
  expect(ended.exit).toBe(4);
  expect(p.service.stats().accepted).toBe(0);
  expect(ended.err).not.toMatch(/\n\s+at /);
});

test('creates that are never answered stop the batch soon: each may be a paid task', async () => {
  const p = await batch([{ endpoint: 'create', kind: 'resetAfter', probability: 1 }], 12);
  const ended = await p.apply();
  expect(ended.exit).toBe(4);
  expect(p.service.stats().accepted).toBeLessThanOrEqual(9);
  expect(p.service.stats().duplicates).toBe(0);
});
