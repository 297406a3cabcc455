import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { greySize, lookOf } from './look.js';

interface Painted {
  readonly webp: Uint8Array;
  readonly look: string;
}

/** Makes a small picture of a file; rejects where the file is none that it can read. */
export type Paint = (path: string) => Promise<Painted>;

/** The little of `sharp` that is used; an optional package, loaded only here. */
interface Pipeline {
  rotate(): Pipeline;
  flatten(): Pipeline;
  greyscale(): Pipeline;
  resize(size: {
    readonly width: number;
    readonly height: number;
    readonly fit: 'inside' | 'fill';
    readonly withoutEnlargement?: boolean;
  }): Pipeline;
  webp(options: { readonly quality: number; readonly effort: number }): Pipeline;
  raw(): Pipeline;
  timeout(options: { readonly seconds: number }): Pipeline;
  toBuffer(): Promise<Uint8Array>;
}
interface Sharp {
  (input: string | Uint8Array, options: object): Pipeline;
  readonly concurrency: (threads: number) => unknown;
  readonly cache: (on: boolean) => unknown;
}

const packageName = 'sharp';

/** Whether the package is there, without loading it. */
export const canPaint = (): boolean => {
  try {
    createRequire(import.meta.url).resolve(packageName);
    return true;
  } catch {
    return false;
  }
};

/** null: the package is not there, or does not run on this machine. */
export const loadPainter = async (): Promise<Paint | null> => {
  try {
    const name: string = packageName;
    const module: unknown = await import(name);
    const found =
      typeof module === 'object' && module !== null && 'default' in module ? module.default : null;
    if (typeof found !== 'function') return null;
    const sharp = found as Sharp;
    // One picture at a time, on one thread: the batch goes first.
    sharp.concurrency(1);
    sharp.cache(false);
    return painterOf(sharp);
  } catch {
    return null;
  }
};

/** As wide as the largest tile. Twice that would be sharper on some screens, at four times the memory. */
const longestSide = 384;

/** Files are of anyone's making: a small one may unpack to a picture that no memory holds. */
const bounds = { limitInputPixels: 120_000_000, failOn: 'error', sequentialRead: true };
const patience = { seconds: 20 };

const painterOf =
  (sharp: Sharp): Paint =>
  async (path) => {
    if (!(await isPicture(path))) throw new Error('it is no PNG, JPEG, WebP, GIF or AVIF');
    const webp = await sharp(path, bounds)
      .rotate()
      .resize({
        width: longestSide,
        height: longestSide,
        fit: 'inside',
        withoutEnlargement: true,
      })
      .webp({ quality: 75, effort: 3 })
      .timeout(patience)
      .toBuffer();
    const small = (): Pipeline => sharp(webp, bounds).flatten();
    const greys = await small()
      .greyscale()
      .resize({ ...greySize, fit: 'fill' })
      .raw()
      .toBuffer();
    const mean = await small().resize({ width: 1, height: 1, fit: 'fill' }).raw().toBuffer();
    const look = lookOf(greys, mean);
    if (look === null) throw new Error('its colours cannot be read');
    return { webp, look };
  };

/** By its first bytes: what draws by commands, such as SVG, is never handed on. */
const isPicture = async (path: string): Promise<boolean> => {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
    const text = buffer.subarray(0, bytesRead).toString('latin1');
    return /^(?:\x89PNG\r\n|\xff\xd8\xff|GIF8|RIFF.{4}WEBP|.{4}ftypavi[fs])/s.test(text);
  } finally {
    await file.close();
  }
};
