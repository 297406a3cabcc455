import type { ErrorObject } from 'ajv';
import { error } from '../diagnostics/diagnostic.js';
import { didYouMean, nearest } from '../diagnostics/nearest.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Place } from '../values/place.js';
import type { Tree } from './tree.js';
import { firstLine } from './target.js';
import { plainOf } from './tree.js';
import { descriptions, durations, examples, knownKeys, mistakesOf } from './validate.generated.js';

/** Checks a tree against schemas/manifest.schema.json; every mistake at its key's or value's place. */
export const checkSchema = (tree: Tree, problems: Problems): void => {
  if (tree.is !== 'map') {
    problems.add(
      error('E0113', tree.at, 'a manifest is a map of keys such as version, workflowId and api'),
    );
    return;
  }
  const mistakes = mistakesOf(plainOf(tree));
  for (const mistake of mistakes)
    if (!isMisspelt(mistake, mistakes)) report(tree, mistake, problems);
};

/** A key that is missing because it is misspelt is told once, where it is misspelt. */
const isMisspelt = (mistake: ErrorObject, all: readonly ErrorObject[]): boolean =>
  mistake.keyword === 'required' &&
  all.some(
    ({ keyword, instancePath, params }) =>
      keyword === 'additionalProperties' &&
      instancePath === mistake.instancePath &&
      nearest(String(params['additionalProperty']), [String(mistake.params['missingProperty'])])
        .length > 0,
  );

const report = (tree: Tree, mistake: ErrorObject, problems: Problems): void => {
  const path = pointer(mistake.instancePath);
  const found = locate(tree, path);
  const at = found.value.at;
  const name = path.length === 0 ? 'the manifest' : `"${path.join('.')}"`;
  const schemaPath = mistake.schemaPath.replace(/\/[^/]+$/, '');
  const about = descriptions[schemaPath];
  const form = examples[schemaPath];
  const example = form === undefined ? '' : ` Such as ${path.at(-1) ?? ''}: ${form}`;
  const hint = about === undefined ? null : `${about}${example}`;
  switch (mistake.keyword) {
    case 'additionalProperties': {
      const key = String(mistake.params['additionalProperty']);
      const known = knownKeys[schemaPath] ?? [];
      const keyAt = found.value.is === 'map' ? found.value.entries.get(key)?.keyAt : undefined;
      problems.add(
        error('E0112', keyAt ?? at, `unknown key "${key}" in ${name}`, {
          hint: didYouMean(key, known) ?? elsewhere(key) ?? `known here: ${known.join(', ')}`,
        }),
      );
      return;
    }
    case 'required': {
      const key = String(mistake.params['missingProperty']);
      const keyPath = `${schemaPath}/properties/${key}`;
      const form = `write ${key}: ${key === 'version' ? '1' : (examples[keyPath] ?? '…')}`;
      const keyAbout = descriptions[keyPath];
      problems.add(
        error('E0114', found.keyAt ?? firstLine(at), `${name} needs the key "${key}"`, {
          hint: key === 'version' || keyAbout === undefined ? form : `${form}. ${keyAbout}`,
        }),
      );
      return;
    }
    case 'const':
      problems.add(
        error('E0116', at, `${name} must be ${JSON.stringify(mistake.params['allowedValue'])}`, {
          hint: 'a newer manifest needs a newer rh-batch',
        }),
      );
      return;
    case 'enum': {
      const allowed: unknown = mistake.params['allowedValues'];
      const words = Array.isArray(allowed) ? allowed.map(String) : [];
      const written = found.value.is === 'scalar' ? found.value.text : '';
      problems.add(
        error('E0113', at, `${name} must be one of ${words.join(', ')}`, {
          hint: didYouMean(written, words),
        }),
      );
      return;
    }
    default:
      if (found.value.is === 'scalar' && durations.includes(schemaPath)) {
        const { text } = found.value;
        const unit = /^\d+$/.test(text)
          ? `${text}s, if seconds are meant`
          : '90s, 10m, 1h30m or 2d';
        problems.add(error('E0113', at, `${name} must be a duration with a unit`, { hint: unit }));
        return;
      }
      problems.add(
        error('E0113', at, `${name} ${wording(mistake)}`, {
          hint: glued(mistake, found.value) ?? listed(mistake, found.value) ?? hint,
        }),
      );
  }
};

/** `key:value` without a blank is one text and no map. */
const glued = ({ keyword, params }: ErrorObject, found: Tree): string | null => {
  if (keyword !== 'type' || params['type'] !== 'object' || found.is !== 'scalar') return null;
  const [, key = '', value = ''] =
    /^([^:]+):(\S.*)$/.exec(found.text.split('\n', 1)[0] ?? '') ?? [];
  return key === '' ? null : `a blank belongs behind the colon: ${key}: ${value}`;
};

/** Where a key that means nothing here belongs, if exactly one place takes it. */
const elsewhere = (key: string): string | null => {
  const places = Object.keys(knownKeys).filter(
    (path) => /^#(?:\/properties\/\w+)*$/.test(path) && knownKeys[path]?.includes(key),
  );
  const [place] = places;
  if (place === undefined || places.length > 1) return null;
  const names = place.split('/properties/').slice(1);
  return names.length === 0
    ? `"${key}" belongs at the top of the manifest, not inside of another key`
    : `"${key}" belongs in "${names.join('.')}": ${[...names, ''].join(': { ')}${key}: … ${'}'.repeat(names.length)}`;
};

/** Keys that are written as the items of a list. */
const listed = ({ keyword, params }: ErrorObject, found: Tree): string | null =>
  keyword === 'type' &&
  params['type'] === 'object' &&
  found.is === 'list' &&
  found.items.length > 0 &&
  found.items.every(({ is }) => is === 'map')
    ? 'remove the "- " before each key: a list has it, a map of keys does not'
    : null;

const wording = ({ keyword, params, message }: ErrorObject): string => {
  switch (keyword) {
    case 'type':
      return `must be ${types(params['type'])}`;
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return 'must not be empty';
    case 'minimum':
      return `must be ${String(params['limit'])} or more`;
    case 'maximum':
      return `must be ${String(params['limit'])} or less`;
    case 'pattern':
      return 'has not the form that is expected';
    default:
      return message ?? 'is not valid';
  }
};

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

const types = (type: unknown): string => {
  const list: readonly unknown[] = Array.isArray(type) ? type : String(type).split(',');
  return list.map((name) => typeNames[String(name)] ?? String(name)).join(' or ');
};

const pointer = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const locate = (tree: Tree, path: readonly string[]): { value: Tree; keyAt: Place | null } => {
  let value = tree;
  let keyAt: Place | null = null;
  for (const part of path) {
    const entry = value.is === 'map' ? value.entries.get(part) : undefined;
    const item = value.is === 'list' ? value.items[Number(part)] : undefined;
    const next = entry?.value ?? item;
    if (next === undefined) break;
    keyAt = entry?.keyAt ?? null;
    value = next;
  }
  return { value, keyAt };
};
