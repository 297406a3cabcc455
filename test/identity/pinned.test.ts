import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';

const project = projects();
const folder = fileURLToPath(new URL('../../manifests', import.meta.url));

/** As 0.1.0 made them. Another id would make users pay again for what they have. */
const ids: Readonly<Record<string, readonly string[]>> = {
  'values.yaml': ['6dc9da4d12e422b3'],
  'whole-graph.yaml': ['7e53910387124138', '5c9e9afc5abf1c97'],
  'folder-of-images.yaml': ['4b2195a2048ba918', 'fa357856014528b4'],
};

test.each(Object.entries(ids))('the ids of %s are what they always were', async (name, known) => {
  const p = await project();
  cpSync(folder, p.dir, { recursive: true });
  const { out } = await p.run('plan', name, '--json');
  const { runs } = JSON.parse(out) as { runs: { id: string }[] };
  expect(runs.slice(0, known.length).map(({ id }) => id)).toEqual(known);
});
