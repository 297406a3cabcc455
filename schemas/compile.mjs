// Compiles manifest.schema.json to a validator, so that `apply` does not pay for it at every
// start, with what diagnostics need of the schema: known keys and descriptions by schema path.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import Ajv2020 from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';

const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const target = new URL('../src/manifest/validate.generated.ts', import.meta.url);

const schema = read('./manifest.schema.json');

// Each target declares its own keys in its own folder; the published schema holds a copy.
const folder = new URL('../src/targets/', import.meta.url);
const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const targetKeys = Object.assign(
  {},
  ...folders.map(({ name }) => JSON.parse(readFileSync(new URL(`${name}/keys.json`, folder)))),
);
const stale = Object.entries(targetKeys).filter(
  ([key, wanted]) => !isDeepStrictEqual(schema.properties[key], wanted),
);
if (stale.length > 0) {
  const { version, name, ...rest } = schema.properties;
  schema.properties = { version, name, ...targetKeys, ...rest, ...targetKeys };
  const file = new URL('./manifest.schema.json', import.meta.url);
  const { format, resolveConfig } = await import('prettier');
  const style = await resolveConfig(file);
  writeFileSync(file, await format(JSON.stringify(schema), { ...style, parser: 'json' }));
}

const ajv = new Ajv2020.default({
  allErrors: true,
  allowUnionTypes: true,
  strict: true,
  strictRequired: false,
  code: { source: true, esm: true, optimize: true },
});
const code = standalone.default(ajv, ajv.compile(schema)).replace('"use strict";', '');

const keys = {};
const about = {};
const examples = {};
const durations = [];
/** As it is written in a manifest, on one line. */
const inline = (value) =>
  Array.isArray(value)
    ? `[${value.map(inline).join(', ')}]`
    : typeof value === 'object' && value !== null
      ? `{ ${Object.entries(value)
          .map(([key, one]) => `${key}: ${inline(one)}`)
          .join(', ')} }`
      : typeof value === 'string' && /^[a-z][\w./-]*$/i.test(value)
        ? value
        : JSON.stringify(value);
const walk = (node, pointer) => {
  if (node.properties !== undefined) keys[pointer] = Object.keys(node.properties);
  if (node.title === 'duration') durations.push(pointer);
  if (node.examples !== undefined) examples[pointer] = inline(node.examples[0]);
  if (typeof node.description === 'string')
    about[pointer] =
      node.default === undefined
        ? node.description
        : `${node.description} Default: ${node.default}.`;
  for (const part of ['properties', '$defs'])
    for (const [name, child] of Object.entries(node[part] ?? {}))
      walk(child, `${pointer}/${part}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  for (const part of ['items', 'additionalProperties'])
    if (typeof node[part] === 'object') walk(node[part], `${pointer}/${part}`);
};
walk(schema, '#');

// The only runtime helper that the schema needs, inlined: a CommonJS import means different
// things to different loaders.
const body = code.replace(
  'require("ajv/dist/runtime/ucs2length").default',
  '((text) => { let length = 0; for (const _ of text) length += 1; return length; })',
);
if (body.includes('require(')) throw new Error('the validator needs a runtime helper: inline it');

writeFileSync(
  target,
  [
    '// @ts-nocheck',
    "import type { ErrorObject } from 'ajv';",
    '// Made by schemas/compile.mjs from manifest.schema.json. Not to be edited.',
    body,
    'export const mistakesOf = (data: unknown): readonly ErrorObject[] => (validate(data) ? [] : (validate.errors ?? []));',
    `export const knownKeys: Readonly<Record<string, readonly string[]>> = ${JSON.stringify(keys)};`,
    `export const descriptions: Readonly<Record<string, string>> = ${JSON.stringify(about)};`,
    `export const examples: Readonly<Record<string, string>> = ${JSON.stringify(examples)};`,
    `export const durations: readonly string[] = ${JSON.stringify(durations)};`,
    '',
  ].join('\n'),
);
