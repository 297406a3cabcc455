/** 16-bit mono as FLAC, samples as they are. */
export const encodeFlac = (samples: Int16Array, rate: number): Buffer => {
  const info = Buffer.alloc(38);
  // The only block of metadata, of 34 bytes.
  info.writeUInt32BE(0x8000_0022, 0);
  info.writeUInt16BE(blockSize, 4);
  info.writeUInt16BE(blockSize, 6);
  // Sizes of frames are not told; rate, one channel, 16 bits, and how many samples.
  const packed =
    (BigInt(rate) << 44n) | (0n << 41n) | (15n << 36n) | (BigInt(samples.length) & 0xf_ffff_ffffn);
  info.writeBigUInt64BE(packed, 14);
  const frames: Buffer[] = [];
  for (let from = 0, number = 0; from < samples.length; from += blockSize, number += 1)
    frames.push(frameOf(samples.subarray(from, from + blockSize), number));
  return Buffer.concat([Buffer.from('fLaC'), info, ...frames]);
};

const blockSize = 4096;

const frameOf = (samples: Int16Array, number: number): Buffer => {
  const isWhole = samples.length === blockSize;
  const size = Buffer.alloc(isWhole ? 0 : 2);
  if (!isWhole) size.writeUInt16BE(samples.length - 1);
  const head = Buffer.concat([
    Buffer.from([0xff, 0xf8, isWhole ? 0xc0 : 0x70, 0x08]),
    // The number is written as a character is in UTF-8.
    Buffer.from(String.fromCodePoint(number)),
    size,
  ]);
  const content = Buffer.alloc(1 + samples.length * 2);
  content[0] = 0x02;
  samples.forEach((sample, at) => content.writeInt16BE(sample, 1 + at * 2));
  const whole = Buffer.concat([head, Buffer.from([crc(head, 8, 0x07)]), content]);
  const check = Buffer.alloc(2);
  check.writeUInt16BE(crc(whole, 16, 0x8005));
  return Buffer.concat([whole, check]);
};

const crc = (bytes: Buffer, width: 8 | 16, polynomial: number): number => {
  const top = 1 << (width - 1);
  const mask = (1 << width) - 1;
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit += 1)
      value = ((value & top) !== 0 ? (value << 1) ^ polynomial : value << 1) & mask;
  }
  return value;
};
