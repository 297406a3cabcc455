import { spawn } from 'node:child_process';
import {
  closeSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inspectAsset } from '../../src/assets/inspect.js';
import { nodeFiles } from '../../src/edges/files/node-files.js';
import { startEmulator } from '../../src/emulator/server.js';
import { graph } from '../support/graph.js';
import { alternate, cli } from './processes.js';
import { median, table } from './table.js';

const dir = mkdtempSync(join(tmpdir(), 'rh-bench-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const ratio = (a: number, b: number): string => (a / b).toFixed(2);

const csv = (rows: number): string => {
  const path = join(dir, `${rows}.csv`);
  const lines = ['prompt,seed'];
  for (let row = 0; row < rows; row += 1)
    lines.push(`"a red fox number ${row}, studio light, 8k",${1_000 + row}`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
};

const manifestFor = (rows: number): string => {
  writeFileSync(join(dir, 'api.json'), JSON.stringify(graph));
  const path = join(dir, `${rows}.yaml`);
  writeFileSync(
    path,
    [
      'version: 1',
      'workflowId: "1"',
      'api: api.json',
      `matrix: { rows: ${rows}.csv }`,
      'set: { Positive Prompt.text: "${{ prompt }}", KSampler.seed: "${{ seed }}" }',
      'limits: { maxRuns: 2000000 }',
    ].join('\n'),
  );
  return path;
};

/** With line numbers: each run of a plan knows the line that it came from. */
const parseAlone = (path: string): string[] => [
  '--input-type=module',
  '-e',
  `import { parse } from 'csv-parse'; import { createReadStream } from 'node:fs';
   let rows = 0; for await (const { record } of createReadStream(${JSON.stringify(path)}).pipe(parse({ info: true }))) rows += record.length;`,
];

test('planning against csv-parse alone', () => {
  const rows = [10_000, 100_000, 1_000_000].map((count) => {
    const path = csv(count);
    const manifest = manifestFor(count);
    const times = 5;
    const [alone, validate, plan] = alternate(
      [parseAlone(path), [cli, 'validate', manifest], [cli, 'plan', manifest]],
      times,
    );
    if (alone === undefined || validate === undefined || plan === undefined) throw new Error();
    return [
      String(count),
      `${alone.seconds.toFixed(2)} s`,
      `${validate.seconds.toFixed(2)} s`,
      `${plan.seconds.toFixed(2)} s`,
      ratio(plan.seconds, alone.seconds),
      `${plan.maxRssMb.toFixed(0)} MB`,
    ];
  });
  console.log(
    table(
      'Planning a CSV, CPU time of whole processes',
      ['rows', 'csv-parse', 'validate', 'plan', 'plan ÷ csv-parse', 'plan, memory'],
      rows,
    ),
  );
});

test('one million planned runs, of which 100 are wanted', () => {
  const manifest = manifestFor(1_000_000);
  const [all, few] = alternate(
    [
      [cli, 'plan', manifest],
      [cli, 'plan', manifest, '--first', '100'],
    ],
    3,
  );
  console.log(
    table(
      '--first 100 of 1,000,000',
      ['', 'CPU time'],
      [
        ['plan', `${(all?.seconds ?? 0).toFixed(2)} s`],
        ['plan --first 100', `${(few?.seconds ?? 0).toFixed(2)} s`],
      ],
    ),
  );
});

test('hashing an asset against node:crypto', async () => {
  const path = join(dir, 'big.png');
  const bytes = 1 << 30;
  const block = Buffer.alloc(1 << 20, 7);
  const file = openSync(path, 'w');
  for (let at = 0; at < bytes; at += block.length) writeSync(file, block);
  closeSync(file);
  const raw = async (): Promise<string> => {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      hash.update(chunk as Buffer);
    return hash.digest('hex');
  };
  const ours = async (): Promise<string> => {
    const found = await inspectAsset(path, 'big.png', nodeFiles(), 'loras');
    return found.ok ? found.asset.sha256 : found.why;
  };
  const seconds = { raw: [] as number[], ours: [] as number[] };
  for (let round = 0; round < 5; round += 1)
    for (const [name, work] of Object.entries({ raw, ours })) {
      const began = performance.now();
      await work();
      seconds[name as 'raw' | 'ours'].push((performance.now() - began) / 1000);
    }
  expect(await ours()).toBe(await raw());
  const [a, b] = [median(seconds.raw), median(seconds.ours)];
  console.log(
    table(
      'Hashing 1 GiB',
      ['node:crypto', 'rh-batch', 'speed, ours ÷ raw'],
      [[`${a.toFixed(2)} s`, `${b.toFixed(2)} s`, ratio(a, b)]],
    ),
  );
});

test('start-up', () => {
  const [bare, help, version] = alternate(
    [
      ['-e', '0'],
      [cli, '--help'],
      [cli, '--version'],
    ],
    21,
  );
  const ms = (timing?: { readonly seconds: number }): string =>
    `${(1000 * (timing?.seconds ?? 0)).toFixed(0)} ms`;
  const over = (timing?: { readonly seconds: number }): string =>
    ratio(timing?.seconds ?? 0, bare?.seconds ?? 1);
  console.log(
    table(
      'Start-up, median of 21',
      ['', 'CPU time', '÷ node -e 0'],
      [
        ['node -e 0', ms(bare), '1.00'],
        ['rh-batch --help', ms(help), over(help)],
        ['rh-batch --version', ms(version), over(version)],
      ],
    ),
  );
});

test('a finished batch of 10,000 runs', async () => {
  const service = await startEmulator({
    speed: 100,
    slots: 200,
    runTime: { kind: 'constant', ms: 1_000 },
    workflows: new Map([['1', JSON.stringify(graph)]]),
  });
  const project = join(dir, 'noop');
  mkdirSync(project);
  try {
    writeFileSync(join(project, 'api.json'), JSON.stringify(graph));
    writeFileSync(
      join(project, 'manifest.yaml'),
      `version: 1\nworkflowId: "1"\napi: api.json\nmatrix: { KSampler.seed: { from: 1, count: 10000 } }\nlimits: { maxRuns: 100000 }\nexecution: { requestsPerSecond: 100, concurrency: 200 }\n`,
    );
    const env = {
      RUNNINGHUB_API_KEY: 'k'.repeat(32),
      RUNNINGHUB_BASE_URL: service.url,
      RUNNINGHUB_EMULATOR_SPEED: '100',
    };
    await new Promise<void>((resolve, reject) => {
      const child = spawn(process.execPath, [cli, 'apply', '-q'], {
        cwd: project,
        env: { ...process.env, ...env },
        stdio: 'ignore',
      });
      child.on('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`apply: exit ${code}`)),
      );
    });
    const journal = join(project, '.rh-batch/manifest/journal.jsonl');
    const parse = [
      '-e',
      `for (const line of require('fs').readFileSync(${JSON.stringify(journal)}, 'utf8').trim().split('\\n')) JSON.parse(line);`,
    ];
    const lines = readFileSync(journal, 'utf8').trim().split('\n').length;
    const [alone, noop, status] = alternate([parse, [cli, 'apply', '-q'], [cli, 'status']], 5, {
      cwd: project,
      env,
    });
    if (alone === undefined || noop === undefined || status === undefined) throw new Error();
    console.log(
      table(
        `Nothing to do: 10,000 finished runs, a journal of ${lines} lines, CPU time of whole processes`,
        ['', 'CPU time', '÷ parsing'],
        [
          ['node: parse the journal', `${alone.seconds.toFixed(2)} s`, '1.00'],
          ['rh-batch apply', `${noop.seconds.toFixed(2)} s`, ratio(noop.seconds, alone.seconds)],
          [
            'rh-batch status',
            `${status.seconds.toFixed(2)} s`,
            ratio(status.seconds, alone.seconds),
          ],
        ],
      ),
    );
  } finally {
    await service.close();
  }
});
