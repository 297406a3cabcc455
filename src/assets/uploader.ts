import pLimit from 'p-limit';
import type { Clock } from '../edges/clock.js';
import type { Files } from '../edges/files/files.js';
import { backoffMs } from '../edges/backoff.js';
import type { Random } from '../edges/random.js';
import type { Asset } from './asset.js';
import { inspectAsset, md5Of, uploadName } from './inspect.js';
import type { Ledger } from './ledger.js';

/** Why an upload did not happen; the service's fault, or one of the same form made here. */
export interface UploadFault {
  readonly class: 'capacity' | 'transient' | 'task' | 'input' | 'account' | 'unknown';
  readonly code: string;
  readonly message: string;
  readonly retryAfterMs: number | null;
  readonly node: string | null;
  readonly field: string | null;
  readonly traceback: string | null;
}

/** The piece of the service that uploads need. */
interface UploadService {
  upload(
    file: {
      readonly path: string;
      readonly name: string;
      readonly bytes: number;
      readonly mediaType: string;
    },
    signal?: AbortSignal,
  ): Promise<
    | { readonly is: 'stored'; readonly fileName: string }
    | { readonly is: 'failed'; readonly fault: UploadFault }
  >;
}

/** The piece of the service that LoRA uploads need. */
interface LoraUploads {
  uploadLora(
    file: {
      readonly path: string;
      readonly name: string;
      readonly bytes: number;
      readonly md5: string;
    },
    signal?: AbortSignal,
  ): Promise<
    | { readonly is: 'stored'; readonly fileName: string; readonly sent: boolean }
    | { readonly is: 'failed'; readonly fault: UploadFault }
  >;
}

type Stored =
  | { readonly is: 'stored'; readonly fileName: string; readonly sent: boolean }
  | { readonly is: 'failed'; readonly fault: UploadFault };

export type Ensured =
  /** `reused`: by the ledger's word alone, which may be stale. */
  | { readonly ok: true; readonly fileName: string; readonly reused: boolean }
  | { readonly ok: false; readonly error: UploadFault };

export interface UploaderEdges {
  readonly service: UploadService;
  readonly loras: LoraUploads;
  /** What the service is told a LoRA is called; default: its content, as of every file. */
  readonly loraName?: (asset: Asset) => string | null;
  readonly ledger: Ledger;
  readonly files: Pick<Files, 'facts' | 'stream'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly show: (event: UploadEvent) => void;
}

type UploadEvent =
  | {
      readonly type: 'uploading';
      readonly sha256: string;
      readonly path: string;
      readonly bytes: number;
    }
  | {
      readonly type: 'uploaded';
      readonly sha256: string;
      readonly path: string;
      readonly reused: boolean;
    };

const uploadsAtOnce = 3;
const tries = 6;
const pause = { firstMs: 1_000, maxMs: 30_000 };

/** Puts assets on the service: each content once, however many runs ask for it. */
export class Uploader {
  readonly #asked = new Map<string, Promise<Ensured>>();
  readonly #limit = pLimit(uploadsAtOnce);
  /** Uploaded by this apply: not stale, whatever runs from before say. */
  readonly #fresh = new Set<string>();
  uploads = 0;
  uploadedBytes = 0;

  constructor(private readonly edges: UploaderEdges) {}

  ensure(asset: Asset, signal?: AbortSignal): Promise<Ensured> {
    const asked = this.#asked.get(asset.sha256);
    if (asked !== undefined) return asked;
    const work = this.#ensure(asset, signal);
    this.#asked.set(asset.sha256, work);
    return work;
  }

  /** The service no longer knows it: the next `ensure` uploads again. */
  forget(sha256: string): void {
    // Another run that failed for the same reason was first: it is up again, or on its way.
    if (this.#fresh.has(sha256)) return;
    this.#fresh.add(sha256);
    this.#asked.delete(sha256);
    this.edges.ledger.forget(sha256);
  }

  async #ensure(asset: Asset, signal: AbortSignal | undefined): Promise<Ensured> {
    const { sha256, shown: path } = asset;
    const known = this.edges.ledger.find(sha256);
    if (known !== null) {
      this.edges.show({ type: 'uploaded', sha256, path, reused: true });
      return { ok: true, fileName: known, reused: true };
    }
    return this.#limit(() => this.#upload(asset, signal));
  }

