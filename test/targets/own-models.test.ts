import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';

const start = projects();

/**
 * RunningHub's own open models as its documentation names them, and where they are
 * (runninghub-api 19.1): written down from its pages, not from our table.
 */
const documented: readonly (readonly [name: string, path: string])[] = [
  ['ltx-2.3/text-to-video', 'rhart-video/ltx-2.3/text-to-video'],
  ['ltx-2.3/text-to-video-lora', 'rhart-video/ltx-2.3/text-to-video-lora'],
  ['ltx-2.3/image-to-video', 'rhart-video/ltx-2.3/image-to-video'],
  ['ltx-2.3/image-to-video-lora', 'rhart-video/ltx-2.3/image-to-video-lora'],
  ['wan-2.2/text-to-video', 'rhart-video/wan-2.2/text-to-video'],
  ['万相2.2-文生视频', 'rhart-video/wan-2.2/text-to-video'],
  ['wan-2.2/image-to-video', 'rhart-video/wan-2.2/image-to-video'],
  ['万相2.2-图生视频', 'rhart-video/wan-2.2/image-to-video'],
  ['wan-2.2/image-to-image', 'rhart-video/wan-2.2/image-to-image'],
  ['wan-2.2/text-to-image-lora', 'rhart-video/wan-2.2/text-to-image-lora'],
  ['qwen-image/text-to-image-2512', 'rhart-image/qwen-image/text-to-image-2512'],
  ['qwen-image/text-to-image-2512-lora', 'rhart-image/qwen-image/text-to-image-2512-lora'],
  ['qwen-image/edit-2511', 'rhart-image/qwen-image/edit-2511'],
  ['qwen-image/edit-2511-lora', 'rhart-image/qwen-image/edit-2511-lora'],
  ['z-image/turbo', 'rhart-image/z-image/turbo'],
  ['z-image/turbo-lora', 'rhart-image/z-image/turbo-lora'],
  ['z-image-turbo/image-to-image', 'rhart-image/z-image-turbo/image-to-image'],
  ['z-image-turbo/image-to-image-lora', 'rhart-image/z-image-turbo/image-to-image-lora'],
  ['f-2-dev/text-to-image', 'rhart-image/f-2-dev/text-to-image'],
  ['f-2-dev/text-to-image-lora', 'rhart-image/f-2-dev/text-to-image-lora'],
  ['f-2-dev/edit', 'rhart-image/f-2-dev/edit'],
  ['f-2-dev/edit-lora', 'rhart-image/f-2-dev/edit-lora'],
  ['f-2-klein-9b/text-to-image', 'rhart-image/f-2-klein-9b/text-to-image'],
  ['f-2-klein-9b/text-to-image-lora', 'rhart-image/f-2-klein-9b/text-to-image-lora'],
  ['f-2-klein-9b/edit', 'rhart-image/f-2-klein-9b/edit'],
  ['f-2-klein-4b/text-to-image', 'rhart-image/f-2-klein-4b/text-to-image'],
  ['f-2-klein-4b/text-to-image-lora', 'rhart-image/f-2-klein-4b/text-to-image-lora'],
  ['f-2-klein-4b/edit', 'rhart-image/f-2-klein-4b/edit'],
  ['f-2-klein-4b/edit-lora', 'rhart-image/f-2-klein-4b/edit-lora'],
  ['f-kontext-dev-lora', 'rhart-video/f-kontext/dev-lora'],
  ['f-krea-dev-lora', 'rhart-image/f-krea-dev-lora'],
  ['f-dev', 'rhart-image/f-dev'],
  ['f-dev-lora', 'rhart-image/f-dev-lora'],
];

const listOf = (paths: Iterable<string>): string =>
  JSON.stringify({
    models: [...paths].map((endpoint, index) => ({
      endpoint,
      name_en: `Model ${index}`,
      params: [],
    })),
  });

test("pull --model finds the service's own models by the names of its documentation", async () => {
  const p = await start({
    files: { 'list.json': listOf(new Set(documented.map(([, at]) => at))) },
  });
  const more = [
    ['rhart-video/ltx-2.3/text-to-video', 'rhart-video/ltx-2.3/text-to-video'],
    [' F-Krea-Dev-LoRA ', 'rhart-image/f-krea-dev-lora'],
  ] as const;
  for (const [asked, path] of [...documented, ...more]) {
    const pulled = await p.run('pull', '--model', asked, '--from', 'list.json');
    expect(pulled, asked).toMatchObject({ exit: 0, out: 'model.json\n' });
    expect(JSON.parse(p.read('model.json')), asked).toMatchObject({ endpoint: path });
  }
});

test('where the list does not have them, pull --model says where they are', async () => {
  const p = await start({ files: { 'list.json': listOf(['a/b', 'c/d']) } });
  for (const [name, path] of documented)
    for (const asked of [name, path]) {
      const pulled = await p.run('pull', '--model', asked, '--from', 'list.json');
      expect(pulled.exit, asked).toBe(2);
      expect(pulled.err, asked).toContain(`it is ${path}, which this list does not have`);
    }
  expect(p.exists('model.json')).toBe(false);
});

test.each([
  ['ltx-2.3/text-to-vidoe', '"ltx-2.3/text-to-video"'],
  ['f-krea-dev', '"f-krea-dev-lora"'],
  ['z-image/turbo-loar', '"z-image/turbo-lora"'],
  ['kling-element', '"kling-elements"'],
])('a name like %s is exit 2 with the nearest names', async (asked, near) => {
  const p = await start({ files: { 'list.json': listOf(['kling-elements', 'c/d']) } });
  const pulled = await p.run('pull', '--model', asked, '--from', 'list.json');
  expect(pulled.exit).toBe(2);
  expect(pulled.err).toMatch(new RegExp(`did you mean (?:"[^"]+" or )*${near}`));
});
