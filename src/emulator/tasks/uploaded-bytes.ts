/** So much of what was uploaded can be fetched again; the oldest goes first. */
const most = 256 * 1024 * 1024;

/** The bytes of uploads, for those who fetch what they sent. */
export class UploadedBytes {
  readonly #files = new Map<string, { readonly bytes: Buffer; readonly at: number }>();
  #total = 0;

  constructor(private readonly lifeMs: number) {}

  keep(fileName: string, content: Uint8Array, at: number): void {
    this.#drop(fileName);
    if (content.length > most) return;
    const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    this.#files.set(fileName, { bytes, at });
    this.#total += bytes.length;
    for (const [oldest] of this.#files) {
      if (this.#total <= most) return;
      this.#drop(oldest);
    }
  }

  /**
   * By the whole name or by its last part, as `/view` has it; null where there is none any more.
   */
  find(name: string, now: number): Buffer | null {
    const names = name.includes('/') ? [name] : [name, `api/${name}`, `openapi/${name}`];
    for (const candidate of names) {
      const found = this.#files.get(candidate);
      if (found !== undefined && now - found.at < this.lifeMs) return found.bytes;
    }
    return null;
  }

  clear(): void {
    this.#files.clear();
    this.#total = 0;
  }

  #drop(fileName: string): void {
    this.#total -= this.#files.get(fileName)?.bytes.length ?? 0;
    this.#files.delete(fileName);
  }
}
