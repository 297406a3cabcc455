import { readFileSync } from 'node:fs';
import type { Call } from './argv/call.js';
import { exit } from '../batch/exit.js';
import type { Io } from '../edges/io.js';

/** `rh-batch schema`: the JSON Schema of the manifest, as editors want it. */
export const schema = (_call: Call, io: Io): Promise<number> => {
  io.out.write(
    readFileSync(new URL('../../schemas/manifest.schema.json', import.meta.url), 'utf8'),
  );
  return Promise.resolve(exit.done);
};
