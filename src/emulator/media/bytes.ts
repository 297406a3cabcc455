/** Small pieces of binary files, big-endian. */
export const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
export const zero = (bytes: number): Buffer => Buffer.alloc(bytes);

export const u16 = (value: number): Buffer => {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value & 0xffff);
  return buffer;
};

export const u32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value >>> 0);
  return buffer;
};

/** Bits, most significant first, as H.264 writes them. */
export class Bits {
  readonly #bytes: number[] = [];
  #pending = 0;
  #count = 0;

  /** `width` bits of a number below 2^31. */
  fixed(value: number, width: number): this {
    for (let bit = width - 1; bit >= 0; bit -= 1) {
      this.#pending = (this.#pending << 1) | ((value >>> bit) & 1);
      this.#count += 1;
      if (this.#count === 8) this.#flush();
    }
    return this;
  }

  /** Exp-Golomb: ue(v). */
  golomb(value: number): this {
    const width = 32 - Math.clz32(value + 1);
    return this.fixed(0, width - 1).fixed(value + 1, width);
  }

  /** Zero bits up to the next byte. */
  align(): this {
    while (this.#count > 0) this.fixed(0, 1);
    return this;
  }

  /** The stop bit, and zeros up to the next byte. */
  stop(): this {
    return this.fixed(1, 1).align();
  }

  /** Whole bytes; only where aligned. */
  raw(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  bytes(): Buffer {
    return Buffer.from(this.#bytes);
  }

  #flush(): void {
    this.#bytes.push(this.#pending);
    this.#pending = 0;
    this.#count = 0;
  }
}
