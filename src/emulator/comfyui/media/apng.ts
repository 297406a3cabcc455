import { crc32 } from 'node:zlib';
import { ascii, u16, u32 } from '../../media/bytes.js';
import type { Pixels } from '../run/values.js';
import { encodePng, imageData } from './png.js';

/** A PNG whose frames follow one after the other, for ever. */
export const encodeApng = (
  frames: readonly Pixels[],
  fps: number,
  texts: readonly (readonly [keyword: string, content: string])[],
): Buffer => {
  const [first] = frames;
  if (first === undefined) throw new RangeError('a film has a frame');
  const png = encodePng(first, texts);
  // Behind the header (8 and 25 bytes), and in front of the last chunk (12 bytes).
  const start = png.subarray(0, 33);
  const [rest, end] = [png.subarray(33, -12), png.subarray(-12)];
  let sequence = 0;
  const control = ({ width, height }: Pixels): Buffer =>
    chunk(
      'fcTL',
      Buffer.concat([
        ...[u32(sequence++), u32(width), u32(height), u32(0), u32(0)],
        ...[u16(1000), u16(Math.round(fps * 1000)), Buffer.from([0, 0])],
      ]),
    );
  return Buffer.concat([
    start,
    chunk('acTL', Buffer.concat([u32(frames.length), u32(0)])),
    control(first),
    rest,
    ...frames
      .slice(1)
      .flatMap((frame) => [
        control(frame),
        ...imageData(frame.width, frame.height, frame.channels, frame.data).map((content) =>
          chunk('fdAT', Buffer.concat([u32(sequence++), content])),
        ),
      ]),
    end,
  ]);
};

const chunk = (type: string, content: Buffer): Buffer => {
  const body = Buffer.concat([ascii(type), content]);
  return Buffer.concat([u32(content.length), body, u32(crc32(body))]);
};
