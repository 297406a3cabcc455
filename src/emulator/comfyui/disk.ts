import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { FolderType, Storage, StoredFile } from './files.js';

/** `input`, `output` and `temp` in a folder of this machine, as ComfyUI's base directory has them. */
export class DiskStorage implements Storage {
  constructor(private readonly base: string) {
    for (const type of ['input', 'output', 'temp'] as const)
      mkdirSync(join(base, type), { recursive: true });
  }

  file(type: FolderType, path: string): StoredFile | null {
    const absolute = join(this.base, type, path);
    const found = statOf(absolute);
    return found?.isFile() === true
      ? { at: Math.floor(found.mtimeMs), bytes: () => readFileSync(absolute) }
      : null;
  }

  write(type: FolderType, path: string, bytes: () => Buffer): void {
    const absolute = join(this.base, type, path);
    mkdirSync(dirname(absolute), { recursive: true });
    // Nobody shall see half of it.
    const whole = `${absolute}.part`;
    writeFileSync(whole, bytes());
    renameSync(whole, absolute);
  }

  hasFolder(type: FolderType, path: string): boolean {
    return statOf(join(this.base, type, path))?.isDirectory() === true;
  }

  makeFolder(type: FolderType, path: string): void {
    mkdirSync(join(this.base, type, path), { recursive: true });
  }

  names(type: FolderType, folder: string): readonly string[] {
    try {
      return readdirSync(join(this.base, type, folder), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name);
    } catch {
      return [];
    }
  }

  clear(type: FolderType): void {
    rmSync(join(this.base, type), { recursive: true, force: true });
    mkdirSync(join(this.base, type), { recursive: true });
  }
}

const statOf = (path: string) => statSync(path, { throwIfNoEntry: false });
