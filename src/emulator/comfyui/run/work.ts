import type { Storage } from '../files.js';
import { Raised } from '../python/raised.js';
import type { Py, PyDict } from '../python/value.js';
import { digest } from '../media/pixels.js';
import type { Frame, Value } from './values.js';
import { identityOf } from './values.js';

/** What a node has at hand while it runs. */
export interface Work {
  readonly node: string;
  readonly classType: string;
  /** By name of the input; links as what the other node made. */
  readonly inputs: ReadonlyMap<string, Value>;
  readonly files: Storage;
  /** The whole graph, as it goes into pictures. */
  readonly prompt: PyDict;
  readonly extraPngInfo: Py;
  readonly now: () => number;
  /** Drawn per prompt: how long a node of a sampler's kind takes, in ms. */
  readonly runMs: number;
  /** Tells of a step; raises where the prompt was interrupted (ComfyUI notes, section 6). */
  step(value: number, max: number, preview?: Preview): void;
  pause(ms: number): Promise<void>;
}

export interface Preview {
  readonly type: 'JPEG' | 'PNG';
  readonly frame: Frame;
  /** Pixels of the longer side at most; null: as it is. */
  readonly most: number | null;
}

/** `InterruptProcessingException` */
export class Interrupted extends Error {}

/** Everything that the node's result follows from, as one text. */
export const madeFrom = ({ classType, inputs }: Work): string =>
  digest(classType, ...[...inputs].flatMap(([name, value]) => [name, identityOf(value)]));

export const inputOf = ({ inputs }: Work, name: string): Value | null => inputs.get(name) ?? null;

/** A literal where a link is wanted passes the check, and fails here (section 2.4). */
export const wanted = <Is extends Value['is']>(
  work: Work,
  name: string,
  is: Is,
): Extract<Value, { is: Is }> => {
  const value = inputOf(work, name);
  if (value?.is === is) return value as Extract<Value, { is: Is }>;
  const kind = value?.is === 'data' ? typeOf(value.data) : 'NoneType';
  const attribute = is === 'latent' ? 'copy' : is === 'image' || is === 'mask' ? 'shape' : 'clone';
  throw new Raised('AttributeError', `'${kind}' object has no attribute '${attribute}'`);
};

const typeOf = (value: Py): string =>
  value === null
    ? 'NoneType'
    : typeof value === 'string'
      ? 'str'
      : typeof value === 'bigint'
        ? 'int'
        : typeof value === 'number'
          ? 'float'
          : typeof value === 'boolean'
            ? 'bool'
            : 'dict';

export const textOf = (work: Work, name: string, fallback = ''): string => {
  const value = inputOf(work, name);
  return value?.is === 'data' && typeof value.data === 'string' ? value.data : fallback;
};

export const numberOf = (work: Work, name: string, fallback: number): number => {
  const value = inputOf(work, name);
  if (value?.is !== 'data') return fallback;
  return typeof value.data === 'bigint' || typeof value.data === 'number'
    ? Number(value.data)
    : fallback;
};
