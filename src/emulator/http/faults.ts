import type { TaskStatus } from '../tasks/task.js';

/** What can go wrong on an endpoint. Seeded, countable, switchable while the emulator runs. */
export const faultKinds = [
  // Instead of the effect.
  'http500',
  'http502',
  'http503',
  'http429',
  'html200',
  'emptyBody',
  'unauthorized',
  'resetBefore',
  'hangBefore',
  'capacity',
  'code',
  // HTTP status `code` with JSON in the endpoint's shape, or the page of a firewall (403).
  'httpStatus',
  'firewall',
  // After the effect: the answer is lost or changed.
  'resetAfter',
  'hangAfter',
  'http502After',
  'codeAfter',
  'codeAsString',
  'nullMsg',
  'nullData',
  'truncatedJson',
  'wrongTypes',
  'repeatText',
  'slowDrip',
  'delay',
  // The answer in another shape that was seen: whole in `data`, `task_id`, the id alone, results as
  // texts, promptTips and status as objects, codes as words (API notes, section 19.1).
  'wrapped',
  'snakeId',
  'bareId',
  'textResults',
  'tipsObject',
  'statusObject',
  'codeWords',
  // Of create: the answer is odd, and the task exists.
  'taskIdWithError',
  'numericIds',
  'tipsNull',
  'tipsEmpty',
  'tipsErrors',
  // Of outputs, status and query.
  'emptyOutputs',
  'bareItems',
  'relativeLinks',
  'flapping',
  'unknownStatus',
  'falseFailure',
  'missing',
  // Of cancel.
  'lateCancel',
  'cancelRefused',
  // Of downloads.
  'wrongLength',
  'halfFile',
  'expiredLink',
  // Of webhooks: events that are never sent, or sent three times whatever the answer.
  'lost',
  'repeated',
  // Of sockets, after the handshake.
  'silent',
  'closed',
  'garbage',
  'binary',
  'hugeFrame',
  'falseEnd',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** Without `next`, `probability` and `polls` a rule acts on every request. */
export interface FaultRule {
  /** Name of an endpoint (`create`, `outputs` …), or `*`. */
  readonly endpoint: string;
  readonly kind: FaultKind;
  /** Per request; 0 to 1. */
  readonly probability?: number;
  /** The next so many requests. */
  readonly next?: number;
  /** Leaves the first so many requests alone. */
  readonly after?: number;
  /** The first so many requests about each task. */
  readonly polls?: number;
  /** Downloads of the file in this place among its task's outputs alone. */
  readonly file?: number;
  /**
   * Of `code`, `codeAfter`, `capacity` (421), `cancelRefused` (817), `missing` of queryV2 (1004): the
   * code in the body; of `expiredLink` (403), `httpStatus` (400) and `firewall` (403) the status.
   */
  readonly code?: number;
  /** Of `repeatText`: what the answer repeats wherever it says something. */
  readonly msg?: string;
  /** Of `delay` (of a webhook: before it is sent) and `slowDrip`: real ms. */
  readonly ms?: number;
  /** Of `http429` and `http503`: seconds, as the header says them. */
  readonly retryAfter?: number;
}

export const isFaultKind = (text: string): text is FaultKind =>
  faultKinds.some((kind) => kind === text);

/** The task that a request is about. */
export interface Subject {
  readonly taskId: string;
  readonly status: TaskStatus;
  /** Of a download: the file's place among the task's outputs. */
  readonly file?: number;
}

interface Armed {
  readonly rule: FaultRule;
  seen: number;
  left: number;
  readonly polls: Map<string, number>;
  /** Tasks whose last answer was a false failure. */
  readonly lied: Set<string>;
}

export class Faults {
  #armed: Armed[] = [];
  /** `endpoint:kind` → times. */
  readonly injected: Record<string, number> = {};

  constructor(private readonly random: () => number) {}

  set(rules: readonly FaultRule[]): void {
    this.#armed = rules.map((rule) => ({
      rule,
      seen: 0,
      left: rule.next ?? Number.POSITIVE_INFINITY,
      polls: new Map(),
      lied: new Set(),
    }));
  }

  /** The fault that this request meets, if any. At most one, so that each stays countable. */
  draw(endpoint: string, subject: Subject | null): FaultRule | null {
    for (const armed of this.#armed) {
      const { rule } = armed;
      if (rule.endpoint !== '*' && rule.endpoint !== endpoint) continue;
      if (!applies(rule.kind, subject) || !this.#hits(armed, subject)) continue;
      const name = `${endpoint}:${rule.kind}`;
      this.injected[name] = (this.injected[name] ?? 0) + 1;
      return rule;
    }
    return null;
  }

  #hits(armed: Armed, subject: Subject | null): boolean {
    const { rule } = armed;
    if (rule.file !== undefined && rule.file !== subject?.file) return false;
    // Never twice in a row: asked again, the truth is told (API notes, section 5.3).
    if (rule.kind === 'falseFailure' && armed.lied.delete(subject?.taskId ?? '')) return false;
    armed.seen += 1;
    if (armed.seen <= (rule.after ?? 0) || armed.left <= 0) return false;
    if (rule.polls !== undefined) {
      if (subject === null) return false;
      const polls = armed.polls.get(subject.taskId) ?? 0;
      armed.polls.set(subject.taskId, polls + 1);
      if (polls >= rule.polls) return false;
    }
    if (rule.next !== undefined) armed.left -= 1;
    else if (rule.probability !== undefined && this.random() >= rule.probability) return false;
    if (rule.kind === 'falseFailure' && subject !== null) armed.lied.add(subject.taskId);
    return true;
  }
}

/** A fault that would change nothing is not drawn, so that counts are of real ones. */
const applies = (kind: FaultKind, subject: Subject | null): boolean => {
  switch (kind) {
    case 'emptyOutputs':
    case 'bareItems':
    case 'relativeLinks':
      return subject?.status === 'SUCCESS';
    case 'flapping':
      return subject?.status === 'QUEUED' || subject?.status === 'RUNNING';
    case 'falseFailure':
    case 'unknownStatus':
    case 'missing':
    case 'lateCancel':
    case 'cancelRefused':
      return subject !== null;
    default:
      return true;
  }
};
