/**
 * JSON whose numbers keep their digits (seeds reach 2^64−1) and whose objects keep
 * their key order and cannot touch a prototype.
 */
export type Json = null | boolean | string | JsonNumber | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

/** A number as its source text. */
export class JsonNumber {
  constructor(readonly source: string) {}
}
