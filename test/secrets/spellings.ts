import fc from 'fast-check';

/** One character, as it is or escaped in one of the ways that services and pages use. */
const escapes: readonly ((char: string) => string)[] = [
  (char) => char,
  (char) => `%${hexOf(char)}`,
  (char) => `%${hexOf(char).toUpperCase()}`,
  (char) => `%25${hexOf(char)}`,
  (char) => `\\u00${hexOf(char)}`,
  (char) => `\\\\u00${hexOf(char).toUpperCase()}`,
  (char) => `\\x${hexOf(char)}`,
  (char) => `&#${char.charCodeAt(0)};`,
  (char) => `&#x${hexOf(char)};`,
  (char) => `&amp;#${char.charCodeAt(0)};`,
];

const hexOf = (char: string): string => char.charCodeAt(0).toString(16).padStart(2, '0');

const splits = [
  '\u0000',
  '\u001b[31m',
  '\u0085',
  '\u200b',
  '\u200d',
  '\u202e',
  '\ufeff',
  '\n',
  '\t',
  '\\n',
  '\\u200b',
  '%0A',
  '%E2%80%8B',
  '&#8203;',
  '&shy;',
];

/** A secret as somebody might write it who wants it to pass unseen. */
export const spellings = (secret: string): fc.Arbitrary<string> => {
  const base = fc.constantFrom(
    secret,
    secret.toUpperCase(),
    Buffer.from(secret).toString('hex'),
    Buffer.from(secret).toString('hex').toUpperCase(),
    ...['', 'x', 'Bearer '].flatMap((before) => [
      Buffer.from(`${before}${secret}`).toString('base64'),
      Buffer.from(`${before}${secret}:`).toString('base64url'),
    ]),
  );
  const written = fc.oneof(
    fc.constant((text: string) => text),
    fc
      .array(fc.constantFrom(...escapes), { minLength: 1, maxLength: 8 })
      .map(
        (ways) => (text: string) =>
          Array.from(text, (char, at) => ways[at % ways.length]?.(char) ?? char).join(''),
      ),
    fc.tuple(fc.constantFrom(...splits), fc.integer({ min: 1, max: 9 })).map(
      ([split, every]) =>
        (text: string) =>
          inPieces(text, every).join(split),
    ),
  );
  return fc.tuple(base, written).map(([text, write]) => write(text));
};

const inPieces = (text: string, every: number): string[] =>
  Array.from({ length: Math.ceil(text.length / every) }, (_, at) =>
    text.slice(at * every, (at + 1) * every),
  );

/**
 * Whether a text shows the secret. By another way than the program's: everything is decoded
 * over and over, and all that is no letter, digit or sign is dropped.
 */
export const shows = (text: string, secret: string): boolean => {
  const wanted = [
    secret.toLowerCase(),
    Buffer.from(secret).toString('hex'),
    ...[0, 1, 2].map((shift) => {
      const encoded = Buffer.from(`${' '.repeat(shift)}${secret}`).toString('base64url');
      return encoded.slice(
        shift === 0 ? 0 : shift + 1,
        Math.floor(((shift + secret.length) * 4) / 3),
      );
    }),
  ];
  let decoded = text;
  for (let depth = 0; depth < 5; depth += 1) {
    const bare = decoded.replace(/\u001b\[[0-9;]*m/g, '').replace(/[^!-~]/g, '');
    const same = bare.toLowerCase();
    if (wanted.some((form) => same.includes(form.toLowerCase()))) return true;
    decoded = decoded
      .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replace(/\\+u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replace(/\\+x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replace(/\\+[nrt]/g, '')
      .replace(/&#x([0-9a-f]+);?/gi, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
      .replace(/&#(\d+);?/g, (_, digits: string) => String.fromCodePoint(Number(digits)))
      .replace(/&shy;/g, '')
      .replace(/&amp;/g, '&');
  }
  return false;
};
