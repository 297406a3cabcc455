import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { nearPath } from '../../assets/near-path.js';
import { whyUnread } from '../../assets/unreadable.js';
import { error } from '../../diagnostics/diagnostic.js';
import { errorDetail } from '../../edges/error-code.js';
import { nodeFiles } from '../../edges/files/node-files.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Io } from '../../edges/io.js';
import type { BatchOptions } from '../options/options.js';

/** Variables of the process, and of `--env` (or `--env-file`): those go first, a later file before an earlier one. */
export class Environment extends Map<string, string> {
  readonly #files: { readonly file: string; readonly names: readonly string[] }[] = [];

  /** `file`: as it was typed. */
  async add(file: string, cwd: string, problems: Problems): Promise<void> {
    const fail = (why: string, hint: string | null = null): void =>
      problems.add(error('E0002', null, `--env-file ${file} ${why}`, { hint }));
    let bytes: Uint8Array;
    try {
      bytes = await readFile(resolve(cwd, file));
    } catch (cause) {
      const detail = errorDetail(cause);
      const facts = await nodeFiles().facts(resolve(cwd, file));
      const told = whyUnread(facts.ok ? { is: 'unreadable', detail } : facts, file);
      const isMissing = !facts.ok && facts.is === 'missing';
      const near = isMissing ? await nearPath(file, cwd, nodeFiles()) : null;
      fail(told.why, near?.hint ?? told.hint ?? envForm);
      return;
    }
    const text = decoded(bytes);
    if (text === null || text.includes('\0')) {
      fail('is not text in UTF-8', envForm);
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

const envForm = 'a text file with a line RUNNINGHUB_API_KEY=…';

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

/** The environment of the process, with the files that were asked for laid over it, in order. */
export const readEnvFile = async (
  options: BatchOptions,
  io: Io,
  problems: Problems,
): Promise<Environment> => {
  const entries = Object.entries(io.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const env = new Environment(entries);
  for (const typed of listed(options.envFile)) {
    await env.add(typed, io.cwd, problems);
    // Before anything is said: the base URL, too, may have been pasted with the key in it.
    io.protect(env.get('RUNNINGHUB_API_KEY')?.trim() ?? '');
  }
  return env;
};

const listed = (files: BatchOptions['envFile']): readonly string[] =>
  files === undefined ? [] : typeof files === 'string' ? [files] : files;
