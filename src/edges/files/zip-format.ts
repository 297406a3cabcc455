/** What the zip format without its extension for large archives takes. */
export const mostInZip = { entries: 65_535, bytes: 0xffff_ffff };

/** A file of an archive, which holds it as it is. */
export interface ZipFacts {
  /** Its name in UTF-8, `/` between folders. */
  readonly name: Uint8Array;
  readonly bytes: number;
  readonly crc: number;
  /** Where it begins in the archive. */
  readonly at: number;
  /** As MS-DOS counts them. */
  readonly date: number;
  readonly time: number;
}

/** What stands before its content. */
export const localHead = (facts: ZipFacts): Uint8Array<ArrayBuffer> =>
  joined(fields([4, 0x0403_4b50]), common(facts), facts.name);

/** Its line in the list at the end. */
export const centralHead = (facts: ZipFacts): Uint8Array<ArrayBuffer> =>
  joined(
    fields([4, 0x0201_4b50], [2, 20]),
    common(facts),
    fields([2, 0], [2, 0], [2, 0], [4, 0], [4, facts.at]),
    facts.name,
  );

/** `bytes`: of the list, which begins at `at`. */
export const zipEnd = (entries: number, bytes: number, at: number): Uint8Array<ArrayBuffer> =>
  fields([4, 0x0605_4b50], [2, 0], [2, 0], [2, entries], [2, entries], [4, bytes], [4, at], [2, 0]);

/** Contents are stored, not packed. */
const common = ({ crc, bytes, name, date, time }: ZipFacts): Uint8Array =>
  fields(
    [2, 20],
    [2, 0x800],
    [2, 0],
    [2, time],
    [2, date],
    [4, crc],
    [4, bytes],
    [4, bytes],
    [2, name.length],
    [2, 0],
  );

/** Numbers one after the other, each in its width, the least byte first. */
const fields = (
  ...pairs: readonly (readonly [bytes: 2 | 4, value: number])[]
): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(pairs.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of pairs) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return bytes;
};

const joined = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
