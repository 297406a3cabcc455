import { crc32 } from 'node:zlib';

/** The files of an archive that stores them as they are; throws where its books do not fit. */
export const unzip = (zip: Buffer): Record<string, Buffer> => {
  const end = zip.lastIndexOf(Buffer.from('504b0506', 'hex'));
  const files: Record<string, Buffer> = {};
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [crc, packed, size] = [16, 20, 24].map((from) => zip.readUInt32LE(at + from));
    const local = zip.readUInt32LE(at + 42);
    const nameBytes = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameBytes);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = zip.subarray(from, from + size!);
    if (packed !== size || crc32(content) !== crc) throw new Error(`${name} is damaged`);
    files[name] = Buffer.from(content);
    at += 46 + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
};
