// Writes REFERENCE.md from manifest.schema.json: every key with type, default, meaning and
// example. `--check` writes nothing and fails when the file is stale.
import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { writeOrCheck } from './written.mjs';

const schema = JSON.parse(readFileSync(new URL('./manifest.schema.json', import.meta.url), 'utf8'));

const yaml = (value) =>
  stringify(value, {
    collectionStyle: 'flow',
    flowCollectionPadding: true,
    lineWidth: 0,
    singleQuote: true,
  })
    .trim()
    .replaceAll('[ ', '[')
    .replaceAll(' ]', ']');
const code = (text) => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);
/** In a cell a bar must be escaped, in code as well. */
const cell = (text) => text.replaceAll('|', '\\|');
/** Plain words: `<name>` would be a tag. */
const plain = (text) => text.replaceAll('<', '&lt;');
const anchor = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

/** Maps that have keys of their own, with their sections, in the schema's order. */
const sectionsOf = (node, path) => {
  const found = node.properties === undefined ? [] : [{ path, node }];
  for (const [key, child] of Object.entries(node.properties ?? {}))
    found.push(...sectionsOf(child, [...path, key]));
  if (typeof node.additionalProperties === 'object')
    found.push(...sectionsOf(node.additionalProperties, [...path, 'AXIS']));
  return found;
};
const heading = (path) => (path.length === 0 ? 'Top level' : path.join('.'));

const range = ({ minimum, maximum, exclusiveMinimum }) => {
  if (exclusiveMinimum !== undefined) return `, above ${exclusiveMinimum}, at most ${maximum}`;
  if (minimum !== undefined && maximum !== undefined) return `, ${minimum} to ${maximum}`;
  return minimum === undefined ? '' : `, at least ${minimum}`;
};
const words = { string: 'text', boolean: 'true or false', object: 'map', array: 'list' };
const typeOf = (node, path) => {
  if (node.const !== undefined) return code(yaml(node.const));
  if (node.enum !== undefined) return node.enum.map((value) => code(value)).join(', ');
  if (node.title !== undefined) return node.title;
  const named = [node.type].flat().map((type) => words[type] ?? type);
  if (named.includes('integer') && named.includes('text') && node.pattern === '^auto$')
    return `integer${range(node)}, or \`auto\``;
  const text = named.join(' or ') + range(node);
  return node.properties === undefined ? text : `[${text}](#${anchor(heading(path))})`;
};

/** A default is a keyword where it is a value, and a sentence of the description where it is computed. */
const defaultOf = (node) => {
  if (node.default !== undefined) return { is: code(yaml(node.default)), about: node.description };
  const [, about, is] = /^(.*?)\s*Default: (.+)\.$/.exec(node.description) ?? [];
  return is === undefined
    ? { is: node.properties === undefined ? 'none' : '', about: node.description }
    : { is: plain(is), about };
};

const rowOf = (key, node, path, required) => {
  const { is, about } = defaultOf(node);
  const name = key === 'AXIS' ? '*an axis*' : code(key);
  const written = key === 'AXIS' ? 'style' : key;
  const examples = (node.examples ?? []).map((value) => code(`${written}: ${yaml(value)}`));
  const cells = [
    name,
    typeOf(node, path),
    required ? 'required' : is,
    plain(about),
    examples.join('<br>'),
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
};

const tableOf = ({ path, node }) => {
  const rows = Object.entries(node.properties).map(([key, child]) =>
    rowOf(key, child, [...path, key], (node.required ?? []).includes(key)),
  );
  if (path.at(-1) === 'matrix')
    rows.push(rowOf('AXIS', node.additionalProperties, [...path, 'AXIS'], false));
  return [
    `## ${heading(path)}`,
    '',
    ...(path.length === 0 ? [] : [plain(node.description), '']),
    '| Key | Type | Default | Meaning | Example |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
};

const text = [
  '<!-- Made by `npm run schemas` from manifest.schema.json. Not to be edited. -->',
  '',
  readFileSync(new URL('./reference/head.md', import.meta.url), 'utf8').trim(),
  '',
  '## Every key of a manifest',
  '',
  '- One of `workflowId`, `webappId`, `model` and `quick` is required, with the file that holds its fields (`api`, `app` or `parameters`).',
  '- A **duration** is `90s`, `1h30m`, `2d`, `500ms`: a number with its unit, never a bare number.',
  '- A **path** is relative to the file in which it stands.',
  '- A **template** may hold `${{ name | filter }}`.',
  '- **Digits** may stand quoted or bare: they are read from the text and lose none.',
  '- A key that is not listed here is an error.',
  '',
  sectionsOf(schema, []).map(tableOf).join('\n'),
].join('\n');

writeOrCheck('REFERENCE.md', text);
