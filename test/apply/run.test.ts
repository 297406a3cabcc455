import { request } from 'undici';
import { expect, test } from 'vitest';
import { encodeWav } from '../../src/emulator/media/wav.js';
import { graph, pixel } from '../support/graph.js';
import { projects } from '../support/opened.js';
import type { Project, ProjectOptions } from '../support/project.js';
import { key, workflowId } from '../support/project.js';
import { until } from '../support/until.js';

const open = projects();

/** What the service's own example script works on: a text, a number, a switch, and three media. */
const seed = {
  ...graph,
  '11': {
    class_type: 'LoadAudio',
    _meta: { title: 'Voice' },
    inputs: { audio: 'example.wav' },
  },
  '12': {
    class_type: 'VHS_LoadVideo',
    _meta: { title: 'Clip' },
    inputs: { video: 'example.mp4', force_rate: 0 },
  },
  '13': {
    class_type: 'PrimitiveBoolean',
    _meta: { title: 'Upscale' },
    inputs: { value: false },
  },
};

const video = Buffer.concat([
  Buffer.from([0, 0, 0, 0x18]),
  Buffer.from('ftypisom\0\0\u0002\0isomiso2'),
  Buffer.from('moov and so on'),
]);

const project = (options: ProjectOptions = {}): Promise<Project> =>
  open({
    ...options,
    files: {
      'api.json': JSON.stringify(seed),
      'media/fox.png': pixel(1),
      'media/fox.wav': encodeWav(1),
      'media/fox.mp4': video,
      ...options.files,
    },
    emulator: {
      workflows: new Map([[workflowId, JSON.stringify(seed)]]),
      runTime: { kind: 'constant', ms: 20_000 },
      ...options.emulator,
    },
  });

const call = ['run', 'api.json', '--id', workflowId];
const setting = (...pairs: string[]): string[] => pairs.flatMap((pair) => ['--set', pair]);
const all = [
  ...call,
  ...setting(
    'Positive Prompt.text=a fox, red: "very"',
    'KSampler.steps=9',
    'Upscale.value=true',
    'Sketch.image=media/fox.png',
    'Voice.audio=media/fox.wav',
    'Clip.video=media/fox.mp4',
  ),
];

/** What was printed, as paths and URLs. */
const printed = (out: string): [string, string][] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t') as [string, string]);

test('the flow of the service’s own script: fields, values by type, uploads, files and URLs', async () => {
  const p = await project();
  p.remove('manifest.yaml');

  const { fields } = JSON.parse((await p.run('fields', 'api.json', '--json')).out) as {
    fields: { address: string; node: string; field: string; kind: string }[];
  };
  expect(fields.filter(({ node }) => ['11', '12', '13'].includes(node))).toMatchObject([
    { address: 'Voice.audio', node: '11', field: 'audio', kind: 'file' },
    { address: 'Clip.video', node: '12', field: 'video', kind: 'file' },
    { address: 'Clip.force_rate', node: '12', field: 'force_rate', kind: 'number' },
    { address: 'Upscale.value', node: '13', field: 'value', kind: 'boolean' },
  ]);

  const ended = await p.run(...all);
  expect(ended.exit, ended.err).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 1, duplicates: 0, uploads: 3 });

  const [sent] = p.received();
  const value = (node: string, field: string): unknown =>
    sent?.find(({ nodeId, fieldName }) => nodeId === node && fieldName === field)?.fieldValue;
  expect(value('6', 'text')).toBe('a fox, red: "very"');
  expect(value('3', 'steps')).toBe(9);
  expect(value('13', 'value')).toBe(true);
  expect(value('10', 'image')).toMatch(/^api\/.+\.png$/);
  expect(value('11', 'audio')).toMatch(/^api\/.+\.wav$/);
  expect(value('12', 'video')).toMatch(/^api\/.+\.mp4$/);

  const lines = printed(ended.out);
  expect(lines.length).toBeGreaterThan(0);
  for (const [path, url] of lines) {
    const { statusCode, body } = await request(url);
    expect(statusCode).toBe(200);
    expect(Buffer.from(await body.arrayBuffer()).equals(p.bytes(path))).toBe(true);
  }
});

