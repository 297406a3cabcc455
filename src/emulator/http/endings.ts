const byContent: readonly (readonly [string, RegExp])[] = [
  ['png', /^\x89PNG/],
  ['jpg', /^\xff\xd8\xff/],
  ['gif', /^GIF8/],
  ['webp', /^RIFF....WEBP/s],
  ['wav', /^RIFF....WAVE/s],
  ['avi', /^RIFF....AVI /s],
  ['zip', /^PK\x03\x04/],
  ['mp3', /^(?:ID3|\xff[\xe2-\xfb])/],
  ['flac', /^fLaC/],
  ['mov', /^....ftypqt/s],
  ['mp4', /^....ftyp/s],
  ['mkv', /^\x1aE\xdf\xa3/],
];

/** Ending of the uploaded name, in lower case; by content where it has none. */
export const endingOf = (name: string, bytes: Uint8Array): string => {
  const named = /\.([a-z0-9]{1,11})$/i.exec(name)?.[1]?.toLowerCase();
  if (named !== undefined) return named;
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return byContent.find(([, pattern]) => pattern.test(head))?.[0] ?? 'bin';
};

const types: readonly (readonly [string, RegExp])[] = [
  ['video', /^(?:mp4|mov|avi|mkv|webm)$/],
  ['audio', /^(?:mp3|wav|flac|m4a|ogg)$/],
  ['zip', /^zip$/],
  ['image', /^(?:png|jpe?g|webp|gif|bmp)$/],
];

/** `type` of the V2 upload's answer (API notes, section 4.2). */
export const uploadTypeOf = (ending: string): string =>
  types.find(([, pattern]) => pattern.test(ending))?.[0] ?? 'file';
