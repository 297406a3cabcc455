import type { ErrorRow } from './error-table.js';
import { errorTable, unknownRow } from './error-table.js';
import type { Fault, FaultClass } from './service.js';

/** Texts that say more than their code (runninghub-api 1.1, 1.3, 15, 16), and their row. */
const byText: readonly (readonly [RegExp, string, codes?: readonly string[]])[] = [
  [/user not exist/i, 'user-not-exist'],
  [/TASK_QUEUE_MAXED/, '421'],
  [/TASK_USER_CONCURRENT_LIMIT/, '1520'],
  [/APIKEY_TASK_CANCEL_NOT_ALLOWED/, '817'],
  // No code is documented for it. Under others the words may be a user's own, in a refused value.
  [/access[ _-]?password/i, 'access-password', ['301', '1007']],
];

/** The row of an answer, by its text where that says more, else by its code. */
export const errorRow = (
  code: string,
  text: string,
): { readonly code: string; readonly row: ErrorRow } => {
  const found = byText.find(
    ([pattern, , codes]) => pattern.test(text) && codes?.includes(code) !== false,
  );
  const named = found?.[1] ?? (isGeneral(code) ? (nameIn(text) ?? code) : code);
  return { code: named, row: rowOf(named) ?? unknownRow };
};

/** Codes that say that something failed, and not what; and those that nobody knows. */
const isGeneral = (code: string): boolean => code === '1' || rowOf(code) === null;

/** The code of the first documented name that stands in a text: TASK_QUEUE_MAXED, for one. */
const nameIn = (text: string): string | null => {
  for (const [word] of text.matchAll(/[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+/g)) {
    const code = codeOfName(word);
    if (code !== null) return code;
  }
  return null;
};

/** Some services write the name of a code where its number belongs (runninghub-api 19.1). */
export const codeOfName = (word: string): string | null => {
  const name = word.trim().toUpperCase();
  if (name === 'SUCCESS' || name === 'OK') return '0';
  // NODE_INFO_MISMATCH(nodeId=…) and its like.
  const bare = name.replace(/\(.*$/s, '').trim();
  const found = Object.entries(errorTable).find(([, row]) =>
    row.name.split(', ').some((one) => one.toUpperCase() === bare),
  );
  return found === undefined || !/^-?\d+$/.test(found[0]) ? null : found[0];
};

/** null: no such code is documented. */
export const rowOf = (code: string): ErrorRow | null =>
  Object.hasOwn(errorTable, code) ? (errorTable[code] ?? null) : null;

/** Answers by which a key of the other site shows itself (runninghub-api 1.1). */
const keyTrouble: ReadonlySet<string> = new Set([
  '-1',
  '401',
  'http-401',
  '806',
  '1002',
  '1601',
  'user-not-exist',
]);

const sites = ['https://www.runninghub.cn', 'https://www.runninghub.ai'] as const;

/** What to try when the service does not know the key: the two sites know nothing of each other. */
export const otherSiteHint = (code: string, site: string): string | null => {
  if (!keyTrouble.has(code)) return null;
  const others = sites.filter((other) => hostOf(other) !== hostOf(site));
  return `a key of the other site needs --base-url ${others.join(' or ')}`;
};

const hostOf = (site: string): string => site.replace(/^https?:\/\//, '');

export const fault = (
  kind: FaultClass,
  code: string,
  message: string,
  more: Partial<Pick<Fault, 'retryAfterMs' | 'node' | 'field' | 'traceback'>> = {},
): Fault => ({
  class: kind,
  code,
  message,
  retryAfterMs: more.retryAfterMs ?? null,
  node: more.node ?? null,
  field: more.field ?? null,
  traceback: more.traceback ?? null,
});
