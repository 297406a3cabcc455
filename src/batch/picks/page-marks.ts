import type { Marked } from '../../picks/marked.js';
import { markedBy } from '../../picks/marked.js';
import { picksPath, readPicks } from './picks-file.js';

/** For a page. What cannot be read is told where somebody asks for picks. */
export const marksBeside = async (outputsDir: string): Promise<readonly Marked[]> => {
  const picks = await readPicks(picksPath(outputsDir));
  return picks === null || typeof picks === 'string' ? [] : [...markedBy(picks.marks).values()];
};
