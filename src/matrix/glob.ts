import { relative, resolve, sep } from 'node:path';
import { error, notice, warning } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Files } from '../edges/files/files.js';
import type { Beside } from '../edges/files/files.js';
import type { AxisValues } from '../manifest/manifest.js';
import { deadHint, unreadableHint } from '../assets/unreadable.js';
import { linksOf, whyNoMatch } from './no-match.js';

export interface GlobContext {
  /** Absolute folder of the manifest. */
  readonly dir: string;
  readonly files: Files;
  /** Absolute: a glob must not take up what earlier runs wrote there. */
  readonly outputsDir: string;
  /** The same of other days, where the folder is named by the day; absent or null: it is not. */
  readonly datedOutputs?: RegExp | null;
}

type Globs = AxisValues & { readonly is: 'glob' };

/** The files of a glob; null when there is a mistake. What it leaves out is told. */
export const globPaths = async (
  name: string,
  values: Globs,
  context: GlobContext,
  problems: Problems,
): Promise<readonly string[] | null> => {
  const { patterns, exclude, allowEmpty, at } = values;
  const found = await context.files.glob(context.dir, patterns, exclude);
  if (!found.ok) {
    const tooFar = found.is === 'tooLarge';
    const what = tooFar ? `the glob is too wide: ${found.detail}` : found.detail;
    problems.add(
      error('E0301', at, `axis "${name}": ${what}`, {
        hint: tooFar ? 'begin the pattern with the folder that the files lie in' : null,
      }),
    );
    return null;
  }
  const inside = found.value.find((path) => isOutput(resolve(context.dir, path), context));
  if (inside !== undefined) {
    problems.add(
      error('E0316', at, `axis "${name}": ${inside} is an output of this batch`, {
        hint: `exclude: "${excluded(context)}/**"`,
      }),
    );
    return null;
  }
  const beside = await context.files.beside(context.dir, patterns, exclude);
  const left = await leftOut(name, values, found.value, beside, context, problems);
  const kept = found.value.filter((path) => !left.has(path));
  if (kept.length > 0 || allowEmpty) {
    tellUnseen(name, at, beside, problems);
    return kept;
  }
  const none = left.size > 0 ? ' that is not left out' : '';
  const known = left.size > 0 ? null : await whyNoMatch(patterns, beside, context);
  if (known !== null) {
    const { why, hint, notes } = known;
    const what = `axis "${name}": no file matches ${patterns.join(', ')}: ${why}`;
    problems.add(error('E0310', at, what, { hint, notes }));
    return null;
  }
  problems.add(
    error('E0310', at, `axis "${name}": no file${none} matches ${patterns.join(', ')}`, {
      hint: patterns.some((pattern) => pattern.includes('\\'))
        ? `write ${patterns.map((pattern) => pattern.replaceAll('\\', '/')).join(', ')}: folders are separated by / in a glob`
        : 'paths are relative to the manifest; allowEmpty: true if none is fine',
    }),
  );
  return null;
};

/** Tells what the patterns seem to mean and do not get. @returns what is to be taken out. */
const leftOut = async (
  name: string,
  values: Globs,
  found: readonly string[],
  beside: Beside,
  context: GlobContext,
  problems: Problems,
): Promise<ReadonlySet<string>> => {
  const { patterns, at } = values;
  const isLitter = (path: string): boolean => litter.test(lastOf(path)) && !isNamed(path, patterns);
  const otherCase = beside.otherCase.filter((path) => !isLitter(path));
  const ofSystems = found.filter(isLitter);
  const tell = (
    severity: typeof warning,
    paths: readonly string[],
    one: string,
    many: string,
    hint: string | null,
  ): void => {
    if (paths.length === 0) return;
    const [first = ''] = paths;
    const what = paths.length === 1 ? `${first} ${one}` : `${paths.length} files ${many}`;
    const notes = paths.length === 1 ? [] : [namesOf(paths)];
    problems.add(severity('E0370', at, `axis "${name}": ${what}`, { hint, notes }));
  };
  tell(
    warning,
    otherCase,
    'is left out: it fits the glob in another letter case only',
    'are left out: they fit the glob in another letter case only',
    otherCase.length === 0 ? null : await caseHint(values, otherCase, context),
  );
  tell(
    notice,
    ofSystems,
    'is left out: the system keeps its own notes in it',
    'are left out: the system keeps its own notes in them',
    null,
  );
  tell(
    warning,
    beside.outside,
    'is left out: a link leads out of this folder there',
    'are left out: links lead out of this folder there',
    'name the folder that the link leads to in the glob, if its files are meant',
  );
  tell(
    notice,
    beside.again.filter((path) => !isLitter(path)),
    'is left out: a link leads back to a file that is found without it',
    'are left out: links lead back to files that are found without them',
    null,
  );
  return new Set([...ofSystems, ...beside.outside, ...beside.again]);
};

