import { centralHead, localHead, mostInZip, zipEnd } from '../../../edges/files/zip-format.js';

/** A file of an archive. */
export interface Packed {
  /** With `/` between its folders. */
  readonly name: string;
  readonly content: Blob;
}

/**
 * An archive of files as they are: pictures and films are packed already. The contents are not
 * copied; only their checksums are computed. A text is why there can be none.
 */
export const zipOf = async (files: readonly Packed[]): Promise<Blob | string> => {
  if (files.length > mostInZip.entries)
    return `a zip file holds ${mostInZip.entries} files at most`;
  const parts: BlobPart[] = [];
  const directory: BlobPart[] = [];
  let at = 0;
  for (const { name, content } of files) {
    const facts = {
      name: new TextEncoder().encode(name),
      bytes: content.size,
      crc: await checksumOf(content),
      at,
      ...unknownTime,
    };
    const head = localHead(facts);
    parts.push(head, content);
    directory.push(centralHead(facts));
    at += head.length + content.size;
    if (at > mostInZip.bytes) return 'a zip file holds 4 GB at most';
  }
  const listed = new Blob(directory);
  const end = zipEnd(files.length, listed.size, at);
  return new Blob([...parts, listed, end], { type: 'application/zip' });
};

/** That of the file is not known to the page: 1980-01-01. */
const unknownTime = { date: 0x21, time: 0 };

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
