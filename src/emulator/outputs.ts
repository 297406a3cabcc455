import { createHash } from 'node:crypto';
import { jsonText } from '../values/json-text.js';
import { fingerprint, latentOf, outputNodes } from './graph.js';
import type { OutputNode } from './graph.js';
import { encodeMp4 } from './media/mp4.js';
import { paint } from './media/picture.js';
import type { TextChunk } from './media/png.js';
import { encodePng } from './media/png.js';
import { encodeWav } from './media/wav.js';
import type { Task } from './service.js';

/** One output file of a task; its bytes are made when it is fetched, the same every time. */
export interface OutputFile {
  readonly node: string;
  readonly type: string;
  readonly fileName: string;
  bytes(): Buffer;
}

const types = { image: 'png', video: 'mp4', audio: 'wav', text: 'txt' } as const;

export const outputFiles = (task: Task, maxPixels: number): OutputFile[] => {
  const nodes: readonly OutputNode[] =
    task.graph === null
      ? [{ node: '9', kind: 'image', prefix: 'ComfyUI' }]
      : outputNodes(task.graph);
  const { batch } = task.graph === null ? { batch: 1 } : latentOf(task.graph);
  return nodes.flatMap(({ node, kind, prefix }) =>
    Array.from({ length: kind === 'image' ? batch : 1 }, (_, index) => ({
      node,
      type: types[kind],
      fileName: fileName(task, node, prefix, index, types[kind]),
      bytes: () => render(task, kind, `${node}:${index}`, maxPixels),
    })),
  );
};

/** `<prefix>_<counter>_<5 letters>_<unix seconds>.<ext>` (runninghub-api 13). */
const fileName = (
  task: Task,
  node: string,
  prefix: string,
  index: number,
  type: string,
): string => {
  const letters = [...createHash('sha256').update(`${task.taskId}:${node}`).digest()]
    .slice(0, 5)
    .map((byte) => String.fromCharCode(97 + (byte % 26)))
    .join('');
  const seconds = Math.floor((task.endsAt ?? task.createdAt) / 1000);
  const base = prefix.split('/').at(-1) ?? 'ComfyUI';
  return `${base}_${String(index + 1).padStart(5, '0')}_${letters}_${seconds}.${type}`;
};

const render = (task: Task, kind: OutputNode['kind'], part: string, maxPixels: number): Buffer => {
  const seed = `${task.graph === null ? task.request : fingerprint(task.graph)}:${part}`;
  const size = task.graph === null ? { width: 512, height: 512 } : latentOf(task.graph);
  const scale = Math.min(1, maxPixels / Math.max(size.width, size.height));
  const width = Math.max(1, Math.round(size.width * scale));
  const height = Math.max(1, Math.round(size.height * scale));
  const texts: TextChunk[] = [['nodeInfoList', jsonText(task.nodeInfoList)]];
  switch (kind) {
    case 'image':
      return encodePng(width, height, paint(width, height, seed), texts);
    case 'video': {
      const frames = [0, 1, 2].map((frame) =>
        encodePng(64, 64, paint(64, 64, `${seed}:${frame}`), []),
      );
      return encodeMp4(64, 64, frames);
    }
    case 'audio':
      return encodeWav(createHash('sha256').update(seed).digest()[0] ?? 0);
    case 'text':
      return Buffer.from(`${jsonText(task.nodeInfoList)}\n`);
  }
};
