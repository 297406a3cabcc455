import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectAsset } from '../../src/assets/inspect.js';
import { Uploader } from '../../src/assets/uploader.js';
import { systemClock } from '../../src/edges/clock.js';
import { nodeFiles } from '../../src/edges/files/node-files.js';
import { safetensors } from '../support/files.js';
import { pixel } from '../support/graph.js';
import { projects } from '../support/opened.js';

const project = projects();

test('the balance gone at run 40 of 100: exit 4, the rest pending, the same command goes on', async () => {
  const p = await project({
    manifest:
      'matrix: { KSampler.seed: { from: 1, to: 100 } }\nexecution: { requestsPerSecond: 100 }',
    emulator: {
      slots: 8,
      maxPixels: 8,
      runTime: { kind: 'constant', ms: 9_000 },
      keys: null,
    },
  });
  await p.apply('--first', '1');
  p.service.model.adjust(null, (account) => (account.coins = 80));
  const stopped = await p.apply('-q');
  expect(stopped.exit).toBe(4);
  const { accepted } = p.service.stats();
  expect(accepted).toBeGreaterThan(35);
  expect(accepted).toBeLessThan(60);
  expect(p.results().filter(({ status }) => status === 'pending')).toHaveLength(100 - accepted);
  p.service.model.adjust(null, (account) => (account.coins = 1_000_000));
  expect((await p.apply('-q')).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 100, duplicates: 0 });
});

test('a workflow that was never run is exit 4 with what to do', async () => {
  const p = await project({ emulator: { neverRun: new Set(['1980237776367083521']) } });
  const ended = await p.apply();
  expect(ended.exit).toBe(4);
  expect(ended.err).toContain('run it once on the site');
});

test("another account's uploads are not believed", async () => {
  const p = await project({
    manifest: 'matrix: { LoadImage.image: [a.png], KSampler.seed: [1] }',
    files: { 'a.png': pixel(1) },
  });
  await p.apply();
  p.manifest('matrix: { LoadImage.image: [a.png], KSampler.seed: [2] }');
  p.write('.env', 'RUNNINGHUB_API_KEY=ffffffffffffffffffffffffffffffff\n');
  const ended = await p.apply('--env-file', '.env');
  expect(ended.exit, ended.err).toBe(0);
  expect(p.service.stats().uploads).toBe(2);
});

test('outputs that cannot be written stop the batch; what was paid for is fetched later', async () => {
  const p = await project({
    manifest:
      'matrix: { KSampler.seed: [1, 2, 3, 4, 5, 6] }\noutputs: { name: "sub/${{ run.name }}.${{ output.ext }}" }',
    // The folder itself can be written, so that this is seen when the first file is to be.
    files: { 'out/manifest/sub': 'in the way' },
  });
  const ended = await p.apply('-q');
  expect(ended.exit).toBe(6);
  expect(ended.out).toContain('stopped: Outputs cannot be written');
  const { accepted } = p.service.stats();
  expect(accepted).toBeLessThanOrEqual(6);
  p.remove('out/manifest/sub');
  expect((await p.apply('-q')).exit).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 6, duplicates: 0 });
});

test('a download that broke off goes on where it stopped', async () => {
  const p = await project({
    emulator: { faults: [{ endpoint: 'download', kind: 'wrongLength', next: 2 }] },
  });
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.stats().requests['download']).toBe(3);
  expect(p.list('out/manifest').filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a LoRA that the service just said it has is not taken for one that it lost', async () => {
  const uploader = new Uploader({
    service: { upload: () => Promise.reject(new Error('no file')) },
    loras: {
      uploadLora: () => Promise.resolve({ is: 'stored', fileName: 'api-lora-cn/x', sent: false }),
    },
    ledger: { find: () => null, record: () => Promise.resolve(), forget: () => undefined },
    files: nodeFiles(),
    clock: systemClock,
    random: () => 0.5,
    show: () => undefined,
  });
  const path = join(mkdtempSync(join(tmpdir(), 'rh-asset-')), 'a.safetensors');
  writeFileSync(path, safetensors('x'));
  const inspected = await inspectAsset(path, 'a.safetensors', nodeFiles(), 'loras');
  if (!inspected.ok) throw new Error(inspected.why);
  // A task that fails and names it would otherwise be paid for once more, whatever retries says.
  expect(await uploader.ensure(inspected.asset)).toMatchObject({ ok: true, reused: false });
  rmSync(dirname(path), { recursive: true });
});

test('a file that changes between hash and upload is told, not sent', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rh-asset-'));
  const path = join(dir, 'a.png');
  try {
    writeFileSync(path, pixel(1));
    const files = nodeFiles();
    const inspected = await inspectAsset(path, 'a.png', files);
    if (!inspected.ok) throw new Error(inspected.why);
    writeFileSync(path, pixel(22));
    utimesSync(path, 1, 1);
    let sent = 0;
    const uploader = new Uploader({
      service: { upload: () => Promise.resolve({ is: 'stored', fileName: `x${(sent += 1)}` }) },
      loras: { uploadLora: () => Promise.reject(new Error('no LoRA')) },
      ledger: { find: () => null, record: () => Promise.resolve(), forget: () => undefined },
      files,
      clock: systemClock,
      random: () => 0.5,
      show: () => undefined,
    });
    expect(await uploader.ensure(inspected.asset)).toMatchObject({
      ok: false,
      error: { code: 'asset-changed' },
    });
    expect(sent).toBe(0);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('a file that changes while it is sent is neither used nor remembered', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rh-asset-'));
  const path = join(dir, 'a.png');
  try {
    writeFileSync(path, pixel(1));
    const files = nodeFiles();
    const inspected = await inspectAsset(path, 'a.png', files);
    if (!inspected.ok) throw new Error(inspected.why);
    const remembered: string[] = [];
    const uploader = new Uploader({
      service: {
        upload: () => {
          writeFileSync(path, pixel(22));
          return Promise.resolve({ is: 'stored', fileName: 'api/x.png' });
        },
      },
      loras: { uploadLora: () => Promise.reject(new Error('no LoRA')) },
      ledger: {
        find: () => null,
        record: (sha256) => Promise.resolve(void remembered.push(sha256)),
        forget: () => undefined,
      },
      files,
      clock: systemClock,
      random: () => 0.5,
      show: () => undefined,
    });
    expect(await uploader.ensure(inspected.asset)).toMatchObject({
      ok: false,
      error: { code: 'asset-changed' },
    });
    expect(remembered).toEqual([]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
