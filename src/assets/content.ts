import type { AssetKind } from './asset.js';

/** What a file turns out to be that no loader of pictures, sounds or films can read. */
export interface Content {
  /** With its article: `a web page (HTML)`. */
  readonly is: string;
  /** A plain text is doubtful only: some format that nobody here knows may begin with letters. */
  readonly sure: boolean;
  /** How to come to the file that was meant. */
  readonly hint: string;
}

const again = 'save or download the file again, and look at it before';

/** By the beginning of its text, first match. */
const texts: readonly (readonly [RegExp, Content])[] = [
  [
    /^version https:\/\/git-lfs\.github\.com\//,
    {
      is: 'a pointer of Git LFS and not the file itself',
      sure: true,
      hint: 'git lfs pull brings the file that it stands for',
    },
  ],
  [
    /^(?:<\?xml[^>]*>\s*|<!--[^]*?-->\s*|<!doctype svg[^>]*>\s*)*<svg[\s>]/i,
    { is: 'an SVG drawing', sure: false, hint: 'export it as PNG: loaders read no drawings' },
  ],
  [
    /^(?:<\?xml[^>]*>\s*|<!--[^]*?-->\s*)*<(?:!doctype html|html|head|body|title|meta|script)[\s>]/i,
    {
      is: 'a web page (HTML)',
      sure: true,
      hint: 'save the file itself: this is the page around it, or one of an error or a login',
    },
  ],
  [/^<\?xml[\s?]/i, { is: 'an XML text, such as an error of a store', sure: true, hint: again }],
  [
    /^(?:\{\s*(?:"|\}\s*$)|\[\s*(?:[[{"\d-]|\]\s*$))/,
    { is: 'a JSON text, such as an error of a service', sure: true, hint: again },
  ],
  [
    /^data:[a-z]+\/[\w.+-]+;base64,/i,
    { is: 'a text in Base64 (data:)', sure: true, hint: 'decode it, and save the bytes' },
  ],
  [
    /^%PDF-/,
    { is: 'a PDF document', sure: true, hint: 'export its pages as PNG or JPEG, and name those' },
  ],
  [
    /^(?:#!|@echo off)/i,
    { is: 'a script', sure: true, hint: 'name the file that was meant in place of it' },
  ],
];

const magic = (
  bytes: readonly number[],
  is: string,
  hint: string,
): [readonly number[], Content] => [bytes, { is, sure: true, hint }];

const unpack = 'unpack it, and name what is in it; a field that takes an archive takes .zip';

/** Formats that are told by their first bytes, and are none that loaders read. */
const binaries: readonly (readonly [readonly number[], Content])[] = [
  magic([0x1f, 0x8b], 'a gzip archive', unpack),
  magic([0x52, 0x61, 0x72, 0x21, 0x1a, 0x07], 'a RAR archive', unpack),
  magic([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], 'a 7z archive', unpack),
  magic([0xd0, 0xcf, 0x11, 0xe0], 'a document of Microsoft Office', 'export the picture from it'),
  magic([0x00, 0x05, 0x16, 0x07], 'a note of macOS (AppleDouble)', 'name the file without "._"'),
  magic([0x50, 0x4b, 0x05, 0x06], 'an empty ZIP archive', 'put the files into it that are meant'),
];

const zeros: Content = { is: 'nothing but zero bytes', sure: true, hint: again };
const plain: Content = { is: 'a plain text', sure: false, hint: again };

/** By its first bytes; null: nothing is known against it. */
export const contentOf = (head: Uint8Array, { medium }: AssetKind): Content | null => {
  if (medium !== 'other' || head.length === 0) return null;
  if (head.length >= 8 && head.every((byte) => byte === 0)) return zeros;
  for (const [bytes, content] of binaries)
    if (bytes.every((byte, at) => head[at] === byte)) return content;
  const text = textOf(head);
  if (text === null) return head[0] === 0x25 ? matching(latin(head)) : null;
  return pictures.test(text) ? null : (matching(text.trimStart()) ?? plain);
};

/** Formats of pictures that begin with a text, or are one: PNM, XPM, XBM, Radiance. */
const pictures = /^(?:P[1-7F]\s|\/\* XPM|#define |#\?R)/;

const matching = (text: string): Content | null =>
  texts.find(([start]) => start.test(text))?.[1] ?? null;

const latin = (head: Uint8Array): string => new TextDecoder('latin1').decode(head);

/** The text that a file begins with; null: its bytes are none. */
const textOf = (head: Uint8Array): string | null => {
  const [first, second] = head;
  const wide = first === 0xff && second === 0xfe ? 'utf-16le' : null;
  const encoding = first === 0xfe && second === 0xff ? 'utf-16be' : wide;
  try {
    // The last character may be cut off.
    const text = new TextDecoder(encoding ?? 'utf-8', { fatal: true }).decode(head, {
      stream: true,
    });
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/.test(text) ? null : text;
  } catch {
    return null;
  }
};
