import type { Json, JsonObject } from '../../values/json.js';
import { isList, isObject, parseJson } from '../../values/json-text.js';

/** A standard model that can be called. */
export interface NamedModel {
  readonly path: string;
  /** Its parameters as RunningHub publishes them; null where nothing is known of the model. */
  readonly parameters: readonly JsonObject[] | null;
  /** The class of node that stands for what it makes. */
  readonly saves: 'SaveImage' | 'SaveVideo' | 'SaveAudio' | 'SaveText' | 'SaveGLB';
}

/** First parts of paths below /openapi/v2 that are no models (API notes, sections 2.6 to 7.3). */
const reserved =
  /^(?:account|aiapp|api|api-key|app|assets|cancel|media|openapi|outputs?|price-preview|query|queue|resource|run|status|tasks?|upload|user|webapp|webhook|workflow)(?:\/|$)/;

/**
 * The model of a path; null where there is none. Where no models are given any path is one that
 * could be: two parts or more, or one with a hyphen, as `kling-elements` (API notes, section 19.1).
 */
export const modelNamed = (raw: string, models: ReadonlyMap<string, string>): NamedModel | null => {
  const path = decoded(raw);
  const described = models.get(path);
  if (described !== undefined) return describedModel(path, described);
  if (models.size > 0 || reserved.test(path) || !/^[\w.[\]-]+(?:\/[\w.[\]-]+)*$/.test(path))
    return null;
  const words = path.split(/[/-]/);
  const isOnePart = !path.includes('/');
  if (isOnePart && (words.length === 1 || words.some((word) => reserved.test(word)))) return null;
  return { path, parameters: null, saves: savesByPath(path) };
};

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

const describedModel = (path: string, text: string): NamedModel => {
  const read = parseJson(text);
  const value = read.ok ? read.value : null;
  const models = isObject(value) ? (value.get('models') ?? [value]) : value;
  const found = (models !== null && isList(models) ? models : []).find(
    (model) => isObject(model) && [path, ''].includes(word(model.get('endpoint'))),
  );
  if (!isObject(found)) return { path, parameters: [], saves: savesByPath(path) };
  const list = found.get('params') ?? found.get('parameters') ?? [];
  return {
    path,
    parameters: (isList(list) ? list : []).filter((one) => isObject(one)),
    saves: savesByType(found.get('output_type') ?? found.get('outputType')) ?? savesByPath(path),
  };
};

/** The kinds that the registry names: image, video, audio, 3d, string. */
const savesByType = (type: Json | undefined): NamedModel['saves'] | null => {
  switch (word(type)) {
    case 'image':
      return 'SaveImage';
    case 'video':
      return 'SaveVideo';
    case 'audio':
      return 'SaveAudio';
    case '3d':
      return 'SaveGLB';
    case 'string':
    case 'text':
      return 'SaveText';
    default:
      return null;
  }
};

const savesByPath = (path: string): NamedModel['saves'] => {
  if (/to-3d/.test(path)) return 'SaveGLB';
  if (/to-text|\/chat$|to-world|upload-|identify|elements/.test(path)) return 'SaveText';
  if (/audio|speech|music|tts|voice/.test(path)) return 'SaveAudio';
  return /video|animate|effects|transition/.test(path) ? 'SaveVideo' : 'SaveImage';
};

const word = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
