import type { Version } from '../versions.js';
import { conditionings } from './conditioning.js';
import { films } from './films.js';
import { latents } from './latents.js';
import { loaders } from './loaders.js';
import { loads } from './loads.js';
import type { NodeClass } from './node-class.js';
import { pictures } from './pictures.js';
import { primitives } from './primitives.js';
import { samplers } from './samplers.js';
import { saves } from './saves.js';
import { sounds } from './sounds.js';

const all: Readonly<Record<string, NodeClass>> = {
  ...samplers,
  ...loaders,
  ...conditionings,
  ...latents,
  ...saves,
  ...loads,
  ...pictures,
  ...films,
  ...sounds,
  ...primitives,
};

/** Class → what it is, for one version (ComfyUI notes, section 8): ComfyUI's own nodes, not all. */
export const catalogueOf = ({ newEngine }: Version): ReadonlyMap<string, NodeClass> =>
  new Map(Object.entries(all).filter(([, { isNew }]) => newEngine || isNew !== true));
