import { createHash } from 'node:crypto';
import { jsonText } from '../../values/json-text.js';
import type { Graph } from '../graph/graph.js';
import { graphText, identityOf, latentOf, linkedFrom, promptOf, upstream } from '../graph/graph.js';
import { encodeGlb } from '../media/glb.js';
import { encodeMp4 } from '../media/mp4.js';
import { paint } from '../media/picture.js';
import type { TextChunk } from '../media/png.js';
import { encodePng } from '../media/png.js';
import { encodeWav } from '../media/wav.js';
import { encodeZip } from '../media/zip.js';
import type { OutputKind, OutputNode } from '../graph/nodes.js';
import type { Task } from './task.js';
import { graphOf } from './task.js';

/** One output file of a task; its bytes are made when it is fetched, the same every time. */
export interface OutputFile {
  readonly node: string;
  readonly kind: OutputKind;
  /** Ending, as `fileType` tells it. */
  readonly type: string;
  readonly name: string;
  bytes(): Buffer;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What the rendering needs to know beside the task. */
export interface Rendering {
  readonly maxPixels: number;
  /** Size of an uploaded picture, where it is known. */
  readonly uploadSize: (task: Task, fileName: string) => Size | null;
}

const endings = {
  image: 'png',
  video: 'mp4',
  audio: 'wav',
  text: 'txt',
  '3d': 'glb',
  zip: 'zip',
} as const;
const fallback: Size = { width: 512, height: 512 };
const fps = 4;

/** All files of a task that ended well, in the graph's order; several per node for a batch. */
export const outputFiles = (task: Task, rendering: Rendering): OutputFile[] => {
  if (task.empty) return [];
  const graph = graphOf(task);
  return task.base.outputs.flatMap((output) => filesOf(task, graph, output, rendering));
};

const filesOf = (
  task: Task,
  graph: Graph,
  { node, kind }: OutputNode,
  rendering: Rendering,
): OutputFile[] => {
  const cone = upstream(graph, node);
  const latent = latentOf(cone);
  const type = endings[kind];
  return Array.from({ length: kind === 'image' ? (latent?.batch ?? 1) : 1 }, (_, index) => ({
    node,
    kind,
    type,
    name: fileName(task, graph, node, index, type),
    bytes: () =>
      render(
        { task, graph, cone, node, kind, index },
        shrunk(sizeFor(task, cone, rendering), rendering),
      ),
  }));
};

const sizeFor = (task: Task, cone: Graph, rendering: Rendering): Size => {
  const latent = latentOf(cone);
  if (latent !== null) return latent;
  for (const { inputs } of cone.values())
    for (const value of inputs.values()) {
      const size = typeof value === 'string' ? rendering.uploadSize(task, value) : null;
      if (size !== null) return size;
    }
  return fallback;
};

const shrunk = ({ width, height }: Size, { maxPixels }: Rendering): Size => {
  const scale = Math.min(1, maxPixels / Math.max(width, height));
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  return { width: side(width), height: side(height) };
};

/**
 * `<prefix>_<counter>_<5 letters>_<unix seconds>.<ext>` (API notes, section 13); equal for two
 * nodes.
 */
const fileName = (task: Task, graph: Graph, node: string, index: number, type: string): string => {
  const letters = [...createHash('sha256').update(task.taskId).digest().subarray(0, 5)]
    .map((byte) => String.fromCharCode(97 + (byte % 26)))
    .join('');
  const seconds = Math.floor((task.endedAt ?? task.createdAt) / 1000);
  const prefix = graph.get(node)?.inputs.get('filename_prefix');
  const base = typeof prefix === 'string' && prefix !== '' ? prefix : 'ComfyUI';
  // A prefix may name a folder; what is no file name is left out.
  const safe = (base.split(/[/\\]/).at(-1) ?? '').replace(/[\u0000-\u001f"<>|?*:%#]/g, '');
  return `${safe || 'ComfyUI'}_${String(index + 1).padStart(5, '0')}_${letters}_${seconds}.${type}`;
};

interface Order {
  readonly task: Task;
  readonly graph: Graph;
  readonly cone: Graph;
  readonly node: string;
  readonly kind: OutputKind;
  readonly index: number;
}

const render = ({ task, graph, cone, node, kind, index }: Order, size: Size): Buffer => {
  const prompt = promptOf(cone);
  const identity = `${identityOf(cone)} ${index}`;
  switch (kind) {
    case 'image': {
      const texts: TextChunk[] = [['nodeInfoList', jsonText(task.nodeInfoList)]];
      if (task.addMetadata) texts.push(['prompt', graphText(graph)]);
      return encodePng(paint(size.width, size.height, prompt, identity), texts);
    }
    case 'video': {
      const side = videoSize(size);
      const frame = (_: unknown, at: number) =>
        paint(side.width, side.height, prompt, identity, at / (2 * fps));
      return encodeMp4(Array.from({ length: 2 * fps }, frame), fps);
    }
    case 'audio':
      return encodeWav(numberOf(identity));
    case '3d':
      return encodeGlb(numberOf(identity));
    case 'zip': {
      const pictures = Array.from({ length: latentOf(cone)?.batch ?? 1 }, (_, at) =>
        encodePng(paint(size.width, size.height, prompt, `${identityOf(cone)} ${at}`)),
      );
      return encodeZip(
        pictures.map((bytes, at) => [`${String(at + 1).padStart(5, '0')}.png`, bytes]),
      );
    }
    case 'text':
      return Buffer.from(textOf(graph, cone, node));
  }
};

const numberOf = (text: string): number =>
  createHash('sha256').update(text).digest().readUInt32BE();

/** Multiples of 16, the longer side 160: samples are stored plainly. */
const videoSize = ({ width, height }: Size): Size => {
  const side = (length: number): number =>
    Math.max(32, Math.round(((length / Math.max(width, height)) * 160) / 16) * 16);
  return { width: side(width), height: side(height) };
};

/** The text that is saved, where it is literal; else words about it. */
const textOf = (graph: Graph, cone: Graph, node: string): string => {
  const literal = [...(graph.get(node)?.inputs ?? [])].find(
    ([name, value]) =>
      name !== 'filename_prefix' && typeof value === 'string' && linkedFrom(value) === null,
  )?.[1];
  return typeof literal === 'string' && literal.length > 0
    ? literal
    : `An emulated answer to: ${promptOf(cone)}\n`;
};

/** The texts of a task's text outputs, for answers that carry them. */
export const textOfFile = (file: OutputFile): string | null =>
  file.kind === 'text' ? file.bytes().toString('utf8') : null;
