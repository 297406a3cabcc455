import { codes } from '../../diagnostics/codes.js';
import type { ErrorRow } from '../../runninghub/error-table.js';
import { chineseWords } from '../../runninghub/error-words-zh.js';
import { codeOfName, rowOf } from '../../runninghub/errors.js';
import type { FaultClass } from '../../runninghub/service.js';

/** What `rh-batch explain CODE` tells. */
export interface CodeWords {
  readonly code: string;
  /** What the service calls it; null for a code of rh-batch. */
  readonly name: string | null;
  readonly class: FaultClass | null;
  /** One sentence each. */
  readonly about: readonly string[];
}

/**
 * Words for a code of rh-batch (`E0208`) or of the service (`803`, or its name); null: it is neither.
 * `chinese`: of the service's codes, which its Chinese pages name, in Chinese.
 */
export const codeWords = (typed: string, chinese = false): CodeWords | null => {
  const own = Object.entries(codes).find(([known]) => known === typed.toUpperCase());
  if (own !== undefined) return { code: own[0], name: null, class: null, about: [own[1]] };
  const state = Object.hasOwn(states, typed) ? states[typed] : undefined;
  if (state !== undefined) return { code: typed, ...state, class: null };
  const code = codeOfName(typed) ?? typed;
  const row = rowOf(code);
  if (row === null) return null;
  const words = chinese ? chineseWords[code] : undefined;
  const about = words === undefined ? told(row) : toldInChinese(row, words);
  return { code, name: row.name, class: row.class, about };
};

/** Whether messages are wanted in Chinese: the first of the usual variables that is set decides. */
export const wantsChinese = (env: Readonly<Record<string, string | undefined>>): boolean =>
  /^zh/i.test(env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '');

/** Answers that are no error (runninghub-api 5.2, 10.1). */
const states: Readonly<Record<string, { readonly name: string; readonly about: string[] }>> = {
  '0': { name: 'success', about: ['The service did what was asked.'] },
  '200': { name: 'success', about: ['The service did what was asked.'] },
  '804': {
    name: 'APIKEY_TASK_IS_RUNNING',
    about: ['The task is running: no error. rh-batch goes on asking.'],
  },
  '813': {
    name: 'APIKEY_TASK_IS_QUEUED',
    about: ['The task waits for a machine: no error. rh-batch goes on asking.'],
  },
};

const told = (row: ErrorRow): string[] => [
  `${row.about}.`,
  consequences[row.class],
  row.create === 'refused'
    ? 'As the answer to a submit it is certain that no task was made.'
    : 'As the answer to a submit it leaves open whether a task was made: the run is held as unknown and not paid for again.',
  ...(row.todo === null ? [] : [`To do: ${row.todo}.`]),
];

/** What rh-batch does, by class (DESIGN 8). */
const consequences: Readonly<Record<FaultClass, string>> = {
  capacity: 'rh-batch waits for room and tries again; it counts as no attempt.',
  transient: 'rh-batch asks again, with growing pauses.',
  task: 'The run is tried again as often as execution.retries allows.',
  input: 'The run fails and is not tried again until you change it.',
  account:
    'The batch stops and what is pending stays pending: mend the cause, then the same command goes on.',
  unknown: 'Reads are asked again.',
};

const toldInChinese = (row: ErrorRow, [about, todo]: readonly [string, string?]): string[] => [
  `${about}。`,
  chineseConsequences[row.class],
  row.create === 'refused'
    ? '如果这是对提交的回答，那么肯定没有产生任务。'
    : '如果这是对提交的回答，那么不能确定是否产生了任务：这条运行会挂起，不会再次付费。',
  ...(todo === undefined ? [] : [`怎么办：${todo}。`]),
];

const chineseConsequences: Readonly<Record<FaultClass, string>> = {
  capacity: 'rh-batch 会等到有空位再提交，不算一次尝试。',
  transient: 'rh-batch 会再问，间隔逐渐变长。',
  task: '按 execution.retries 的次数重试。',
  input: '这条运行失败，修改之前不会再试。',
  account: '批次停下，剩下的保持等待：解决原因之后，同一条命令接着跑。',
  unknown: '读取会再问一次。',
};
