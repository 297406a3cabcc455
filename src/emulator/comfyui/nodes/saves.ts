import type { FolderType } from '../files.js';
import { digest } from '../media/pixels.js';
import { encodePng } from '../media/png.js';
import { dumps } from '../python/dumps.js';
import { isPyDict } from '../python/value.js';
import { dict } from '../python/value.js';
import type { Work } from '../run/work.js';
import { textOf, wanted } from '../run/work.js';
import { link, pngInfo, text } from './inputs.js';
import type { NodeClass, Result } from './node-class.js';
import { saved, savePath } from './save-path.js';

/** What stands in a file beside its content: the graph, and what the client gave. */
export const textsOf = ({ prompt, extraPngInfo }: Work): [string, string][] => [
  ['prompt', dumps(prompt)],
  ...(isPyDict(extraPngInfo)
    ? [...extraPngInfo].map(([name, value]): [string, string] => [name, dumps(value)])
    : []),
];

const saveImages = (work: Work, type: FolderType, prefix: string): Result => {
  const { frames } = wanted(work, 'images', 'image');
  const size = frames[0] ?? { width: 0, height: 0 };
  const path = savePath(work.files, type, prefix, size, work.now());
  const texts = textsOf(work);
  const images = frames.map((frame, at) =>
    saved(
      work.files,
      type,
      {
        ...path,
        base: path.base.replaceAll('%batch_num%', String(at)),
        counter: path.counter + at,
      },
      'png',
      () => encodePng(frame.pixels(), texts),
      work.now(),
    ),
  );
  return { outputs: [], ui: dict({ images }) };
};

/** Five letters that follow from the node, as every start of a server draws them anew. */
export const letters = (node: string): string =>
  [...Buffer.from(digest(node), 'hex').subarray(0, 5)]
    .map((byte) => String.fromCharCode(97 + (byte % 26)))
    .join('');

const images = link('IMAGE');

/** Nodes that show or keep pictures. */
export const saves: Readonly<Record<string, NodeClass>> = {
  SaveImage: {
    input: () => ({
      required: { images, filename_prefix: text({ default: 'ComfyUI' }) },
      hidden: pngInfo,
    }),
    output: [],
    isOutput: true,
    displayName: 'Save Image',
    category: 'image',
    run: (work) => saveImages(work, 'output', textOf(work, 'filename_prefix', 'ComfyUI')),
  },
  PreviewImage: {
    input: () => ({ required: { images }, hidden: pngInfo }),
    output: [],
    isOutput: true,
    displayName: 'Preview Image',
    category: 'image',
    run: (work) => saveImages(work, 'temp', `ComfyUI_temp_${letters(work.node)}`),
  },
  SaveImageWebsocket: {
    input: () => ({ required: { images } }),
    output: [],
    isOutput: true,
    category: 'api/image',
    module: 'custom_nodes.websocket_image_save',
    run: (work) => {
      const { frames } = wanted(work, 'images', 'image');
      for (const [at, frame] of frames.entries())
        work.step(at, frames.length, { type: 'PNG', frame, most: null });
      return { outputs: [] };
    },
  },
  SaveLatent: {
    input: () => ({
      required: {
        samples: link('LATENT'),
        filename_prefix: text({ default: 'latents/ComfyUI' }),
      },
      hidden: pngInfo,
    }),
    output: [],
    isOutput: true,
    category: '_for_testing',
    run: (work) => {
      const { identity } = wanted(work, 'samples', 'latent');
      const prefix = textOf(work, 'filename_prefix', 'ComfyUI');
      const path = savePath(work.files, 'output', prefix, { width: 0, height: 0 }, work.now());
      const metadata = Buffer.from(JSON.stringify({ __metadata__: { identity } }));
      const length = Buffer.alloc(8);
      length.writeUInt32LE(metadata.length);
      const latents = [
        saved(
          work.files,
          'output',
          path,
          'latent',
          () => Buffer.concat([length, metadata]),
          work.now(),
        ),
      ];
      return { outputs: [], ui: dict({ latents }) };
    },
  },
};
