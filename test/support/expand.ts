import { resolve } from 'node:path';
import { Problems } from '../../src/diagnostics/problems.js';
import { nodeFiles } from '../../src/edges/files/node-files.js';
import { loadManifest } from '../../src/manifest/load.js';
import { syntaxes } from '../../src/targets/targets.js';
import type { Combination } from '../../src/matrix/combination.js';
import { expandMatrix } from '../../src/matrix/expand.js';

export interface Expanded {
  readonly combinations: readonly Combination[];
  /** Each combination as plain values. */
  readonly values: readonly Readonly<Record<string, string | null>>[];
  readonly problems: Problems;
}

/** Expands a `matrix` section, as YAML, in a folder. */
export const expand = async (
  matrix: string,
  dir = '/nowhere',
  maxRuns = 1000,
  files = nodeFiles(),
): Promise<Expanded> => {
  const problems = new Problems();
  const text = `version: 1\nworkflowId: "1"\napi: a\n${matrix}`;
  const manifest = loadManifest(
    { file: 'm.yaml', dir, text, vars: new Map(), profile: null, targets: syntaxes },
    problems,
  );
  const context = {
    dir,
    files,
    maxRuns,
    show: (path: string) => path.slice(dir.length + 1),
    outputsDir: resolve(dir, 'out'),
  };
  const expanded =
    manifest === null ? null : await expandMatrix(manifest.matrix, context, problems);
  const combinations: Combination[] = [];
  if (expanded !== null)
    for await (const some of expanded.combinations()) combinations.push(...some);
  return { combinations, values: combinations.map(plain), problems };
};

const plain = ({ variables }: Combination): Record<string, string | null> =>
  Object.fromEntries(
    [...variables].map(([name, { datum }]) => [
      name,
      datum.is === 'scalar' ? datum.text : datum.is === 'absent' ? null : datum.is,
    ]),
  );
