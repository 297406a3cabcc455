import type { Json, JsonObject } from '../../values/json.js';
import { toPlain } from '../../values/json-plain.js';
import { map, number } from '../http/answers.js';
import type { RecordedRequest } from '../emulator.js';
import type { Form } from '../http/multipart.js';
import type { Received } from '../http/request.js';

const most = 20_000;

interface Kept {
  readonly at: number;
  readonly method: string;
  readonly endpoint: string;
  readonly path: string;
  readonly body: JsonObject;
}

/** What was asked: counts of all, and the latest requests without their keys. */
export class Records {
  readonly counts: Record<string, number> = {};
  #kept: Kept[] = [];

  add(endpoint: string, { method, path, body, form }: Received, at: number): void {
    this.count(endpoint);
    const shown = form === null ? body : formJson(form);
    this.#kept.push({ at, method, endpoint, path, body: shown });
    // Twice as many may stand here, so that the copy is rare.
    if (this.#kept.length >= 2 * most) this.#kept = this.#kept.slice(most);
  }

  count(endpoint: string): void {
    this.counts[endpoint] = (this.counts[endpoint] ?? 0) + 1;
  }

  list(): RecordedRequest[] {
    return this.#kept.slice(-most).map(({ body, ...request }) => ({
      ...request,
      body: toPlain(withoutKey(body)),
    }));
  }
}

const formJson = ({ fields, file }: Form): JsonObject =>
  new Map<string, Json>([
    ...fields,
    ['file', file === null ? null : map({ name: file.name, bytes: number(file.bytes.length) })],
  ]);

const withoutKey = (body: JsonObject): JsonObject =>
  new Map([...body].filter(([name]) => !/^(?:api_?key|accessPassword)$/i.test(name)));
