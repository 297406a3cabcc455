import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SavedFile } from '../journal/event.js';

/** Whether an output is as it was saved. Hashed only where its time changed and its size did not. */
export const presenceIn =
  (outputsDir: string) =>
  async (file: SavedFile): Promise<'same' | 'missing' | 'changed'> => {
    const path = join(outputsDir, file.path);
    try {
      const facts = await stat(path);
      if (!facts.isFile()) return 'missing';
      if (facts.size !== file.bytes) return 'changed';
      if (facts.mtimeMs === file.mtimeMs) return 'same';
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
      return hash.digest('hex') === file.sha256 ? 'same' : 'changed';
    } catch {
      return 'missing';
    }
  };
