import { codes } from '../../diagnostics/codes.js';
import type { ErrorRow } from '../../runninghub/error-table.js';
import { chineseWords } from '../../runninghub/error-words-zh.js';
import { createAnswer } from '../../runninghub/endpoints/create.js';
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
  const code = codeOfName(typed) ?? typed;
  const state = Object.hasOwn(states, code) ? states[code] : undefined;
  if (state !== undefined) return { code, ...state, class: null };
  const row = rowOf(code);
  if (row === null) return httpWords(typed, chinese);
  const words = chinese ? chineseWords[code] : undefined;
  const about = words === undefined ? told(code, row) : toldInChinese(code, row, words);
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
    about: [
      'The task is running: no error. rh-batch goes on asking.',
      'As the answer to a submit it may stand for want of room: rh-batch submits again only where the account counts no task more, and holds the run as unknown where it does.',
    ],
  },
  '813': {
    name: 'APIKEY_TASK_IS_QUEUED',
    about: ['The task waits for a machine: no error. rh-batch goes on asking.'],
  },
};

const told = (code: string, row: ErrorRow): string[] => [
  `${row.about}.`,
  Object.hasOwn(special, code) ? (special[code]?.english ?? '') : consequences[row.class],
  afterSubmit[row.create],
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

const afterSubmit = {
  refused: 'As the answer to a submit it is certain that no task was made.',
  lost: 'As the answer to a submit it leaves open whether a task was made: the run is held as unknown and not paid for again.',
} as const;

const slower = {
  english:
    'rh-batch pauses and submits less often; it counts as no attempt and says nothing about how many tasks fit.',
  chinese: 'rh-batch 会暂停并放慢提交，不算一次尝试，也不说明能同时跑几个任务。',
};

/** What follows from codes whose class says it less exactly (runninghub-api 19.1, 19.3). */
const special: Readonly<Record<string, { readonly english: string; readonly chinese: string }>> = {
  '817': {
    english:
      'It answers a cancel: the task is asked for once more, and its result is kept if it has one.',
    chinese: '这是对取消的回答：会再查询一次任务，有结果就保留。',
  },
  '1003': slower,
  '1011': slower,
};

/** `http-403`, `HTTP 403`, or a bare `403` that is no code of the service: what a page with it means. */
const httpWords = (typed: string, chinese: boolean): CodeWords | null => {
  const status = /^(?:http[ -]?)?([345]\d\d)$/i.exec(typed.trim())?.[1];
  if (status === undefined) return null;
  const page = { is: 'other', status: Number(status), why: 'a page', retryAfterMs: null } as const;
  const answer = createAnswer(page);
  if (answer.is === 'accepted') return null;
  const { code, class: kind, message } = answer.fault;
  const about = chinese
    ? [
        `服务或它前面的防火墙、代理回答了 HTTP ${status}。`,
        code === 'http-429' ? slower.chinese : chineseConsequences[kind],
        chineseAfterSubmit[answer.is],
      ]
    : [
        `${message}.`,
        code === 'http-429' ? slower.english : consequences[kind],
        afterSubmit[answer.is],
      ];
  return { code, name: `HTTP ${status}`, class: kind, about };
};

const toldInChinese = (
  code: string,
  row: ErrorRow,
  [about, todo]: readonly [string, string?],
): string[] => [
  `${about}。`,
  Object.hasOwn(special, code) ? (special[code]?.chinese ?? '') : chineseConsequences[row.class],
  chineseAfterSubmit[row.create],
  ...(todo === undefined ? [] : [`怎么办：${todo}。`]),
];

const chineseAfterSubmit = {
  refused: '如果这是对提交的回答，那么肯定没有产生任务。',
  lost: '如果这是对提交的回答，那么不能确定是否产生了任务：这条运行会挂起，不会再次付费。',
} as const;

const chineseConsequences: Readonly<Record<FaultClass, string>> = {
  capacity: 'rh-batch 会等到有空位再提交，不算一次尝试。',
  transient: 'rh-batch 会再问，间隔逐渐变长。',
  task: '按 execution.retries 的次数重试。',
  input: '这条运行失败，修改之前不会再试。',
  account: '批次停下，剩下的保持等待：解决原因之后，同一条命令接着跑。',
  unknown: '读取会再问一次。',
};
