import type { Code } from '../../diagnostics/codes.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { warning } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import { readNumber } from '../../values/decimal.js';
import { JsonNumber } from '../../values/json.js';
import type { Place } from '../../values/place.js';
import { isCalledSeed } from '../../workflow/fields.js';
import type { Field } from '../../workflow/workflow.js';

/** Where a number goes. */
interface Target {
  readonly field: Field;
  readonly address: string;
  readonly at: () => Place | null;
}

interface Doubt {
  readonly code: Code;
  readonly message: string;
  readonly hint: string;
}

/**
 * Numbers that fit their field, but are most likely not what was meant. One word for each field
 * and kind of doubt, however many rows have it.
 */
export class NumberDoubts {
  readonly #found = new Map<string, { readonly first: Diagnostic; count: number }>();

  /** `whole`: the field takes whole numbers only. */
  look(text: string, whole: boolean, { field, address, at }: Target): void {
    // Nearly all numbers are short and plain.
    if (text.length < 11 && !/[-eE]/.test(text)) return;
    const doubt = whole || isWholeNow(field) ? doubtOf(text.trim(), field) : null;
    if (doubt === null) return;
    const place = at();
    const { code, message, hint } =
      doubt.code === 'E0413' && /\.ya?ml$/i.test(place?.file ?? '') ? inManifest(text) : doubt;
    const key = `${code} ${address}`;
    const found = this.#found.get(key);
    if (found === undefined)
      this.#found.set(key, {
        first: warning(code, place, `${address}: ${message}`, { hint }),
        count: 1,
      });
    else found.count += 1;
  }

  tell(problems: Problems): void {
    for (const { first, count } of this.#found.values())
      problems.add(
        count === 1 ? first : { ...first, message: `${first.message} (${count} such values)` },
      );
    this.#found.clear();
  }
}

const isWholeNow = ({ value }: Field): boolean =>
  value instanceof JsonNumber && /^\d+$/.test(value.source);

const doubtOf = (text: string, field: Field): Doubt | null => {
  const digits = readNumber(text)?.whole ?? null;
  if (digits === null) return null;
  return lostDigits(text, digits) ?? outOfSeeds(digits, field) ?? tooLarge(digits);
};

/** The largest whole number that ComfyUI's fields take. */
const largest = 2n ** 64n - 1n;

/** Smaller ones are shown with all their digits, even in a narrow column. */
const leastInExponents = 100_000n;

const lostDigits = (text: string, digits: string): Doubt | null => {
  const size = BigInt(digits.replace('-', ''));
  const kept = String(size).replace(/0+$/, '').length;
  const all = String(size).length;
  if (/e/i.test(text)) {
    const written = text.replace(/e.*$/i, '').replaceAll(/[^\d]/g, '').replace(/^0+/, '').length;
    return size >= leastInExponents && written < all
      ? lost(`"${text}" shows ${written} of the ${all} digits of its number`)
      : null;
  }
  // Numbers of few digits and many zeros are typed, too.
  return kept >= 12 && kept <= 15 && all >= 17
    ? lost(`"${text}" has only zeros after its first ${kept} digits`)
    : null;
};

const lost = (what: string): Doubt => ({
  code: 'E0413',
  message: `${what}: a spreadsheet has rounded it, and different numbers may have become equal`,
  hint: 'give the column the format Text in the spreadsheet, then type or paste the numbers again',
});

/** No spreadsheet had a hand in it. */
const inManifest = (text: string): Doubt => ({
  code: 'E0413',
  message: `"${text}" is sent with 0 for every digit that is not written`,
  hint: 'write the number with all its digits',
});

const outOfSeeds = (digits: string, { name, value, rules }: Field): Doubt | null => {
  const isSeed = isCalledSeed(name);
  const takesBelow = value instanceof JsonNumber && value.source.startsWith('-');
  if (!isSeed || !digits.startsWith('-') || takesBelow || rules !== null) return null;
  return {
    code: 'E0414',
    message: `the seed ${digits} is below 0; ComfyUI takes 0 to ${largest}, and -1 does not mean a random one`,
    hint: '{ asSaved: true } lets the service choose a seed; { random: 3, min: 0, max: 4294967295, seed: 1 } is an axis of 3',
  };
};

const tooLarge = (digits: string): Doubt | null =>
  BigInt(digits) <= largest
    ? null
    : {
        code: 'E0414',
        message: `${digits} is 2^64 or more; ComfyUI takes whole numbers up to ${largest}`,
        hint: 'write a smaller number',
      };
