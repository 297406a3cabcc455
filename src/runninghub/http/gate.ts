import { mask, redactor } from '../../edges/secrets/secret.js';
import type { Json, JsonObject } from '../../values/json.js';
import { isList, isObject } from '../../values/json-text.js';
import type { Reply } from './http.js';

/** Where an address was hidden, what to open; `lost`: it was hidden by an earlier process. */
export type Address = { readonly is: 'known'; readonly url: string } | { readonly is: 'lost' };

/** Names of fields are cleaned of long secrets only: a short one may stand in a name of theirs. */
const shortestInNames = 16;
/** Addresses of the newest answers; with 8 kB each at the most they hold 80 MB. */
const maxKept = 10_000;
const maxKeptLength = 8 * 1024;

/**
 * Every answer of the service passes through here before anything of it is believed or stored:
 * no text in it holds one of our secrets afterwards, in whatever spelling. An address or an
 * upload's name that held one is remembered as it was, in memory alone, so that it still works.
 */
export class Gate {
  readonly #clean: (text: string) => string;
  readonly #cleanName: (text: string) => string;
  readonly #secrets: ReadonlySet<string>;
  readonly #originals = new Map<string, string>();
  /** Cleaned names of uploads: the only ones that are given back in a request. */
  readonly #uploads = new Set<string>();

  constructor(secrets: readonly string[]) {
    this.#secrets = new Set(secrets);
    this.#clean = redactor(secrets);
    this.#cleanName = redactor(secrets.filter(({ length }) => length >= shortestInNames));
  }

  text(text: string): string {
    return this.#clean(text);
  }

  reply(reply: Reply): Reply {
    if (reply.is === 'json') return { ...reply, body: this.#json(reply.body, '') };
    return { ...reply, why: this.#clean(reply.why) };
  }

  /** What to ask for where the engine says this address. */
  address(url: string, site: string): Address {
    const inSite = url.startsWith(`${site}/`) ? url.slice(site.length) : null;
    for (const cleaned of [url, ...(inSite === null ? [] : [inSite, inSite.slice(1)])]) {
      const original = this.#originals.get(cleaned);
      if (original === undefined) continue;
      const path = original.replace(/^\/+/, '');
      return { is: 'known', url: cleaned === url ? original : `${site}/${path}` };
    }
    return url.includes(mask) ? { is: 'lost' } : { is: 'known', url };
  }

  /** From now on requests may name this upload. */
  takeUpload(fileName: string): void {
    if (this.#originals.has(fileName)) this.#uploads.add(fileName);
  }

  /** The body with the names of uploads as the service gave them. */
  restored(body: JsonObject): JsonObject {
    return this.#uploads.size === 0
      ? body
      : new Map([...body].map(([key, value]) => [key, this.#restored(value)]));
  }

  #restored(json: Json): Json {
    if (typeof json === 'string') return this.#restoredText(json);
    if (isList(json)) return json.map((item) => this.#restored(item));
    return isObject(json) ? this.restored(json) : json;
  }

  /** The whole graph goes out as JSON in a text, and names files in it. */
  #restoredText(text: string): string {
    if (!text.includes(mask)) return text;
    let restored = text;
    for (const name of this.#uploads) {
      const original = this.#originals.get(name) ?? name;
      if (text === name) return original;
      restored = restored.replaceAll(JSON.stringify(name), () => JSON.stringify(original));
    }
    return restored;
  }

  #json(json: Json, field: string): Json {
    if (typeof json === 'string') return this.#string(json, field);
    if (isList(json)) return json.map((item) => this.#json(item, field));
    if (!isObject(json)) return json;
    return new Map([...json].map(([key, value]) => [this.#cleanName(key), this.#json(value, key)]));
  }

  #string(text: string, field: string): string {
    // An id may happen to hold the digits of a short secret. The socket's address goes into
    // nothing but the handshake, and would be no address without them.
    if (field === 'netWssUrl' || (/^\d{1,25}$/.test(text) && !this.#secrets.has(text))) return text;
    const cleaned = this.#clean(text);
    if (text.length <= maxKeptLength && (cleaned !== text || text.includes(mask)))
      this.#keep(cleaned, text);
    return cleaned;
  }

  #keep(cleaned: string, original: string): void {
    // The newest last: a fresh link takes the place of the one before.
    this.#originals.delete(cleaned);
    this.#originals.set(cleaned, original);
    const [oldest] = this.#originals.keys();
    if (this.#originals.size <= maxKept || oldest === undefined) return;
    this.#originals.delete(oldest);
    this.#uploads.delete(oldest);
  }
}
