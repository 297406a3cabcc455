/**
 * A short MP4: one video track of PNG frames (`png ` in a QuickTime-style sample entry).
 * Structure and sizes are right, so that tools read its length and tracks; players that know
 * no PNG track show nothing, which is enough for a stand-in.
 */
export const encodeMp4 = (width: number, height: number, frames: readonly Buffer[]): Buffer => {
  const ftyp = box('ftyp', ascii('isom'), u32(512), ascii('isomiso2mp41'));
  const media = Buffer.concat([...frames]);
  const moovAt = (offset: number): Buffer => moov(width, height, frames, offset);
  // The chunk offset depends on the length of moov, which does not depend on the offset.
  const length = moovAt(0).length;
  return Buffer.concat([ftyp, moovAt(ftyp.length + length + 8), box('mdat', media)]);
};

const timescale = 10;

const moov = (width: number, height: number, frames: readonly Buffer[], offset: number): Buffer => {
  const duration = u32(frames.length);
  const matrix = Buffer.concat([
    u32(0x10000),
    u32(0),
    u32(0),
    u32(0),
    u32(0x10000),
    u32(0),
    u32(0),
    u32(0),
    u32(0x40000000),
  ]);
  const mvhd = full(
    'mvhd',
    0,
    u32(0),
    u32(0),
    u32(timescale),
    duration,
    u32(0x10000),
    u16(0x100),
    zero(10),
    matrix,
    zero(24),
    u32(2),
  );
  const tkhd = full(
    'tkhd',
    7,
    u32(0),
    u32(0),
    u32(1),
    u32(0),
    duration,
    zero(8),
    zero(8),
    matrix,
    u32(width << 16),
    u32(height << 16),
  );
  const mdhd = full('mdhd', 0, u32(0), u32(0), u32(timescale), duration, u32(0x55c40000));
  const hdlr = full('hdlr', 0, u32(0), ascii('vide'), zero(12), ascii('VideoHandler\0'));
  const entry = box(
    'png ',
    zero(6),
    u16(1),
    zero(16),
    u16(width),
    u16(height),
    u32(0x480000),
    u32(0x480000),
    u32(0),
    u16(1),
    zero(32),
    u16(24),
    u16(0xffff),
  );
  const stbl = box(
    'stbl',
    full('stsd', 0, u32(1), entry),
    full('stts', 0, u32(1), u32(frames.length), u32(1)),
    full('stsc', 0, u32(1), u32(1), u32(frames.length), u32(1)),
    full('stsz', 0, u32(0), u32(frames.length), ...frames.map((frame) => u32(frame.length))),
    full('stco', 0, u32(1), u32(offset)),
  );
  const dinf = box('dinf', full('dref', 0, u32(1), full('url ', 1)));
  const minf = box('minf', full('vmhd', 1, zero(8)), dinf, stbl);
  const trak = box('trak', tkhd, box('mdia', mdhd, hdlr, minf));
  return box('moov', mvhd, trak);
};

const box = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat([...parts]);
  return Buffer.concat([u32(body.length + 8), ascii(type), body]);
};

const full = (type: string, flags: number, ...parts: readonly Buffer[]): Buffer =>
  box(type, u32(flags), ...parts);
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const zero = (bytes: number): Buffer => Buffer.alloc(bytes);
const u16 = (value: number): Buffer => {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value & 0xffff);
  return buffer;
};
const u32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value >>> 0);
  return buffer;
};