test('a failing node is told with its reason and its whole traceback', async () => {
  const p = await project();
  const ended = await p.run(...call, ...setting('Positive Prompt.text=[emulate:oom]'));
  expect(ended.exit).toBe(1);
  expect(ended.out).toMatch(/^node: +3, KSampler$/m);
  expect(ended.out).toMatch(/^reason: +.*Allocation on device 0 would exceed allowed memory/m);
  expect(ended.out).toContain('--instance plus');
  expect(ended.out).toContain(
    [
      'traceback:',
      '    File "/workspace/ComfyUI/execution.py", line 327, in execute',
      '  torch.OutOfMemoryError: Allocation on device 0 would exceed allowed memory.',
    ].join('\n'),
  );
  expect(ended.err).toMatch(
    /next: +rh-batch run api\.json --id \d+ --set 'Positive Prompt\.text=\[emulate:oom\]'/,
  );
});

test('mistakes name their flag and the nearest address; nothing is sent', async () => {
  const p = await project();
  const ended = await p.run(
    ...call,
    ...setting('Positive Promt.text=fox', 'KSampler.stepps=1', 'KSampler.steps=many'),
    ...setting('Sketch.image=media/wolf.png'),
  );
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain('--set Positive Promt.text: no node has the id');
  expect(ended.err).toContain('did you mean Positive Prompt.text?');
  expect(ended.err).toContain('--set KSampler.stepps: KSampler (id 3) has no field "stepps"');
  expect(ended.err).toContain('write KSampler.steps');
  expect(ended.err).toContain('--set KSampler.steps: KSampler.steps takes a whole number');
  expect(ended.err).toContain('--set Sketch.image: media/wolf.png does not exist');
  expect(ended.err).not.toMatch(/run-api-[0-9a-f]+\.yaml/);
  expect(p.service.requests()).toEqual([]);
});

test.each([
  ['no value', ['--set', 'KSampler.steps'], '--set "KSampler.steps" is not of the form'],
  ['no address', ['--set', 'steps=4'], '--set "steps=4" is not of the form ADDRESS=VALUE'],
  ['a field twice', setting('3.steps=4', 'KSampler.steps=5'), '--set KSampler.steps:'],
  ['the same twice', setting('3.steps=4', '3.steps=5'), '--set 3.steps:'],
  ['the key', setting(`Positive Prompt.text=${key}`), '--set Positive Prompt.text:'],
])('%s is a mistake, and nothing is sent', async (_, flags, message) => {
  const p = await project();
  const ended = await p.run(...call, ...flags);
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain(message);
  expect(ended.err).not.toContain('.yaml');
  expect(p.service.requests()).toEqual([]);
});

test('without --id, or with a wrong one, nothing is sent', async () => {
  const p = await project();
  const none = await p.run('run', 'api.json', '--set', 'KSampler.steps=4');
  expect(none.exit).toBe(2);
  expect(none.err).toContain("--id ID: the workflow's id");
  const wrong = await p.run('run', 'api.json', '--id', 'my workflow');
  expect(wrong.exit).toBe(2);
  expect(wrong.err).toContain('--id "my workflow" is not the workflow\'s id');
  const file = await p.run('run', 'apo.json', '--id', workflowId);
  expect(file.exit).toBe(2);
  expect(file.err).toContain('apo.json does not exist');
  expect(p.service.requests()).toEqual([]);
});

test('the same call again pays nothing and says so; --force pays again', async () => {
  const p = await project();
  const steps = [...call, ...setting('KSampler.steps=4', 'KSampler.cfg=2.50')];
  const first = await p.run(...steps);
  const again = await p.run(...call, ...setting('KSampler.cfg=2.50', 'KSampler.steps=4'));
  expect(again.exit).toBe(0);
  expect(again.out).toBe(first.out);
  expect(again.err).toContain('nothing was submitted or paid for; --force runs it again');
  expect(p.service.stats().accepted).toBe(1);
  expect((await p.run(...steps, '--force')).exit).toBe(0);
  expect(p.service.stats().accepted).toBe(2);
});

test('what a manifest beside it has made is not paid for again', async () => {
  const p = await project({ manifest: 'set: { KSampler.steps: 4 }' });
  expect((await p.apply()).exit).toBe(0);
  const ended = await p.run(...call, ...setting('KSampler.steps=4'));
  expect(ended.exit, ended.err).toBe(0);
  expect(p.service.stats().accepted).toBe(1);
});

