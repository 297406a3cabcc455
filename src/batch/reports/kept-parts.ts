import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../../edges/files/atomic.js';
import { cleanedChunks } from '../../edges/secrets/secret-stream.js';
import type { ReportFile } from '../../report/files/files.js';

/** Where a part stands in a report's file, and what it is. */
interface Part {
  readonly from: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** A larger report is made anew: what is compared is held in memory. */
const mostBytes = 64 * 1024 * 1024;

const fileName = 'reports.json';

/**
 * The parts of the reports that list the runs, as they were written last. Where the runs are the
 * same and the file still holds the part, byte for byte, it need not be made again. What was
 * edited, cut short or removed does not hold it.
 */
export class KeptParts {
  readonly #written: Record<string, Part> = {};

  private constructor(
    private readonly path: string,
    private readonly digest: string,
    private readonly known: ReadonlyMap<string, Part>,
    private readonly text: string,
  ) {}

  /** `digest`: of all that the parts are made from. Parts of another one are not known. */
  static async open(stateDir: string, digest: string): Promise<KeptParts> {
    const path = join(stateDir, fileName);
    const text = await readFile(path, 'utf8').catch(() => '');
    return new KeptParts(path, digest, partsIn(text, digest), text);
  }

  /** The part out of the file where it was written before; null: it is not there any more. */
  async find(name: string, file: string): Promise<{ whole: Buffer; part: Buffer } | null> {
    const part = this.known.get(name);
    if (part === undefined) return null;
    const whole = await contentOf(file, part.from + part.bytes);
    if (whole === null) return null;
    const found = whole.subarray(part.from, part.from + part.bytes);
    return sha256(found) === part.sha256 ? { whole, part: found } : null;
  }

  note(name: string, part: Part): void {
    this.#written[name] = part;
  }

  /** Where it cannot be written, everything is made anew next time. */
  async write(): Promise<void> {
    const { digest } = this;
    const text = `${JSON.stringify({ version: 1, digest, parts: this.#written })}\n`;
    if (text !== this.text) await writeAtomically(this.path, [text]).catch(() => undefined);
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const partsIn = (text: string, digest: string): ReadonlyMap<string, Part> => {
  const parts = new Map<string, Part>();
  const read = jsonOf(text);
  if (!isRecord(read) || read['version'] !== 1 || read['digest'] !== digest) return parts;
  const listed = read['parts'];
  if (!isRecord(listed)) return parts;
  for (const [name, part] of Object.entries(listed)) if (isPart(part)) parts.set(name, part);
  return parts;
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isPart = (value: unknown): value is Part =>
  isRecord(value) &&
  [value['from'], value['bytes']].every(
    (size) => Number.isSafeInteger(size) && Number(size) >= 0,
  ) &&
  typeof value['sha256'] === 'string';

/**
 * Writes a report, or leaves it as it is where it would become the same. The part that lists the
 * runs is taken over from the file, if it still stands there.
 */
export const writeReport = async (
  path: string,
  { name, lasting, before, runs, after }: ReportFile,
  kept: KeptParts | null,
  clean: (text: string) => string,
): Promise<void> => {
  const cleaned = (chunks: Iterable<string>): string => [...cleanedChunks(chunks, clean)].join('');
  const parts = lasting ? kept : null;
  const [head, tail] = [Buffer.from(cleaned(before())), cleanedChunks(after(), clean)];
  const found = (await parts?.find(name, path)) ?? null;
  if (found !== null) {
    const { whole, part } = found;
    const end = Buffer.from([...tail].join(''));
    parts?.note(name, { from: head.length, bytes: part.length, sha256: sha256(part) });
    const same = whole.equals(Buffer.concat([head, part, end]));
    if (!same) await writeAtomically(path, [head, part, end]);
    return;
  }
  const measured = new Measured(cleanedChunks(runs(), clean));
  await writeAtomically(path, inOrder(head, measured.chunks(), tail));
  parts?.note(name, { from: head.length, ...measured.end() });
};

function* inOrder(
  head: Uint8Array,
  ...rest: readonly Iterable<string>[]
): Iterable<string | Uint8Array> {
  yield head;
  for (const chunks of rest) yield* chunks;
}

/** Counts and hashes what passes through. */
class Measured {
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(private readonly source: Iterable<string>) {}

  *chunks(): Iterable<string> {
    for (const chunk of this.source) {
      this.#hash.update(chunk);
      this.#bytes += Buffer.byteLength(chunk);
      yield chunk;
    }
  }

  end(): Pick<Part, 'bytes' | 'sha256'> {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}

/** null: no file of at least so many bytes, or too large a one. */
const contentOf = async (path: string, least: number): Promise<Buffer | null> => {
  try {
    const facts = await stat(path);
    if (!facts.isFile() || facts.size < least || facts.size > mostBytes) return null;
    return await readFile(path);
  } catch {
    return null;
  }
};
