import type { Py, PyDict } from '../python/value.js';
import type { InputSpec } from './node-class.js';

type Options = Readonly<Record<string, Py>>;

const optionsOf = (options: Options): PyDict => new Map(Object.entries(options));

/** An output of another node. */
export const link = (type: string): InputSpec => [type];

export const choice = (choices: readonly string[], options?: Options): InputSpec =>
  options === undefined ? [choices] : [choices, optionsOf(options)];

/** A choice of the newer form: the list stands among the options. */
export const combo = (choices: readonly string[], options: Options = {}): InputSpec => [
  'COMBO',
  optionsOf({ ...options, options: choices }),
];

export const int = (fallback: number, min: number, max: number, more: Options = {}): InputSpec => [
  'INT',
  optionsOf({ default: BigInt(fallback), min: BigInt(min), max: BigInt(max), ...more }),
];

export const float = (
  fallback: number,
  min: number,
  max: number,
  step: number,
  more: Options = {},
): InputSpec => ['FLOAT', optionsOf({ default: fallback, min, max, step, ...more })];

export const text = (options: Options = {}): InputSpec => ['STRING', optionsOf(options)];

export const flag = (fallback: boolean, more: Options = {}): InputSpec => [
  'BOOLEAN',
  optionsOf({ default: fallback, ...more }),
];

/** 0 to 2^64-1. */
export const seed = (more: Options = { control_after_generate: true }): InputSpec => [
  'INT',
  optionsOf({ default: 0n, min: 0n, max: 0xffff_ffff_ffff_ffffn, ...more }),
];

export const prompts = text({ multiline: true, dynamicPrompts: true });
const maxResolution = 16_384;
export const size = (fallback: number, min: number, step: number): InputSpec =>
  int(fallback, min, maxResolution, { step: BigInt(step) });
export const pngInfo = { prompt: 'PROMPT', extra_pnginfo: 'EXTRA_PNGINFO' } as const;