  async #upload(asset: Asset, signal: AbortSignal | undefined): Promise<Ensured> {
    const { ledger, clock, show } = this.edges;
    const { sha256, shown, bytes } = asset;
    show({ type: 'uploading', sha256, path: shown, bytes });
    let last = localFault('aborted', `The upload of ${shown} was broken off`);
    for (let attempt = 1; attempt <= tries && signal?.aborted !== true; attempt += 1) {
      const changed = await this.#changed(asset);
      if (changed !== null) return { ok: false, error: changed };
      const answer =
        asset.goesTo === 'loras'
          ? await this.#putLora(asset, signal)
          : await this.#putFile(asset, signal);
      if (answer.is === 'stored') {
        const { fileName, sent } = answer;
        this.uploads += sent ? 1 : 0;
        this.#fresh.add(sha256);
        this.uploadedBytes += sent ? bytes : 0;
        await ledger.record(sha256, fileName, asset.goesTo === 'loras');
        show({ type: 'uploaded', sha256, path: shown, reused: !sent });
        return { ok: true, fileName, reused: false };
      }
      last = answer.fault;
      if (!curable(last)) break;
      if (attempt < tries) await clock.sleep(this.#pause(attempt, last), signal);
    }
    return { ok: false, error: { ...last, message: `${shown}: ${last.message}` } };
  }

  async #putFile(asset: Asset, signal: AbortSignal | undefined): Promise<Stored> {
    const { path, bytes, kind } = asset;
    const file = { path, name: uploadName(asset), bytes, mediaType: kind.mediaType };
    const answer = await this.edges.service.upload(file, signal);
    if (answer.is === 'failed') return answer;
    // It may have been written while it was sent: only what was hashed may be remembered and used.
    const changed = await this.#changed(asset);
    return changed === null ? { ...answer, sent: true } : { is: 'failed', fault: changed };
  }

  /** By its md5: what the service has already is not sent. */
  async #putLora(asset: Asset, signal: AbortSignal | undefined): Promise<Stored> {
    const { path, bytes, shown } = asset;
    const md5 = await md5Of(path, this.edges.files);
    if (md5 === null)
      return { is: 'failed', fault: localFault('unreadable-file', `${shown} cannot be read`) };
    const name = this.edges.loraName?.(asset) ?? asset.sha256.slice(0, 12);
    const answer = await this.edges.loras.uploadLora({ path, name, bytes, md5 }, signal);
    if (answer.is === 'failed') return answer;
    // Gigabytes take their time: under this md5 only these bytes may be remembered.
    const changed = await this.#changed(asset);
    return changed === null ? answer : { is: 'failed', fault: changed };
  }

  /** What the plan hashed is what must be uploaded. */
  async #changed(asset: Asset): Promise<UploadFault | null> {
    const facts = await this.edges.files.facts(asset.path);
    if (facts.ok && facts.value.bytes === asset.bytes && facts.value.mtimeMs === asset.mtimeMs)
      return null;
    // Its size was judged when it was planned.
    const { path, shown, goesTo } = asset;
    const again = await inspectAsset(path, shown, this.edges.files, goesTo, Infinity);
    if (again.ok && again.asset.sha256 === asset.sha256) return null;
    return localFault(
      'asset-changed',
      `${asset.shown} changed while rh-batch was running; apply again to plan with what it is now`,
    );
  }

  #pause(attempt: number, fault: UploadFault): number {
    return backoffMs(pause, attempt, this.edges.random, fault.retryAfterMs);
  }
}

const curable = ({ class: kind }: UploadFault): boolean =>
  kind === 'transient' || kind === 'capacity' || kind === 'unknown';

const localFault = (code: string, message: string): UploadFault => ({
  class: 'input',
  code,
  message,
  retryAfterMs: null,
  node: null,
  field: null,
  traceback: null,
});
