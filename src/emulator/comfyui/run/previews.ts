import { resized } from '../media/pixels.js';
import { encodePng } from '../media/png.js';
import { encodeJpeg } from '../media/jpeg.js';
import { dumps } from '../python/dumps.js';
import type { Py } from '../python/value.js';
import { dict } from '../python/value.js';
import type { Hub } from '../sockets/hub.js';
import type { Preview } from './work.js';

/** A picture on the way, with or without what it is about (ComfyUI notes, section 9). */
export const sendPreview = (
  hub: Hub,
  { type, frame, most }: Preview,
  to: Py,
  about: { readonly node: string; readonly prompt: string } | null,
): void => {
  const scale = most === null ? 1 : most / Math.max(frame.width, frame.height);
  const fitted =
    scale < 1
      ? resized(frame, Math.round(frame.width * scale), Math.round(frame.height * scale))
      : frame;
  const image = type === 'PNG' ? encodePng(fitted.pixels()) : encodeJpeg(fitted.pixels());
  const head = Buffer.alloc(4);
  if (about === null) {
    head.writeUInt32BE(type === 'PNG' ? 2 : 1);
    hub.sendBinary(1, Buffer.concat([head, image]), to);
    return;
  }
  const { node, prompt } = about;
  const told = Buffer.from(
    dumps(
      dict({
        node_id: node,
        prompt_id: prompt,
        display_node_id: node,
        parent_node_id: null,
        real_node_id: node,
        image_type: type === 'PNG' ? 'image/png' : 'image/jpeg',
      }),
    ),
  );
  head.writeUInt32BE(told.length);
  hub.sendBinary(4, Buffer.concat([head, told, image]), to);
};
