import { Problems } from '../diagnostics/problems.js';
import { nameOfFile } from './load.js';
import type { Tree } from './tree.js';
import { readYaml } from './yaml.js';

/**
 * Every name that a manifest can have: its own or its file's, and those of its profiles. null: the
 * text is no YAML map, so nothing is known.
 */
export const namesIn = (file: string, text: string): ReadonlySet<string> | null => {
  const tree = readYaml(file, text, new Problems());
  if (tree?.is !== 'map') return null;
  const names = new Set([nameIn(tree) ?? nameOfFile(file)]);
  const profiles = tree.entries.get('profiles')?.value;
  if (profiles?.is === 'map')
    for (const { value } of profiles.entries.values()) {
      const name = nameIn(value);
      if (name !== null) names.add(name);
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
