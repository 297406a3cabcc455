import type { Py } from '../python/value.js';
import { isPyDict, isPyList } from '../python/value.js';

/** Rows of 8-bit pixels, top to bottom; 3 channels, or 4 with alpha. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly data: Uint8Array;
}

/** One picture of a batch: drawn when somebody wants to see it. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  pixels(): Pixels;
}

/** What flows between nodes. Everything has an identity: equal ones are equal work. */
export type Value =
  | { readonly is: 'data'; readonly data: Py }
  | { readonly is: 'image'; readonly frames: readonly Frame[]; readonly identity: string }
  | { readonly is: 'mask'; readonly frames: readonly Frame[]; readonly identity: string }
  | {
      readonly is: 'latent';
      readonly width: number;
      readonly height: number;
      readonly batch: number;
      /** Of moving pictures. */
      readonly length: number;
      /** What it was made after: the longest text. */
      readonly prompt: string;
      readonly identity: string;
    }
  | { readonly is: 'text'; readonly prompt: string; readonly identity: string }
  | { readonly is: 'sound'; readonly wav: () => Buffer; readonly identity: string }
  | {
      readonly is: 'film';
      readonly frames: readonly Frame[];
      readonly fps: number;
      readonly bytes: (() => Buffer) | null;
      readonly identity: string;
    }
  /** A model, a text encoder, a sampler …: what it is follows from the nodes before. */
  | { readonly is: 'thing'; readonly name: string; readonly identity: string };

export const data = (value: Py): Value => ({ is: 'data', data: value });

export const identityOf = (value: Value): string =>
  value.is === 'data' ? JSON.stringify(plain(value.data)) : value.identity;

const plain = (value: Py): unknown => {
  if (typeof value === 'bigint') return `${value}n`;
  if (isPyList(value)) return value.map(plain);
  return isPyDict(value) ? [...value].map(([key, item]) => [key, plain(item)]) : value;
};

/** As `current_inputs` shows it: numbers and texts as they are, others as Python prints them. */
export const shown = (value: Value): Py => {
  switch (value.is) {
    case 'data':
      return value.data;
    case 'image':
    case 'mask':
      return 'tensor([[[[0.5000, 0.5000, 0.5000],\n          ...,\n          [0.5000, 0.5000, 0.5000]]]])';
    case 'latent':
      return "{'samples': tensor([[[[0., 0., 0.,  ..., 0., 0., 0.]]]])}";
    case 'text':
      return "[[tensor([[[0., 0., 0.,  ..., 0., 0., 0.]]]), {'pooled_output': None}]]";
    case 'sound':
      return "{'waveform': tensor([[[0., 0., 0.,  ..., 0., 0., 0.]]]), 'sample_rate': 44100}";
    case 'film':
      return '<comfy_api.latest._input_impl.video_types.VideoFromFile object at 0x7f1c8c2b5d50>';
    case 'thing':
      return `<${value.name} object at 0x7f1c8c2b5e10>`;
  }
};
