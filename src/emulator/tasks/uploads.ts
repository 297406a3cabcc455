import { createHash } from 'node:crypto';
import { sizeOf } from '../media/png.js';
import { UploadedBytes } from './uploaded-bytes.js';

export interface Upload {
  readonly fileName: string;
  readonly bytes: number;
  /** Of pictures: outputs without a latent node take it. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** When it was stored last, in ms of service time. */
  readonly at: number;
}

/** Uploaded files of all accounts: their names are what their bytes hash to. */
export class Uploads {
  total = 0;
  repeated = 0;
  bytes = 0;
  readonly #files = new Map<string, Upload>();
  readonly #seen = new Map<string, number>();

  readonly #content: UploadedBytes;

  constructor(
    private readonly lifeMs: number,
    private readonly onStored: (account: string, upload: Upload) => void,
  ) {
    this.#content = new UploadedBytes(lifeMs);
  }

  /** `api/<sha256>.<ext>`; a ZIP by the old upload has neither (API notes, section 4.1). */
  store(
    account: string,
    prefix: 'api' | 'openapi',
    bytes: Uint8Array,
    ext: string,
    now: number,
  ): Upload {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const fileName = ext === 'zip' && prefix === 'api' ? sha256 : `${prefix}/${sha256}.${ext}`;
    this.total += 1;
    this.bytes += bytes.length;
    // The same bytes again, while they are there, are a repetition, whatever ending they came by.
    const before = this.#seen.get(`${account} ${sha256}`);
    if (before !== undefined && now - before < this.lifeMs) this.repeated += 1;
    this.#seen.set(`${account} ${sha256}`, now);
    this.#content.keep(fileName, bytes, now);
    return this.keep(account, { fileName, bytes: bytes.length, size: sizeOf(bytes), at: now });
  }

  /** A Lora, by its own name. */
  keep(account: string, upload: Upload): Upload {
    this.restore(account, upload);
    this.onStored(account, upload);
    return upload;
  }

  restore(account: string, upload: Upload): void {
    this.#files.set(`${account} ${upload.fileName}`, upload);
  }

  find(account: string, fileName: string, now: number): Upload | null {
    const upload = this.#files.get(`${account} ${fileName}`);
    // Of LoRA files no life is documented: they are kept by their md5.
    const lasting = fileName.startsWith('api-lora-');
    return upload !== undefined && (lasting || now - upload.at < this.lifeMs) ? upload : null;
  }

  /** What was uploaded under this name, by whatever account; null where it is gone. */
  content(name: string, now: number): Buffer | null {
    return this.#content.find(name, now);
  }

  /** Everything stored so far is gone. */
  clear(): void {
    this.#content.clear();
    this.#files.clear();
    this.#seen.clear();
  }
}
