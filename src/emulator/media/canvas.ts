export type Rgb = readonly [red: number, green: number, blue: number];

/** 8-bit RGB rows, top to bottom. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** Flat shapes with soft edges; spans are filled at once, so that large pictures stay cheap. */
export class Canvas implements Picture {
  readonly rgb: Uint8Array;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.rgb = new Uint8Array(width * height * 3);
  }

  /** Colour of each row between two, from row `from` to `to`. */
  gradient(top: Rgb, bottom: Rgb, from = 0, to = this.height): void {
    const last = Math.min(this.height, Math.ceil(to));
    for (let y = Math.max(0, Math.floor(from)); y < last; y += 1)
      this.span(y, 0, this.width, mix(top, bottom, (y - from) / Math.max(1, to - from)), 1);
  }

  rectangle(x: number, y: number, width: number, height: number, colour: Rgb): void {
    const last = Math.min(this.height, Math.round(y + height));
    for (let row = Math.max(0, Math.round(y)); row < last; row += 1)
      this.span(row, Math.round(x), Math.round(x + width), colour, 1);
  }

  /** A disc with a soft edge of one pixel; `clip` limits it to a rectangle. */
  disc(x: number, y: number, radius: number, colour: Rgb, alpha = 1, clip?: Clip): void {
    const area = clip ?? { left: 0, top: 0, right: this.width, bottom: this.height };
    const top = Math.max(0, area.top, Math.floor(y - radius));
    const bottom = Math.min(this.height, area.bottom, Math.ceil(y + radius) + 1);
    for (let row = top; row < bottom; row += 1) {
      const half2 = radius * radius - (row + 0.5 - y) ** 2;
      if (half2 <= 0) continue;
      const half = Math.sqrt(half2);
      this.#softSpan(row, Math.max(area.left, x - half), Math.min(area.right, x + half), {
        colour,
        alpha,
      });
    }
  }

  /** Everything below a line, given as the height of its edge at each column. */
  below(edge: (x: number) => number, top: Rgb, bottom: Rgb): void {
    const { rgb, width, height } = this;
    const rows = Array.from({ length: height }, (_, y) => mix(top, bottom, y / height));
    for (let x = 0; x < width; x += 1) {
      const at = edge(x);
      const first = Math.max(0, Math.floor(at));
      for (let y = first; y < height; y += 1) {
        const colour = rows[y] ?? top;
        const cover = y === first ? 1 - (at - first) : 1;
        const to = (y * width + x) * 3;
        if (cover >= 1) {
          rgb[to] = colour[0];
          rgb[to + 1] = colour[1];
          rgb[to + 2] = colour[2];
        } else this.#blend(to, colour, Math.max(0, cover));
      }
    }
  }

  /** Columns `from` to `to` of one row. */
  span(y: number, from: number, to: number, colour: Rgb, alpha: number): void {
    if (y < 0 || y >= this.height) return;
    const first = Math.max(0, from);
    const last = Math.min(this.width, to);
    if (first >= last) return;
    const start = (y * this.width + first) * 3;
    const end = (y * this.width + last) * 3;
    if (alpha < 1) {
      for (let at = start; at < end; at += 3) this.#blend(at, colour, alpha);
      return;
    }
    this.rgb[start] = colour[0];
    this.rgb[start + 1] = colour[1];
    this.rgb[start + 2] = colour[2];
    // Doubles what is there until the row is full.
    for (let filled = 3; filled < end - start; filled *= 2)
      this.rgb.copyWithin(start + filled, start, Math.min(start + filled, end - filled));
  }

  #softSpan(
    y: number,
    from: number,
    to: number,
    { colour, alpha }: { colour: Rgb; alpha: number },
  ): void {
    const first = Math.ceil(from);
    const last = Math.floor(to);
    this.span(y, first, last, colour, alpha);
    if (first > from) this.span(y, first - 1, first, colour, alpha * (first - from));
    if (to > last && last >= first) this.span(y, last, last + 1, colour, alpha * (to - last));
  }

  #blend(at: number, colour: Rgb, alpha: number): void {
    for (let channel = 0; channel < 3; channel += 1) {
      const base = this.rgb[at + channel] ?? 0;
      this.rgb[at + channel] = Math.round(base + ((colour[channel] ?? 0) - base) * alpha);
    }
  }
}

export interface Clip {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const mix = (a: Rgb, b: Rgb, share: number): Rgb => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

/** Hue (turns, any number), saturation and lightness in 0…1. */
export const colour = (hue: number, saturation: number, lightness: number): Rgb => {
  const a = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): number => {
    const k = (n + (((hue % 1) + 1) % 1) * 12) % 12;
    return 255 * (lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
};
