import type { PageOutput } from '../../html/page-data.js';
import { embeddedUrl, isPresent } from '../cards/media.js';

/**
 * Where the content of outputs is read. A page from the disk shows the files beside it, but no
 * browser lets it read them: a person has to hand it the folder.
 */
export class Source {
  /** By path, the folder that was chosen left out. */
  #folder: ReadonlyMap<string, File> | null = null;

  /** Whether the content can be read without a person handing over the folder. */
  canRead(output: PageOutput): boolean {
    return !isPresent(output) || embeddedUrl(output) !== null || this.#folder !== null;
  }

  give(files: Iterable<File>): void {
    const known = new Map<string, File>();
    for (const file of files) {
      const [, ...path] = file.webkitRelativePath.split('/');
      known.set(path.join('/'), file);
    }
    this.#folder = known;
  }

  /** A text is why it is not there. */
  async read(output: PageOutput): Promise<Blob | string> {
    if (!isPresent(output)) return 'is not on this disk';
    const embedded = embeddedUrl(output);
    if (embedded !== null) return blobOf(embedded);
    const found = this.#inFolder(output.name);
    if (found === null) return 'is not in that folder';
    return (await isContent(found, output.sha)) ? found : 'is another file now';
  }

  /** A folder above, or one below, may have been chosen. */
  #inFolder(name: string): File | null {
    const folder = this.#folder ?? new Map<string, File>();
    for (let path = name; path !== ''; path = path.slice(path.indexOf('/') + 1)) {
      const file = folder.get(path);
      if (file !== undefined) return file;
      if (!path.includes('/')) break;
    }
    const [deeper] = [...folder].filter(([path]) => path.endsWith(`/${name}`));
    return deeper?.[1] ?? null;
  }
}

/** What has been embedded stands in the page as base64. */
const blobOf = (url: string): Blob => {
  const [, type = '', text = ''] = /^data:([^,;]*)[^,]*,(.*)$/s.exec(url) ?? [];
  return new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], { type });
};

/** Two folders may have files of the same name: that one is given which the page shows. */
const isContent = async (file: File, sha: string | undefined): Promise<boolean> => {
  if (sha === undefined || !('subtle' in crypto) || file.size > maxDigested) return true;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  const hex = [...digest.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex === sha;
};

/** Digesting holds the whole file in memory. */
const maxDigested = 256 * 1024 * 1024;
