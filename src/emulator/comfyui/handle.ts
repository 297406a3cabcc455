import type { FaultRule, Faults } from '../http/faults.js';
import type { Books, Entry } from './books.js';
import type { ComfyEmulator, ComfyRequest } from './emulator.js';
import type { Storage } from './files.js';
import type { Door } from './options.js';
import type { Context } from './routes/route.js';
import { postPrompt } from './routes/post-prompt.js';
import type { Life } from './run/life.js';

interface Parts {
  readonly books: Books;
  readonly files: Storage;
  readonly faults: Faults;
  readonly life: () => Life | null;
  readonly context: () => Context | null;
  readonly setDoor: (door: Door | null) => void;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Enough for any test; older ones are dropped. */
const mostRequests = 50_000;

/** What tests and the control endpoints hold in their hands. */
export class Handle implements ComfyEmulator {
  url = '';
  readonly died: Promise<void>;
  tellDeath: () => void = () => undefined;
  #requests: ComfyRequest[] = [];

  constructor(private readonly parts: Parts) {
    this.died = new Promise((resolve) => {
      this.tellDeath = resolve;
    });
  }

  get files(): Storage {
    return this.parts.files;
  }

  queued(): readonly Entry[] {
    return this.parts.books.entries;
  }

  timesQueued(id: string): number {
    return this.parts.books.count(id);
  }

  remaining(): number {
    return this.parts.life()?.queue.remaining ?? 0;
  }

  requests(): readonly ComfyRequest[] {
    return this.#requests;
  }

  note(request: ComfyRequest): void {
    if (this.#requests.length >= mostRequests) this.#requests = this.#requests.slice(1_000);
    this.#requests.push(request);
  }

  injected(): Readonly<Record<string, number>> {
    return this.parts.faults.injected;
  }

  setFaults(rules: readonly FaultRule[]): void {
    this.parts.faults.set(rules);
  }

  setDoor(door: Door | null): void {
    this.parts.setDoor(door);
  }

  stop(): Promise<void> {
    return this.parts.stop();
  }

  start(): Promise<void> {
    return this.parts.start();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  addForeignPrompts(count = 1): void {
    const context = this.parts.context();
    if (context === null) return;
    for (let each = 0; each < count; each += 1)
      postPrompt.handle(
        {
          method: 'POST',
          path: '/prompt',
          query: new URLSearchParams(),
          headers: {},
          raw: Buffer.from(foreign(this.queued().length)),
        },
        context,
        [],
      );
  }

  clearHistory(): void {
    this.parts.life()?.queue.history.clear();
  }

  close(): Promise<void> {
    return this.parts.stop();
  }
}

/** What somebody else might draw; another seed each time. */
const foreign = (seed: number): string =>
  JSON.stringify({
    client_id: 'somebody-else',
    prompt: {
      '3': {
        class_type: 'KSampler',
        inputs: {
          seed,
          steps: 20,
          cfg: 8,
          sampler_name: 'euler',
          scheduler: 'normal',
          denoise: 1,
          model: ['4', 0],
          positive: ['6', 0],
          negative: ['6', 0],
          latent_image: ['5', 0],
        },
      },
      '4': {
        class_type: 'CheckpointLoaderSimple',
        inputs: { ckpt_name: 'v1-5-pruned-emaonly.safetensors' },
      },
      '5': { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 1 } },
      '6': { class_type: 'CLIPTextEncode', inputs: { text: 'of somebody else', clip: ['4', 1] } },
      '8': { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['4', 2] } },
      '9': { class_type: 'PreviewImage', inputs: { images: ['8', 0] } },
    },
  });
