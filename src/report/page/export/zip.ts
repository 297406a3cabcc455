/** A file of an archive. */
export interface Packed {
  /** With `/` between its folders. */
  readonly name: string;
  readonly content: Blob;
}

/** What the format without its extension for large archives takes. */
const most = { entries: 65_535, bytes: 0xffff_ffff };

/**
 * An archive of files as they are: pictures and films are packed already. The contents are not
 * copied; only their checksums are computed. A text is why there can be none.
 */
export const zipOf = async (files: readonly Packed[]): Promise<Blob | string> => {
  if (files.length > most.entries) return `a zip file holds ${most.entries} files at most`;
  const parts: BlobPart[] = [];
  const directory: BlobPart[] = [];
  let at = 0;
  for (const { name, content } of files) {
    const letters = new TextEncoder().encode(name);
    const common = fields(
      [2, 20],
      [2, 0x800],
      [2, 0],
      // No time: that of the file is not known to the page. 1980-01-01.
      [2, 0],
      [2, 0x21],
      [4, await checksumOf(content)],
      [4, content.size],
      [4, content.size],
      [2, letters.length],
      [2, 0],
    );
    const head = [fields([4, 0x0403_4b50]), common, letters];
    parts.push(...head, content);
    directory.push(
      fields([4, 0x0201_4b50], [2, 20]),
      common,
      fields([2, 0], [2, 0], [2, 0], [4, 0], [4, at]),
      letters,
    );
    at += 4 + common.length + letters.length + content.size;
    if (at > most.bytes) return 'a zip file holds 4 GB at most';
  }
  const listed = new Blob(directory);
  const end = fields(
    [4, 0x0605_4b50],
    [2, 0],
    [2, 0],
    [2, files.length],
    [2, files.length],
    [4, listed.size],
    [4, at],
    [2, 0],
  );
  return new Blob([...parts, listed, end], { type: 'application/zip' });
};

/** Numbers one after the other, each in its width, the least byte first. */
const fields = (
  ...pairs: readonly (readonly [bytes: 2 | 4, value: number])[]
): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(pairs.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of pairs) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value >>> 0, true);
    at += width;
  }
  return bytes;
};

/** CRC-32. A piece at a time, so that a film is not held in memory. */
const checksumOf = async (content: Blob): Promise<number> => {
  const table = tableOf();
  let crc = -1;
  for (let from = 0; from < content.size; from += pieceBytes) {
    const piece = new Uint8Array(await content.slice(from, from + pieceBytes).arrayBuffer());
    for (const byte of piece) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  }
  return ~crc >>> 0;
};

const pieceBytes = 4 * 1024 * 1024;

const tableOf = (): Int32Array =>
  Int32Array.from({ length: 256 }, (_, start) => {
    let value = start;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb8_8320 : 0);
    return value;
  });