/** Files that the patterns mean, behind links and folders that lead to nothing that can be read. */
const tellUnseen = (
  name: string,
  at: Globs['at'],
  { dead, unread }: Beside,
  problems: Problems,
): void => {
  const [link] = dead;
  if (link !== undefined) {
    const what =
      dead.length === 1
        ? `${link.path} is left out: it is a link that leads nowhere`
        : `${dead.length} links are left out: they lead nowhere`;
    const options = { hint: deadHint, notes: linksOf(dead) };
    problems.add(warning('E0370', at, `axis "${name}": ${what}`, options));
  }
  for (const { path, code } of unread.slice(0, mostNamed)) {
    const what = `the files of ${path} are left out: the folder cannot be read (${code})`;
    const hint = unreadableHint(code, path);
    problems.add(warning('E0370', at, `axis "${name}": ${what}`, { hint }));
  }
};

/** What systems and office programs put beside the files of people. */
const litter =
  /^(?:thumbs\.db|ehthumbs(?:_vista)?\.db|desktop\.ini|\.ds_store|icon\r|\._.*|~\$.*|\.directory)$/i;

const lastOf = (path: string): string => path.split('/').at(-1) ?? path;

/** Asked for by its own name. */
const isNamed = (path: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => lastOf(pattern) === lastOf(path));

const mostNamed = 5;

const namesOf = (paths: readonly string[]): string => {
  const named = paths.slice(0, mostNamed).join(', ');
  return paths.length > mostNamed ? `${named}, …` : named;
};

/** `glob: ["pics/*.png", "pics/*.PNG"]`, where the endings alone differ. */
const caseHint = async (
  { patterns, exclude }: Globs,
  others: readonly string[],
  { dir, files }: GlobContext,
): Promise<string> => {
  const endings = new Set(others.map((path) => /\.[^./]+$/.exec(path)?.[0] ?? ''));
  const more = patterns.flatMap((pattern) =>
    [...endings].flatMap((ending) => {
      const same = ending !== '' && pattern.toLowerCase().endsWith(ending.toLowerCase());
      const meant = pattern.slice(0, pattern.length - ending.length) + ending;
      return same && !patterns.includes(meant) ? [meant] : [];
    }),
  );
  const all = [...patterns, ...more];
  const still = new Set((await files.beside(dir, all, exclude)).otherCase);
  return more.length === 0 || more.length > mostNamed || others.some((path) => still.has(path))
    ? 'write folders and endings in the case that the files have'
    : `glob: [${all.map((pattern) => JSON.stringify(pattern)).join(', ')}] takes them, too`;
};

const isOutput = (absolute: string, { outputsDir, datedOutputs }: GlobContext): boolean =>
  isBelow(absolute, outputsDir) || datedOutputs?.test(absolute + sep) === true;

/** Above the first folder that is named by a day, unless it is the manifest's own. */
const excluded = ({ dir, outputsDir, datedOutputs }: GlobContext): string => {
  const parts = relative(dir, outputsDir).split(sep);
  const day = datedOutputs == null ? -1 : parts.findIndex((part) => /\d{4}-\d{2}-\d{2}/.test(part));
  const kept = day === -1 ? parts : parts.slice(0, day);
  return kept.length === 0 ? '*-*-*' : kept.join('/');
};

const isBelow = (path: string, dir: string): boolean => path.startsWith(dir + sep);
