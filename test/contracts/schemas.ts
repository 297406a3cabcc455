import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';

const folder = fileURLToPath(new URL('../../schemas/', import.meta.url));

export type Schema = Readonly<Record<string, unknown>>;

/** The contracts of what rh-batch writes: name → schema. The manifest is what people write. */
export const contracts: ReadonlyMap<string, Schema> = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith('.schema.json') && file !== 'manifest.schema.json')
    .map((file) => [
      file.replace('.schema.json', ''),
      JSON.parse(readFileSync(folder + file, 'utf8')) as Schema,
    ]),
);

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The published schemas let members pass that they do not know, as readers must. What we write
 * ourselves has no such members: the closed form finds one that the schema does not tell.
 */
const closed = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(closed);
  if (!isObject(node)) return node;
  const inner = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, closed(value)]),
  );
  const closes =
    isObject(node['properties']) && node['type'] === 'object' && !('additionalProperties' in node);
  return closes ? { ...inner, additionalProperties: false } : inner;
};

const compiler = (strict: boolean): Ajv2020 => {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  for (const schema of contracts.values())
    ajv.addSchema((strict ? closed(schema) : schema) as Schema);
  return ajv;
};
const [open, strict] = [compiler(false), compiler(true)];

const compiled = (ajv: Ajv2020, name: string, definition?: string): ValidateFunction => {
  const path = definition === undefined ? '' : `#/$defs/${definition}`;
  const found = ajv.getSchema(`https://rh-batch.dev/schemas/${name}.schema.json${path}`);
  if (found === undefined) throw new Error(`there is no schema ${name} ${definition ?? ''}`);
  return found as ValidateFunction;
};

/** What is wrong with a document that we wrote; empty: nothing. */
export const mistakesIn = (value: unknown, name: string, definition?: string): string[] =>
  [strict, open].flatMap((ajv) => {
    const validate = compiled(ajv, name, definition);
    return validate(value)
      ? []
      : (validate.errors ?? []).map(
          ({ instancePath, message, params }) =>
            `${name} ${definition ?? ''}${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
        );
  });

/** Whether somebody who has the published schema would take it. */
export const isTaken = (value: unknown, name: string, definition?: string): boolean =>
  compiled(open, name, definition)(value);
