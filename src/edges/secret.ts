/** What stands in place of a secret. */
const mask = '[key]';

/**
 * A function that takes every given secret out of a text, also url-encoded, in base64 (at any
 * alignment), JSON-escaped and broken over lines. By known value: nothing is guessed.
 */
export const redactor = (secrets: readonly string[]): ((text: string) => string) => {
  const patterns = secrets.filter((secret) => secret.length >= 4).flatMap(patternsOf);
  if (patterns.length === 0) return (text) => text;
  const all = new RegExp(patterns.join('|'), 'gi');
  return (text) => text.replace(all, mask);
};

const patternsOf = (secret: string): string[] => {
  const forms = new Set([
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    ...base64Forms(secret),
  ]);
  return [...forms].map((form) => Array.from(form, escape).join(between));
};

/** Line breaks, as raw or escaped characters, may stand between any two characters. */
const between = String.raw`(?:\s|\\[rn])*?`;

const escape = (char: string): string => char.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);

/** The middle part that is the same whatever stands around the secret, for the three alignments. */
const base64Forms = (secret: string): string[] =>
  [0, 1, 2].flatMap((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
    const encoded = padded.toString('base64').replace(/=+$/, '');
    const from = Math.ceil((shift * 8) / 6);
    const whole = Math.floor(((shift + Buffer.byteLength(secret)) * 8) / 6);
    const middle = encoded.slice(from, whole);
    if (middle.length < 8) return [];
    return [middle, middle.replaceAll('+', '-').replaceAll('/', '_')];
  });
