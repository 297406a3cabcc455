import type { JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import type { Graph } from './graph.js';
import { textsOf } from './graph.js';

export type OutputKind = 'image' | 'video' | 'audio' | 'text' | '3d' | 'zip';

/** A node that saves or previews something. */
export interface OutputNode {
  readonly node: string;
  readonly kind: OutputKind;
}

/** A node's field that names an input file. */
interface FileField {
  readonly node: string;
  readonly classType: string;
  readonly field: string;
}

/** What is asked of a graph again and again, found once. */
export interface GraphFacts {
  readonly graph: Graph;
  /** In the graph's order. */
  readonly outputs: readonly OutputNode[];
  readonly files: readonly FileField[];
  readonly seeds: readonly { readonly node: string; readonly field: string }[];
  /** Whether any saved text asks for a failure. */
  readonly marked: boolean;
}

/** Which fields of which classes take an uploaded file (API notes, section 9). */
const fileFields: ReadonlyMap<string, readonly string[]> = new Map([
  ['LoadImage', ['image']],
  ['LoadImageMask', ['image']],
  ['LoadAudio', ['audio']],
  ['VHS_LoadAudioUpload', ['audio']],
  ['LoadVideo', ['file', 'video']],
  ['VHS_LoadVideo', ['video']],
  ['LoadImages(zip)', ['upload']],
  ['RHLoraLoader', ['lora_name']],
]);

export const factsOf = (graph: Graph): GraphFacts => ({
  graph,
  outputs: [...graph].flatMap(([node, { classType, inputs }]) => {
    const kind = outputKind(classType, inputs);
    return kind === null ? [] : [{ node, kind }];
  }),
  files: [...graph].flatMap(([node, { classType, inputs }]) =>
    (fileFields.get(classType) ?? [])
      .filter((field) => typeof inputs.get(field) === 'string')
      .map((field) => ({ node, classType, field })),
  ),
  seeds: [...graph].flatMap(([node, { inputs }]) =>
    ['seed', 'noise_seed']
      .filter((field) => inputs.get(field) instanceof JsonNumber)
      .map((field) => ({ node, field })),
  ),
  marked: textsOf(graph).some((text) => text.includes('[emulate:')),
});

const outputKind = (classType: string, inputs: JsonObject): OutputKind | null => {
  if (/VideoCombine|Save_?(?:Video|WEBM|Animated)|Preview_?Video/i.test(classType)) return 'video';
  if (/(?:Save|Preview)_?Audio/i.test(classType)) return 'audio';
  if (/(?:Save|Show|Preview).*(?:Text|String|Json|PoseKps)|^Text.*Save/i.test(classType))
    return 'text';
  if (/3D|GLB|Mesh/.test(classType) && /Save|Preview|Export|View/i.test(classType)) return '3d';
  if (/Zip|Archive/i.test(classType) && /Save|Export|Pack/i.test(classType)) return 'zip';
  // Latents, models and the like are saved on the machine and are no outputs.
  if (/Latent|Checkpoint|Model|Lora|CLIP|VAE/i.test(classType)) return null;
  return /Save|Preview/i.test(classType) || inputs.has('filename_prefix') ? 'image' : null;
};
