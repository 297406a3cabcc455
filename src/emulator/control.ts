import type { Json } from '../values/json.js';
import { JsonNumber } from '../values/json.js';
import { isList, isObject, parseJson } from '../values/json-text.js';
import { map } from './answers.js';
import type { FaultRule } from './faults.js';
import { isFaultKind } from './faults.js';
import type { Received } from './request.js';
import type { Emulator } from './emulator.js';

/**
 * The emulator's own endpoints, for tests in other processes:
 * `GET /emulator/stats | bill | requests`, `POST /emulator/faults {"rules":[…]}`,
 * `POST /emulator/control {"key"?, "coins"?, "revoked"?, "foreign"?, "saveWorkflow"?, "removeWorkflow"?, "finish"?}`.
 */
export const control = (request: Received, emulator: Emulator): Json => {
  switch (request.path) {
    case '/emulator/stats':
      return json(emulator.stats());
    case '/emulator/bill':
      return json(emulator.bill());
    case '/emulator/requests':
      return json(emulator.requests());
    case '/emulator/faults':
      return setFaults(request, emulator);
    case '/emulator/control':
      return adjust(request, emulator);
    default:
      return map({ error: 'unknown emulator endpoint' });
  }
};

const json = (value: unknown): Json => {
  const read = parseJson(JSON.stringify(value));
  return read.ok ? read.value : null;
};

const setFaults = ({ body }: Received, emulator: Emulator): Json => {
  const given = body.get('rules');
  const rules: FaultRule[] = [];
  for (const entry of given !== undefined && isList(given) ? given : []) {
    const rule = ruleOf(entry);
    if (rule === null) return map({ error: 'a rule is { endpoint, kind, probability | next }' });
    rules.push(rule);
  }
  emulator.setFaults(rules);
  return map({ ok: true });
};

const ruleOf = (entry: Json): FaultRule | null => {
  if (!isObject(entry)) return null;
  const endpoint = entry.get('endpoint');
  const kind = entry.get('kind');
  if (typeof endpoint !== 'string' || typeof kind !== 'string' || !isFaultKind(kind)) return null;
  const probability = numberOf(entry.get('probability'));
  const next = numberOf(entry.get('next'));
  return {
    endpoint,
    kind,
    ...(probability === null ? {} : { probability }),
    ...(next === null ? {} : { next }),
  };
};

const adjust = ({ body }: Received, { model }: Emulator): Json => {
  const key = textOf(body.get('key'));
  const coins = numberOf(body.get('coins'));
  const foreign = numberOf(body.get('foreign'));
  const revoked = body.get('revoked');
  model.adjust(key, (account) => {
    if (coins !== null) account.coins = coins;
    if (foreign !== null) account.foreign = foreign;
    if (typeof revoked === 'boolean') account.revoked = revoked;
  });
  const remove = textOf(body.get('removeWorkflow'));
  if (remove !== null) model.removeWorkflow(remove);
  const save = body.get('saveWorkflow');
  if (isObject(save))
    model.saveWorkflow(textOf(save.get('id')) ?? '', textOf(save.get('graph')) ?? '');
  const finish = model.tasks.get(textOf(body.get('finish')) ?? '');
  if (finish !== undefined) model.finish(finish);
  return map({ ok: true });
};

const textOf = (value: Json | undefined): string | null =>
  typeof value === 'string' ? value : null;

const numberOf = (value: Json | undefined): number | null =>
  value instanceof JsonNumber ? Number(value.source) : null;
