import { error } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Place } from '../values/place.js';
import type { Target, Written } from './manifest.js';
import type { MapReader } from './reader.js';
import type { MapTree } from './tree.js';

/** How a kind of target is written in a manifest; each is declared by its own module (src/targets). */
export interface TargetSyntax {
  /** Part of every fingerprint: never changes. */
  readonly kind: string;
  /** The key that chooses it, such as `workflowId`. */
  readonly key: string;
  /** The key that names the local file with its fields, such as `api`. */
  readonly file: string;
  /** Those of `optional` that its submit call takes. */
  readonly takes: readonly string[];
  /** The key's value as one text, exactly as written; '' where it is wrong, which `problems` tells. */
  readonly id: (top: MapReader, problems: Problems) => string;
  /** Servers of one's own that the key names; absent: RunningHub runs it. */
  readonly servers?: (top: MapReader, problems: Problems) => readonly Written<string>[];
}

/** Keys that mean something for some targets only. */
const optional: readonly string[] = [
  'instance',
  'addMetadata',
  'webhookUrl',
  'usePersonalQueue',
  'retainSeconds',
  'submit',
];

/** What the manifest wants to run: exactly one target with its file, and nothing that it does not take. */
export const targetOf = (
  top: MapReader,
  tree: MapTree,
  known: readonly TargetSyntax[],
  problems: Problems,
): Target => {
  const named = known.filter(({ key }) => top.has(key));
  const [first, second] = named;
  if (second !== undefined && first !== undefined)
    problems.add(
      error('E0122', top.keyAt(second.key), `a manifest runs "${first.key}" or "${second.key}"`, {
        hint: 'write a manifest for each; they may share tables',
        related: related(top.keyAt(first.key), 'the other is here'),
      }),
    );
  const syntax = first ?? guessed(top, known);
  if (syntax === null)
    return { kind: '', key: '', id: '', file: { value: '', at: tree.at }, servers: [] };
  if (first === undefined) missing(syntax.key, tree, known, problems);
  if (!top.has(syntax.file)) missing(syntax.file, tree, [], problems);
  if (second === undefined) refuseForeign(top, syntax, known, problems);
  return {
    kind: syntax.kind,
    key: syntax.key,
    id: first === undefined ? '' : syntax.id(top, problems),
    file: top.written(syntax.file) ?? { value: '', at: tree.at },
    servers: first === undefined ? [] : (syntax.servers?.(top, problems) ?? []),
  };
};

/**
 * The base without its own target, where the profile names one of another kind: `--profile local`
 * draws on a server what the base sends to RunningHub. What the other target does not take goes
 * with it.
 */
export const withoutTarget = (
  base: MapTree,
  profile: MapTree,
  known: readonly TargetSyntax[],
): MapTree => {
  const chosen = known.find(({ key }) => profile.entries.has(key));
  if (chosen === undefined || base.entries.has(chosen.key)) return base;
  const gone = new Set([
    ...known.map(({ key }) => key),
    ...known.map(({ file }) => file).filter((file) => file !== chosen.file),
    ...optional.filter((option) => !chosen.takes.includes(option)),
  ]);
  return { ...base, entries: new Map([...base.entries].filter(([key]) => !gone.has(key))) };
};

/** Whether a profile runs its batch elsewhere than the base does. */
export const changesTarget = (
  base: MapTree,
  profile: MapTree,
  known: readonly TargetSyntax[],
): boolean =>
  known.some(({ key }) => base.entries.has(key)) && withoutTarget(base, profile, known) !== base;

/** What was meant by a manifest that names a file but no target: the first that fits. */
const guessed = (top: MapReader, known: readonly TargetSyntax[]): TargetSyntax | null =>
  known.find(({ file }) => top.has(file)) ?? known[0] ?? null;

const missing = (
  key: string,
  tree: MapTree,
  others: readonly TargetSyntax[],
  problems: Problems,
): void => {
  const more = others.filter((other) => other.key !== key).map((other) => other.key);
  problems.add(
    error('E0114', firstLine(tree.at), `the manifest needs the key "${key}"`, {
      hint: more.length === 0 ? null : `it says what runs; or ${more.join(', or ')}`,
    }),
  );
};

const refuseForeign = (
  top: MapReader,
  { key, file, takes }: TargetSyntax,
  known: readonly TargetSyntax[],
  problems: Problems,
): void => {
  for (const other of new Set(known.map((one) => one.file)))
    if (other !== file && top.has(other))
      problems.add(
        error('E0122', top.keyAt(other), `"${other}" does not belong to "${key}"`, {
          hint: `the fields of "${key}" come from "${file}"`,
        }),
      );
  for (const [option] of top.entries())
    if (optional.includes(option) && !takes.includes(option) && top.has(option))
      problems.add(
        error('E0123', top.keyAt(option), `"${option}" means nothing for "${key}"`, {
          hint: takes.length === 0 ? 'remove it' : `"${key}" takes ${takes.join(', ')}`,
        }),
      );
};

const related = (at: Place | null, message: string): { message: string; at: Place }[] =>
  at === null ? [] : [{ message, at }];

/** A missing key belongs to the whole map: its first line is marked. */
export const firstLine = (at: Place): Place => ({
  ...at,
  length: Math.max(1, at.text?.trim().length ?? 1),
});

/** An id of digits, read from the source text: as a number its last digits would be lost. */
export const digitsOf = (
  top: MapReader,
  key: string,
  where: string,
  problems: Problems,
): string => {
  const written = top.written(key);
  if (written === null) return '';
  const id = written.value.trim();
  if (!/^[1-9]\d{0,24}$/.test(id))
    problems.add(
      error('E0113', written.at, `"${key}" must be digits, as in ${where}`, {
        hint: `${key}: "1980237776367083521"`,
      }),
    );
  return id;
};
