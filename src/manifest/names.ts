import { Problems } from '../diagnostics/problems.js';
import { nameOfFile, profiledName } from './load.js';
import type { Tree } from './tree.js';
import { readYaml } from './yaml.js';

/**
 * Every name that a manifest can have: its own or its file's, and those of its profiles.
 * `targetKeys`: those that name what runs. null: the text is no YAML map, so nothing is known.
 */
export const namesIn = (
  file: string,
  text: string,
  targetKeys: readonly string[],
): ReadonlySet<string> | null => {
  const tree = readYaml(file, text, new Problems());
  if (tree?.is !== 'map') return null;
  const base = nameIn(tree) ?? nameOfFile(file);
  const names = new Set([base]);
  const profiles = tree.entries.get('profiles')?.value;
  if (profiles?.is === 'map')
    for (const [profile, { value }] of profiles.entries) {
      const name = nameIn(value);
      if (name !== null) names.add(name);
      else if (value.is === 'map' && targetKeys.some((key) => value.entries.has(key)))
        names.add(profiledName(base, profile));
    }
  return names;
};

/** Names of its profiles; none where the text is no YAML map. */
export const profilesIn = (file: string, text: string): readonly string[] => {
  const tree = readYaml(file, text, new Problems());
  const profiles = tree?.is === 'map' ? tree.entries.get('profiles')?.value : undefined;
  return profiles?.is === 'map' ? [...profiles.entries.keys()] : [];
};

const nameIn = (tree: Tree): string | null => {
  const name = tree.is === 'map' ? tree.entries.get('name')?.value : undefined;
  return name?.is === 'scalar' && name.type !== 'null' ? name.text : null;
};
