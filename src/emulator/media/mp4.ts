import { ascii, u16, u32, zero } from './bytes.js';
import type { Picture } from './canvas.js';
import { encodeH264 } from './h264.js';
import type { Stream } from './h264.js';

/** A playable MP4: one H.264 track, `fps` pictures a second, index in front of the data. */
export const encodeMp4 = (pictures: readonly Picture[], fps: number): Buffer => {
  const { width = 16, height = 16 } = pictures[0] ?? {};
  const stream = encodeH264(pictures);
  const samples = stream.frames.map((frame) => Buffer.concat([u32(frame.length), frame]));
  const sizes = samples.map((sample) => sample.length);
  const ftyp = box('ftyp', ascii('isom'), u32(512), ascii('isomiso2avc1mp41'));
  // The chunk's offset depends on the length of moov, which does not depend on the offset.
  const at = ftyp.length + moov({ width, height, fps, stream, sizes, at: 0 }).length + 8;
  return Buffer.concat([
    ftyp,
    moov({ width, height, fps, stream, sizes, at }),
    box('mdat', ...samples),
  ]);
};

interface Movie {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly stream: Stream;
  readonly sizes: readonly number[];
  /** Where the first sample begins in the file. */
  readonly at: number;
}

/** Identity, as 16.16 and 2.30 fixed point. */
const matrix = Buffer.concat(
  [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000].map((value) => u32(value)),
);

const moov = (movie: Movie): Buffer => {
  const { width, height, fps, sizes } = movie;
  const length = u32(sizes.length);
  const scale = u32(fps);
  const header = [u32(0), u32(0), scale, length];
  return box(
    'moov',
    full('mvhd', 0, ...header, u32(0x10000), u16(0x100), zero(10), matrix, zero(24), u32(2)),
    box(
      'trak',
      full(
        'tkhd',
        3,
        ...[u32(0), u32(0), u32(1), u32(0), length, zero(16), matrix],
        ...[u32(width * 0x10000), u32(height * 0x10000)],
      ),
      box(
        'mdia',
        full('mdhd', 0, ...header, u32(0x55c40000)),
        full('hdlr', 0, u32(0), ascii('vide'), zero(12), ascii('video\0')),
        box(
          'minf',
          full('vmhd', 1, zero(8)),
          box('dinf', full('dref', 0, u32(1), full('url ', 1))),
          sampleTable(movie),
        ),
      ),
    ),
  );
};

const sampleTable = ({ width, height, stream, sizes, at }: Movie): Buffer =>
  box(
    'stbl',
    full('stsd', 0, u32(1), entry(width, height, stream)),
    full('stts', 0, u32(1), u32(sizes.length), u32(1)),
    full('stsc', 0, u32(1), u32(1), u32(sizes.length), u32(1)),
    full('stsz', 0, u32(0), u32(sizes.length), ...sizes.map((size) => u32(size))),
    full('stco', 0, u32(1), u32(at)),
  );

const entry = (width: number, height: number, { sps, pps }: Stream): Buffer =>
  box(
    'avc1',
    ...[zero(6), u16(1), zero(16), u16(width), u16(height), u32(0x480000), u32(0x480000)],
    ...[u32(0), u16(1), zero(32), u16(24), u16(0xffff)],
    box(
      'avcC',
      // Version, profile and level as in the SPS; lengths of 4 bytes; one SPS, one PPS.
      Buffer.from([1, sps[1] ?? 66, sps[2] ?? 0, sps[3] ?? 30, 0xff, 0xe1]),
      ...[u16(sps.length), sps, Buffer.from([1]), u16(pps.length), pps],
    ),
  );

const box = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat([...parts]);
  return Buffer.concat([u32(body.length + 8), ascii(type), body]);
};

/** A box with version 0 and flags. */
const full = (type: string, flags: number, ...parts: readonly Buffer[]): Buffer =>
  box(type, u32(flags), ...parts);
