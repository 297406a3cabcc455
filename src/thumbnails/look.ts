/**
 * How a picture looks, in 22 hex digits: a difference hash of 64 bits, which tells shapes, and its
 * mean colour. Equal looks mean pictures that a person would hardly tell apart.
 */
export const lookForm = '[0-9a-f]{22}';

/** What a look is made of: a picture of 9 × 8 greys, and one point of red, green and blue. */
export const greySize = { width: 9, height: 8 };

/** null: the bytes are not those of such pictures. */
export const lookOf = (greys: Uint8Array, mean: Uint8Array): string | null => {
  const { width, height } = greySize;
  const points = width * height;
  // A grey may be told three times, as red, green and blue.
  const step = greys.length / points;
  if (!Number.isInteger(step) || step < 1 || mean.length < 3) return null;
  let hash = '';
  for (let row = 0; row < height; row += 1) {
    let byte = 0;
    for (let column = 0; column < width - 1; column += 1) {
      const at = (row * width + column) * step;
      byte = byte * 2 + Number((greys[at] ?? 0) < (greys[at + step] ?? 0));
    }
    hash += hex(byte);
  }
  return hash + [...mean.subarray(0, 3)].map(hex).join('');
};

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

/** Shapes tell more than colours. */
const shareOfShapes = 0.75;

/** From 0, the same, to 1. */
export const lookDistance = (a: string, b: string): number => {
  let [bits, squares] = [0, 0];
  for (let at = 0; at < 22; at += 2) {
    const [one, other] = [a, b].map((look) => Number.parseInt(look.slice(at, at + 2), 16));
    if (one === undefined || other === undefined) continue;
    if (at < 16) bits += onesIn(one ^ other);
    else squares += (one - other) ** 2;
  }
  const colours = Math.sqrt(squares / 3) / 255;
  return shareOfShapes * (bits / 64) + (1 - shareOfShapes) * colours;
};

const onesIn = (byte: number): number => byte.toString(2).replaceAll('0', '').length;
