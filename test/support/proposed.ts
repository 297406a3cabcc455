import { expect } from 'vitest';
import { commands } from '../../src/commands/table.js';
import type { Ended } from './project.js';

/** Words after which a command is over and the sentence goes on. */
const after = [
  ...[
    'goes',
    'tries',
    'writes',
    'moves',
    'removes',
    'lists',
    'tells',
    'settles',
    'saves',
    'fetches',
    'follows',
    'shows',
  ],
];

/** The words of a line as a POSIX shell reads them: bare, in single quotes, or both in one word. */
export const shellWords = (line: string): string[] =>
  (line.match(/(?:[^\s'\\]|'[^']*'|\\')+/g) ?? []).map((word) =>
    word.replace(/'([^']*)'|\\(')/g, (_, inside?: string, quote?: string) => inside ?? quote ?? ''),
  );

/** Every command in what was printed, as a shell would read it. */
export const proposed = ({ out, err }: Pick<Ended, 'out' | 'err'>): string[][] =>
  [...`${out}\n${err}`.matchAll(/rh-batch ([a-z]+ .*)$/gm)]
    .map(([, line = '']) => shellWords(line.replace(/ {2}.*$/, '')))
    .map((words) => {
      const end = words.findIndex((word) => after.includes(word));
      return end === -1 ? words : words.slice(0, end);
    })
    .filter(([name]) => commands.some((known) => known.name === name));

/** The one command of that name. */
export const one = (ended: Pick<Ended, 'out' | 'err'>, name: string): string[] => {
  const found = proposed(ended).filter(([command]) => command === name);
  expect(found, `${ended.out}${ended.err}`).toHaveLength(1);
  return found[0] ?? [];
};
