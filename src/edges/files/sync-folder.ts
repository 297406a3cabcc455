import { open } from 'node:fs/promises';

/** Makes a rename in this folder durable where the system can; the file's content is so already. */
export const syncFolder = async (dir: string): Promise<void> => {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } catch {
    // Some systems cannot sync a folder; the rename itself stands.
  } finally {
    await folder.close();
  }
};
