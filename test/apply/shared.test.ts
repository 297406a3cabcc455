import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { pixel } from '../support/graph.js';
import { Project, workflowId } from '../support/project.js';

const shared = fileURLToPath(new URL('../../../shared', import.meta.url));
const workflows = join(shared, 'workflows');
const prompts = join(shared, 'csv', 'Alice-creator-tech__gpt-image-2-prompts__prompts.csv');

const mp4 = Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isomiso2 and so on', 'latin1');
const wav = Buffer.from('RIFF\x24\0\0\0WAVEfmt and so on', 'latin1');

let open: Project | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

const applied = async (file: string, manifest: string): Promise<Project> => {
  const api = readFileSync(join(workflows, file), 'utf8');
  open = await Project.start({
    manifest,
    emulator: { workflows: new Map([[workflowId, api]]), slots: 5 },
    files: {
      'api.json': api,
      'one.png': pixel(1),
      'two.png': pixel(2),
      'clip.mp4': mp4,
      'voice.wav': wav,
    },
  });
  const ended = await open.apply();
  expect(ended.err).not.toContain('error:');
  expect(ended.exit).toBe(0);
  return open;
};

describe.skipIf(!existsSync(workflows))('real workflows run to the end', () => {
  test('text to image', async () => {
    const p = await applied(
      'fofr__cog-comfyui__sd15_txt2img.json',
      'matrix: { KSampler/positive.text: [a fox, a heron], KSampler.seed: [1, 2] }',
    );
    expect(p.results()).toHaveLength(4);
  });

  test('image to image', async () => {
    const p = await applied(
      'fofr__cog-comfyui__sd15_img2img.json',
      'matrix: { LoadImage.image: [one.png, two.png] }\nset: { KSampler.denoise: 0.55 }',
    );
    expect(p.service.stats().uploads).toBe(2);
  });

  test('video matting with a video input', async () => {
    const p = await applied(
      'fofr__cog-comfyui__video_matting_api.json',
      'set: { class:VHS_LoadVideo.video: clip.mp4 }',
    );
    expect(p.results()[0]?.outputs.map(({ path }) => path.split('.').at(-1))).toContain('mp4');
    expect(JSON.stringify(p.received()[0])).toContain('.mp4');
  });

  test('audio and image to video', async () => {
    const p = await applied(
      'arten331__runpod-comfy-longcat-avatar-1-5__workflow_api.json',
      'set: { LoadAudio.audio: voice.wav, LoadImage.image: one.png }',
    );
    expect(p.service.stats()).toMatchObject({ accepted: 1, uploads: 2 });
  });

  test('three graphs in one file, where every title stands three times', async () => {
    const p = await applied(
      'SaladTechnologies__comfyui-api__sd1.5-parallel-3.json',
      'matrix: { seed: [7, 8] }\nset: { "class:KSampler[*].seed": "${{ seed }}" }',
    );
    expect(p.results().map(({ outputs }) => outputs.length)).toEqual([3, 3]);
    expect(p.received()[0]?.filter(({ fieldName }) => fieldName === 'seed')).toHaveLength(3);
  });

  test('79 nodes and about thirty outputs from one picture', async () => {
    const p = await applied(
      'fofr__cog-comfyui__all_preprocessors.json',
      'set: { "class:LoadImage[*].image": one.png }',
    );
    expect(p.results()[0]?.outputs.length).toBeGreaterThan(25);
  });

  test('a graph wrapped in a request body', async () => {
    const p = await applied(
      'runpod-workers__worker-comfyui__test_input.json',
      'set: { "CLIP Text Encode (Positive Prompt).text": a fox }',
    );
    expect(p.results()[0]?.status).toBe('succeeded');
  });

  test('fields lists a unique address for every literal of every API file', async () => {
    open = await Project.start();
    for (const file of readdirSync(workflows).filter((name) => name.endsWith('.json'))) {
      const { exit, out, err } = await open.run('fields', join(workflows, file), '--json');
      if (exit === 2) {
        expect(err).toMatch(/error: /);
        continue;
      }
      const { fields } = JSON.parse(out) as { fields: { address: string }[] };
      expect(new Set(fields.map(({ address }) => address)).size).toBe(fields.length);
    }
  });
});

test.skipIf(!existsSync(prompts))(
  '874 Chinese prompts are read, and become outputs',
  { timeout: 240_000 },
  async () => {
    open = await Project.start({
      manifest: `matrix: { rows: prompts.csv }\nset: { Positive Prompt.text: "\${{ prompt | required }}" }\nexecution: { concurrency: 20, requestsPerSecond: 100 }\nlimits: { maxRuns: 1000 }`,
      // Faster, and a busy machine answers later than the service may in its own time.
      emulator: { slots: 20, maxPixels: 32, runTime: { kind: 'constant', ms: 5_000 } },
      files: { 'prompts.csv': readFileSync(prompts) },
    });
    const ended = await open.apply('-q', '--first', '150');
    expect(ended.exit, ended.err).toBe(0);
    const results = open.results();
    expect(results).toHaveLength(874);
    expect(results.filter(({ status }) => status === 'succeeded')).toHaveLength(150);
    expect(open.service.stats()).toMatchObject({ duplicates: 0 });
    expect(open.list('out/manifest').filter((name) => name.endsWith('.png'))).toHaveLength(
      open.service.stats().accepted,
    );
  },
);
