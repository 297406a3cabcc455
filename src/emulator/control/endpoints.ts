import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { isList, isObject } from '../../values/json-text.js';
import type { Emulator, Outcome } from '../emulator.js';
import type { FaultRule } from '../http/faults.js';
import { faultKinds, isFaultKind } from '../http/faults.js';
import type { Received } from '../http/request.js';
import { endpointNames } from '../routes/table.js';

export interface Controlled {
  readonly status: number;
  readonly body: unknown;
}

/**
 * The emulator's own endpoints, for tests in other processes:
 * `GET /emulator/stats | bill | requests`, `POST /emulator/faults {"rules":[…]}`,
 * `POST /emulator/control {…}` with any of the members of `verbs` below, and `"key"` for one account.
 */
export const control = (request: Received, emulator: Emulator): Controlled => {
  switch (`${request.method} ${request.path}`) {
    case 'GET /emulator/stats':
      return { status: 200, body: emulator.stats() };
    case 'GET /emulator/bill':
      return { status: 200, body: emulator.bill() };
    case 'GET /emulator/requests':
      return { status: 200, body: emulator.requests() };
    case 'POST /emulator/faults':
      return setFaults(request.body, emulator);
    case 'POST /emulator/control':
      return adjust(request.body, emulator);
    default:
      return wrong('GET stats, bill, requests; POST faults, control');
  }
};

const done: Controlled = { status: 200, body: { ok: true } };
const wrong = (error: string): Controlled => ({ status: 400, body: { error } });

const setFaults = (body: JsonObject, emulator: Emulator): Controlled => {
  const given = body.get('rules');
  if (given === undefined || !isList(given)) return wrong('the body is { "rules": [ … ] }');
  const rules: FaultRule[] = [];
  for (const entry of given) {
    const rule = ruleOf(entry);
    if (typeof rule === 'string') return wrong(rule);
    rules.push(rule);
  }
  emulator.setFaults(rules);
  return done;
};

const amounts = [
  'probability',
  'next',
  'after',
  'polls',
  'file',
  'code',
  'ms',
  'retryAfter',
] as const;

const ruleOf = (entry: Json): FaultRule | string => {
  if (!isObject(entry)) return 'a rule is { endpoint, kind, … }';
  const [endpoint, kind, msg] = [entry.get('endpoint'), entry.get('kind'), entry.get('msg')];
  if (typeof endpoint !== 'string' || !['*', ...endpointNames].includes(endpoint))
    return `endpoint is one of *, ${endpointNames.join(', ')}`;
  if (typeof kind !== 'string' || !isFaultKind(kind))
    return `kind is one of ${faultKinds.join(', ')}`;
  const numbers = amounts.flatMap((name) => {
    const value = numberOf(entry.get(name));
    return value === null ? [] : [[name, value] as const];
  });
  return {
    endpoint,
    kind,
    ...Object.fromEntries(numbers),
    ...(typeof msg === 'string' ? { msg } : {}),
  };
};

type Verb = (value: Json, key: string | null, emulator: Emulator) => boolean;

/** False: the value is not of the kind that the verb takes. */
const verbs: Readonly<Record<string, Verb>> = {
  coins: (value, key, emulator) =>
    withNumber(value, (coins) => emulator.setBalance(key, { coins })),
  money: (value, key, emulator) =>
    withNumber(value, (money) => emulator.setBalance(key, { money })),
  revoked: (value, key, emulator) => {
    if (key === null || typeof value !== 'boolean') return false;
    emulator.revokeKey(key, value);
    return true;
  },
  /** So many foreign tasks, in place of those before. */
  foreign: (value, key, emulator) =>
    withNumber(value, (count) => {
      emulator.endForeignTask(key, Number.MAX_SAFE_INTEGER);
      emulator.addForeignTask(key, count);
    }),
  slots: (value, key, emulator) =>
    withNumber(value, (slots) => emulator.setSlots(slots, undefined, key)),
  advance: (value, _key, emulator) => withNumber(value, (ms) => emulator.advance(ms)),
  /** `{ "id", "graph" }`, the graph as a text of JSON. */
  saveWorkflow: (value, _key, emulator) => {
    if (!isObject(value)) return false;
    const [id, graph] = [value.get('id'), value.get('graph')];
    return typeof id === 'string' && typeof graph === 'string' && emulator.saveWorkflow(id, graph);
  },
  removeWorkflow: (value, _key, emulator) => {
    if (typeof value === 'string') emulator.removeWorkflow(value);
    return typeof value === 'string';
  },
  /** A task's id, `"all"`, or `{ "taskId", "outcome" }`. */
  finish: (value, _key, emulator) => {
    const taskId = isObject(value) ? value.get('taskId') : value;
    const given = isObject(value) ? value.get('outcome') : undefined;
    const outcome = isOutcome(given) ? given : undefined;
    if (typeof taskId !== 'string' || (given !== undefined && outcome === undefined)) return false;
    if (taskId !== 'all') return emulator.finish(taskId, outcome);
    emulator.finishAll(outcome);
    return true;
  },
  expireUploads: (_value, _key, emulator) => {
    emulator.expireUploads();
    return true;
  },
  expireLinks: (_value, _key, emulator) => {
    emulator.expireLinks();
    return true;
  },
};

const adjust = (body: JsonObject, emulator: Emulator): Controlled => {
  const key = body.get('key');
  for (const [name, value] of body) {
    if (name === 'key') continue;
    const verb = verbs[name];
    if (verb === undefined) return wrong(`"${name}" is none of ${Object.keys(verbs).join(', ')}`);
    if (!verb(value, typeof key === 'string' ? key : null, emulator))
      return wrong(`"${name}" does not take this value`);
  }
  return done;
};

const isOutcome = (value: Json | undefined): value is Outcome =>
  value === 'SUCCESS' || value === 'FAILED' || value === 'CANCEL';

const withNumber = (value: Json, act: (number: number) => void): boolean => {
  const number = numberOf(value);
  if (number !== null) act(number);
  return number !== null;
};

const numberOf = (value: Json | undefined): number | null =>
  value instanceof JsonNumber ? Number(value.source) : null;