test('other values are another run; both keep their files, and may run at the same time', async () => {
  const p = await project();
  const [one, two] = await Promise.all(
    [4, 5].map((steps) => p.run(...call, ...setting(`KSampler.steps=${steps}`))),
  );
  expect([one?.exit, two?.exit]).toEqual([0, 0]);
  const paths = [one, two].flatMap((ended) => printed(ended!.out).map(([path]) => path));
  expect(new Set(paths).size).toBe(2);
  expect(paths.every((path) => p.exists(path))).toBe(true);
});

test('a task that was left behind is adopted by the next same call', async () => {
  const p = await project();
  const left = p.start([...call, ...setting('KSampler.steps=4')]);
  await until(() => p.service.stats().accepted === 1);
  left.signal('SIGINT');
  expect((await left.ended).exit).toBe(130);
  const next = await p.run(...call, ...setting('KSampler.steps=4'));
  expect(next.exit, next.err).toBe(0);
  expect(printed(next.out)).toHaveLength(1);
  expect(p.service.stats()).toMatchObject({ accepted: 1, duplicates: 0 });
});

test('a submit whose answer was lost is held, and the commands that settle it work as printed', async () => {
  const p = await project();
  p.service.setFaults([{ endpoint: 'create', kind: 'resetAfter', next: 1 }]);
  const lost = await p.run(...call, ...setting('KSampler.steps=4'));
  expect(p.service.stats().accepted).toBe(1);
  expect(lost.exit, lost.err).toBe(1);
  const [, id, manifest] = /rh-batch resolve ([0-9a-f]+) (\S+\.yaml)/.exec(lost.err) ?? [];
  expect(p.exists(manifest ?? 'none')).toBe(true);
  const [task] = p.service.bill();
  const settled = await p.run('resolve', id ?? '', manifest ?? '', '--task', task!.taskId);
  expect(settled.exit, settled.err).toBe(0);
  const next = await p.run(...call, ...setting('KSampler.steps=4'));
  expect(next.exit, next.err).toBe(0);
  expect(p.service.stats()).toMatchObject({ accepted: 1, duplicates: 0 });
});

test('a file with the fields elsewhere: state beside it, values and outputs from here', async () => {
  const p = await project({ files: { 'flows/deep/api.json': JSON.stringify(seed) } });
  const ended = await p.run(
    ...['run', 'flows/deep/api.json', '--id', workflowId],
    ...setting('Sketch.image=media/fox.png'),
  );
  expect(ended.exit, ended.err).toBe(0);
  expect(p.list('flows/deep/.rh-batch').some((path) => path.endsWith('journal.jsonl'))).toBe(true);
  expect(p.exists('.rh-batch')).toBe(false);
  expect(printed(ended.out).every(([path]) => path.startsWith('out/') && p.exists(path))).toBe(
    true,
  );
});

test('--json is one document: of a result, of a failure, of a mistake', async () => {
  const p = await project();
  const good = await p.run(...call, ...setting('KSampler.steps=4'), '--json');
  const document = JSON.parse(good.out) as { outputs: { path: string; url: string }[] };
  expect(document).toMatchObject({ version: 1, exitCode: 0, status: 'succeeded', error: null });
  expect(document.outputs.every(({ path }) => p.exists(path))).toBe(true);
  const bad = await p.run(...call, ...setting('Positive Prompt.text=[emulate:oom]'), '--json');
  expect(JSON.parse(bad.out)).toMatchObject({
    exitCode: 1,
    status: 'failed',
    error: { node: '3', traceback: expect.stringContaining('execution.py') as string },
  });
  const wrong = await p.run(...call, ...setting('Nothing.here=1'), '--json');
  expect(JSON.parse(wrong.out)).toMatchObject({
    diagnostics: [{ file: null, message: expect.stringContaining('--set Nothing.here') as string }],
  });
});

test('text stays text; { file: … } and --instance mean what they mean in a manifest', async () => {
  const p = await project({ files: { 'prompt.txt': 'from a file' } });
  const ended = await p.run(
    ...call,
    ...setting('Positive Prompt.text=007', 'Negative Prompt.text={ file: prompt.txt }'),
    ...['--instance', 'plus'],
  );
  expect(ended.exit, ended.err).toBe(0);
  expect(p.received()[0]?.map(({ fieldValue }) => fieldValue)).toEqual(
    expect.arrayContaining(['007', 'from a file']),
  );
  const create = p.service.requests().find(({ endpoint }) => endpoint === 'create');
  expect(JSON.stringify(create)).toContain('plus');
});
