/** Endings that stand for one and the same container or format. */
const families: readonly ReadonlySet<string>[] = [
  new Set(['jpg', 'jpeg', 'jfif']),
  new Set(['tif', 'tiff']),
  new Set(['mp4', 'mov', 'm4v', 'qt', 'quicktime']),
  new Set(['m4a', 'mp4', 'aac']),
  new Set(['webm', 'mkv']),
  new Set(['mp3', 'mpeg', 'mpga']),
  new Set(['ogg', 'oga', 'opus']),
  new Set(['heic', 'heif']),
];

/** Whether a file of this ending is one of those that a field takes; null: of any. */
export const isAmong = (ext: string, endings: readonly string[] | null): boolean =>
  endings === null ||
  endings.includes(ext) ||
  families.some((family) => family.has(ext) && endings.some((ending) => family.has(ending)));

/** Files of an image, a sound or a film that nobody knows by their bytes are told by their names. */
export const mediaEndings: Readonly<Partial<Record<string, ReadonlySet<string>>>> = {
  image: new Set(
    'png jpg jpeg jfif webp gif bmp tif tiff avif heic heif jxl jp2 tga dds exr hdr psd ico pnm ppm pgm svg'.split(
      ' ',
    ),
  ),
  audio: new Set('wav mp3 flac ogg oga opus m4a aac aiff aif wma mpga amr mp4 webm'.split(' ')),
  video: new Set('mp4 mov m4v qt webm mkv avi mpg mpeg wmv flv ts m2ts mts 3gp ogv gif'.split(' ')),
};

/** Whether a name says that the file is a picture, a sound, a film or an archive. */
export const isMediaEnding = (ext: string): boolean =>
  ext === 'zip' || Object.values(mediaEndings).some((endings) => endings?.has(ext) === true);
