import { error } from '../diagnostics/diagnostic.js';
import { LineIndex, wholeFile } from '../diagnostics/lines.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Json } from '../values/json.js';
import type { JsonPath } from '../values/json-text.js';
import { locateJson, parseJson } from '../values/json-text.js';
import type { Place } from '../values/place.js';

export interface SourceRead {
  readonly value: Json;
  readonly source: Source;
}

/** A JSON file that a target's fields come from; null, with a diagnostic, where it is none. */
export const readSource = (
  file: string,
  content: string | Uint8Array,
  hint: string,
  problems: Problems,
): SourceRead | null => {
  const text = decode(file, content, hint, problems);
  if (text === null) return null;
  const read = parseJson(text);
  if (read.ok) return { value: read.value, source: new Source(file, text) };
  const at = new LineIndex(file, text).place(read.offset, 1);
  problems.add(
    error('E0202', at, `not valid JSON: ${read.message}`, {
      hint: pythonHint(text, read.offset) ?? hint,
    }),
  );
  return null;
};

/** Of a number that only Python writes, as in `"is_changed": NaN`: another export has it again. */
const pythonHint = (text: string, offset: number): string | null => {
  const word = /^-?(?:NaN|Infinity)\b/.exec(text.slice(offset, offset + 10))?.[0];
  if (word === undefined) return null;
  const key = /"([^"\\]*)"\s*:\s*\[?\s*$/.exec(text.slice(0, offset))?.[1];
  const what = key === 'is_changed' ? `delete every "is_changed"` : 'write a number in its place';
  return `${what}: ComfyUI has written ${word}, which is no JSON, and does so again in another export`;
};

const decode = (
  file: string,
  content: string | Uint8Array,
  hint: string,
  problems: Problems,
): string | null => {
  let text: string | null = null;
  try {
    text =
      typeof content === 'string'
        ? content
        : new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    text = null;
  }
  if (text === null || text.includes('\0')) {
    problems.add(error('E0201', wholeFile(file), 'not a text file in UTF-8', { hint }));
    return null;
  }
  if (text.trim() === '') {
    problems.add(error('E0201', wholeFile(file), 'the file is empty', { hint }));
    return null;
  }
  return text;
};

/** Where things stand in the file, found only when a diagnostic needs it. */
export class Source {
  #lines: LineIndex | null = null;

  constructor(
    readonly file: string,
    private readonly text: string,
    private readonly prefix: JsonPath = [],
    /** Set when the graph stood in a JSON text inside the file: then only that text has a place. */
    private readonly fixed: Place | null = null,
  ) {}

  below(prefix: JsonPath): Source {
    return new Source(this.file, this.text, [...this.prefix, ...prefix], this.fixed);
  }

  inside(text: string, at: Place): Source {
    return new Source(this.file, text, [], at);
  }

  at(id: string, field?: string): Place {
    const path = field === undefined ? [id] : [id, 'inputs', field];
    return this.place(path, field === undefined ? 'key' : 'value');
  }

  place(path: JsonPath, what: 'key' | 'value'): Place {
    if (this.fixed !== null) return this.fixed;
    const span = locateJson(this.text, [...this.prefix, ...path], what);
    if (span === null) return wholeFile(this.file);
    this.#lines ??= new LineIndex(this.file, this.text);
    return this.#lines.place(span.offset, span.length);
  }
}
