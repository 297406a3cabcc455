import { Agent, FormData, request } from 'undici';
import { afterEach } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.js';
import type { EmulatorOptions } from '../../src/emulator/options.js';
import { startEmulator } from '../../src/emulator/server.js';

export const key = '0123456789abcdef0123456789abcdef';
export const workflowId = '1980237776367083521';

/** Text to image, as ComfyUI exports it; 2^64−1 as seed. */
export const textToImage = `{
  "3": {"inputs": {"seed": 18446744073709551615, "steps": 20, "cfg": 8, "denoise": 1,
    "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]},
    "class_type": "KSampler", "_meta": {"title": "KSampler"}},
  "4": {"inputs": {"ckpt_name": "a.safetensors"}, "class_type": "CheckpointLoaderSimple"},
  "5": {"inputs": {"width": 96, "height": 64, "batch_size": 1}, "class_type": "EmptyLatentImage"},
  "6": {"inputs": {"text": "a red fox", "clip": ["4", 1]}, "class_type": "CLIPTextEncode"},
  "7": {"inputs": {"text": "blurry", "clip": ["4", 1]}, "class_type": "CLIPTextEncode"},
  "8": {"inputs": {"samples": ["3", 0], "vae": ["4", 2]}, "class_type": "VAEDecode"},
  "9": {"inputs": {"filename_prefix": "ComfyUI", "images": ["8", 0]}, "class_type": "SaveImage"}
}`;

export const imageToImage = `{
  "1": {"inputs": {"image": "example.png"}, "class_type": "LoadImage"},
  "2": {"inputs": {"text": "in oil"}, "class_type": "CLIPTextEncode"},
  "9": {"inputs": {"filename_prefix": "edit", "images": ["1", 0], "words": ["2", 0]}, "class_type": "SaveImage"}
}`;

/** Members of every answer that tests look at; those that an answer does not have are undefined. */
export interface Body {
  readonly code: number;
  readonly msg: string;
  readonly error: string;
  readonly taskId: string;
  readonly status: string;
  readonly errorCode: string;
  readonly results: readonly [Item, ...Item[]];
  readonly tasks: Readonly<Record<string, number>>;
  readonly data: readonly [Item, ...Item[]] & {
    readonly taskId: string;
    readonly netWssUrl: string;
    readonly clientId: string;
    readonly promptTips: string;
    readonly prompt: string;
    readonly fileName: string;
    readonly url?: string;
    readonly id: string;
    readonly callbackStatus: string;
    readonly retryCount: number;
    readonly failedReason: { readonly traceback: string };
    readonly nodeInfoList: readonly unknown[];
  };
}

/** One output file, of the old answer or of V2. */
export interface Item {
  readonly fileUrl: string;
  readonly fileType: string;
  readonly nodeId: string;
  readonly consumeCoins: string;
  readonly taskCostTime: string;
  readonly url: string;
  readonly outputType: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** Null where the body is no JSON. */
  readonly json: Body;
  readonly bytes: Buffer;
  readonly headers: Record<string, string | string[] | undefined>;
}

type Fields = readonly (readonly [node: string, field: string, value: unknown])[];

type Method = 'GET' | 'POST' | 'PUT' | 'HEAD' | 'OPTIONS';

/** An emulator whose clock stands still unless a test puts it forward, and a plain client for it. */
export interface Bench {
  readonly emulator: Emulator;
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Answer>;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  readonly send: (
    method: Method,
    path: string,
    body?: Buffer,
    headers?: Record<string, string>,
  ) => Promise<Answer>;
  readonly upload: (bytes: Buffer, name: string, parts?: Record<string, string>) => Promise<Answer>;
  readonly create: (fields?: Fields, more?: object) => Promise<Answer>;
  /** Of a create that must succeed. */
  readonly taskId: (fields?: Fields, more?: object) => Promise<string>;
  readonly outputs: (taskId: string) => Promise<Answer>;
  readonly bearer: (path: string, body: unknown) => Promise<Answer>;
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

export const onEnd = (close: () => Promise<void>): void => {
  open.push(close);
};

export const bench = async (options: Partial<EmulatorOptions> = {}): Promise<Bench> => {
  const emulator = await startEmulator({
    speed: 0,
    runTime: { kind: 'constant', ms: 30_000 },
    workflows: new Map([
      [workflowId, textToImage],
      ['77', imageToImage],
    ]),
    ...options,
  });
  const dispatcher = new Agent();
  onEnd(async () => {
    await emulator.close();
    await dispatcher.destroy();
  });
  const call = async (
    method: Method,
    path: string,
    body?: string | Buffer | FormData,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const url = path.startsWith('http') ? path : emulator.url + path;
    const answer = await request(url, { method, body: body ?? null, headers, dispatcher });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    const text = bytes.toString('utf8');
    return { status: answer.statusCode, text, json: parsed(text), bytes, headers: answer.headers };
  };
  const post: Bench['post'] = (path, body, headers = {}) =>
    call('POST', path, typeof body === 'string' ? body : JSON.stringify(body), {
      'content-type': 'application/json',
      ...headers,
    });
  const create: Bench['create'] = (fields = [], more = {}) =>
    post('/task/openapi/create', {
      apiKey: key,
      workflowId,
      nodeInfoList: fields.map(([nodeId, fieldName, fieldValue]) => ({
        nodeId,
        fieldName,
        fieldValue,
      })),
      ...more,
    });
  return {
    emulator,
    post,
    get: (path, headers) => call('GET', path, undefined, headers),
    send: (method, path, body, headers) => call(method, path, body, headers),
    upload: (bytes, name, parts = { apiKey: key, fileType: 'input' }) => {
      const form = new FormData();
      for (const [part, value] of Object.entries(parts)) form.append(part, value);
      form.append('file', new Blob([new Uint8Array(bytes)]), name);
      return call('POST', '/task/openapi/upload', form);
    },
    create,
    taskId: async (fields, more) => {
      const { json, text } = await create(fields, more);
      if (json.code !== 0) throw new Error(`create answered ${text}`);
      return json.data.taskId;
    },
    outputs: (taskId) => post('/task/openapi/outputs', { apiKey: key, taskId }),
    bearer: (path, body) => post(path, body, { authorization: `Bearer ${key}` }),
  };
};

const parsed = (text: string): Body => {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return JSON.parse('null') as Body;
  }
};
