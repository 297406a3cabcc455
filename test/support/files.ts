import { createHash } from 'node:crypto';

/** A safetensors file without weights: eight bytes of length, then the JSON header. */
export const safetensors = (note = ''): Buffer => {
  const header = Buffer.from(JSON.stringify({ __metadata__: { note } }));
  const length = Buffer.alloc(8);
  length.writeUInt32LE(header.length);
  return Buffer.concat([length, header]);
};

/** Content enough for an asset. */
export const zip = (note = ''): Buffer => Buffer.from(`PK\u0003\u0004 pictures ${note}`);

export const hex = (bytes: Uint8Array, algorithm: 'md5' | 'sha256' = 'sha256'): string =>
  createHash(algorithm).update(bytes).digest('hex');
