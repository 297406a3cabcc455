import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';

/** Variables of the process, and of `--env` (or `--env-file`): those go first, a later file before an earlier one. */
export class Environment extends Map<string, string> {
  readonly #files: { readonly file: string; readonly names: readonly string[] }[] = [];

  /** `file`: as it was typed. */
  async add(file: string, path: string, problems: Problems): Promise<void> {
    const fail = (why: string): void =>
      problems.add(error('E0002', null, `--env-file ${file} ${why}`));
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
      fail(missing ? 'does not exist' : `cannot be read (${detail})`);
      return;
    }
    const text = decoded(bytes);
    if (text === null || text.includes('\0')) {
      fail('is not text in UTF-8');
      return;
    }
    const variables = Object.entries(parseEnv(text));
    for (const [name, value] of variables) if (value !== undefined) this.set(name, value);
    this.#files.push({ file, names: variables.map(([name]) => name) });
  }

  /** Where a variable is missing: what each file holds. */
  get holdings(): string[] {
    return this.#files.map(({ file, names }) => {
      const shown = names.filter((name) => /^[A-Za-z_]\w{0,63}$/.test(name) && !likeKey.test(name));
      return `${file} holds ${shown.length === 0 ? 'no variables' : shown.slice(0, 10).join(', ')}`;
    });
  }
}

/** A key that was pasted in front of an equals sign is no name. */
const likeKey = /[0-9a-f]{24}/i;

/** Windows writes such files with a mark in front, and in two encodings. */
const decoded = (bytes: Uint8Array): string | null => {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
};
