import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/values/json.js';
import { isRefusal } from '../../src/emulator/http/refusal.js';
import { readGraph } from '../../src/emulator/graph/graph.js';
import { defaults } from '../../src/emulator/options.js';
import { ServiceModel } from '../../src/emulator/service.js';
import { bench, key, textToImage, workflowId } from './client.js';

test('100,000 tasks through a long queue: each runs once, in order, and the sums are right', () => {
  const model = new ServiceModel({
    ...defaults,
    speed: 0,
    slots: 50,
    queue: 100_000,
    runTime: { kind: 'uniform', fromMs: 10_000, toMs: 60_000 },
    workflows: new Map([[workflowId, textToImage]]),
  });
  const body = (index: number): Map<string, Json> =>
    new Map<string, Json>([
      ['workflowId', workflowId],
      [
        'nodeInfoList',
        [
          new Map<string, Json>([
            ['nodeId', '6'],
            ['fieldName', 'text'],
            ['fieldValue', String(index)],
          ]),
        ],
      ],
    ]);
  for (let index = 0; index < 100_000; index += 1) {
    const made = model.create(key, { is: 'workflow', id: workflowId }, body(index));
    if (isRefusal(made)) throw new Error(made.msg);
    // Asking in between must not walk what waits.
    model.statusOf(made);
  }
  model.clock.advance(1e12);
  model.settle();
  const [account] = model.accounts.values();
  expect(account).toMatchObject({ inFlight: 0, ended: { SUCCESS: 100_000 } });
  const tasks = [...model.tasks.values()];
  const starts = tasks.map(({ startsAt }) => startsAt ?? 0);
  expect(starts.every((start, index) => index === 0 || start >= (starts[index - 1] ?? 0))).toBe(
    true,
  );
  const span =
    Math.max(...tasks.slice(-100).map(({ endedAt }) => endedAt ?? 0)) - (tasks[0]?.createdAt ?? 0);
  expect((account?.busyMs ?? 0) / (50 * span)).toBeGreaterThan(0.999);
});

const shared = fileURLToPath(new URL('../../../shared/workflows/', import.meta.url));

describe.skipIf(!existsSync(shared))('workflows of the wild', () => {
  const files = existsSync(shared)
    ? readdirSync(shared).filter((name) => name.endsWith('.json'))
    : [];
  const graphs = files.flatMap((name) => {
    const saved = readGraph(readFileSync(shared + name, 'utf8'));
    return saved === null ? [] : [[name, saved] as const];
  });

  test('all but the two editor files and the one that holds no graph are read', () => {
    expect(files.length - graphs.length).toBe(3);
  });

  test.each(graphs)('%s runs to files of its saving nodes', async (_name, saved) => {
    const { taskId, outputs, emulator, get } = await bench({
      workflows: new Map([[workflowId, saved.text]]),
      maxPixels: 64,
    });
    const id = await taskId();
    emulator.finish(id);
    const { data } = (await outputs(id)).json;
    for (const { fileUrl } of data) expect((await get(fileUrl)).bytes.length).toBeGreaterThan(10);
    expect(data.map(({ nodeId }) => nodeId)).toEqual(
      expect.arrayContaining(
        [...saved.graph].flatMap(([node, { classType }]) =>
          /^(?:SaveImage|PreviewImage|VHS_VideoCombine|SaveVideo)$/.test(classType) ? [node] : [],
        ),
      ),
    );
  });
});
