import { fault } from './errors.js';
import type { Fault } from './service.js';

const maxLength = 2048;

/**
 * Why what the service calls an upload cannot go into a node's field; null: it can. Names are
 * `api/<sha256>.<ext>` or links (runninghub-api 4), in any script; what no name has are control
 * characters, marks that turn text round, halves of characters, and a path that leads upwards.
 */
export const badUpload = (fileName: string): Fault | null => {
  const why =
    fileName.length > maxLength
      ? `a name of ${fileName.length} characters`
      : /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(fileName)
        ? 'a name with control characters'
        : fileName.trim() === '' || /(?:^|[\\/])\.\.(?:[\\/]|$)/.test(fileName)
          ? 'a name that is none'
          : null;
  return why === null
    ? null
    : fault('transient', 'bad-answer', `The upload was answered with ${why}`);
};
