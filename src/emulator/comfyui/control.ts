import { isFaultKind } from '../http/faults.js';
import type { FaultRule } from '../http/faults.js';
import type { ComfyEmulator } from './emulator.js';
import type { Answer } from './http/answers.js';
import { json, text } from './http/answers.js';
import type { Received } from './http/received.js';
import { dict } from './python/value.js';

/** `/emulator/*`: what tests of other processes ask of a running emulator. */
export const control = ({ method, path, query }: Received, emulator: ComfyEmulator): Answer => {
  switch (`${method} ${path}`) {
    case 'GET /emulator/books':
      return json(
        emulator.queued().map(({ id, number, extra, at, life, fate, answered }) =>
          dict({
            prompt_id: id,
            number,
            extra_data: extra,
            at: BigInt(Math.floor(at)),
            life: BigInt(life),
            fate,
            answered,
            times_queued: BigInt(emulator.timesQueued(id)),
          }),
        ),
      );
    case 'GET /emulator/stats':
      return json(
        dict({
          queued: BigInt(emulator.queued().length),
          remaining: BigInt(emulator.remaining()),
          requests: BigInt(emulator.requests().length),
          faults: dict(
            Object.fromEntries(
              Object.entries(emulator.injected()).map(([name, times]) => [name, BigInt(times)]),
            ),
          ),
        }),
      );
    case 'POST /emulator/fault': {
      const rule = ruleOf(query);
      if (rule === null) return text(400, 'wanted: ?endpoint=submit&kind=resetAfter&next=1');
      emulator.setFaults([rule]);
      return json(dict({}));
    }
    case 'POST /emulator/restart':
      // The answer goes out first: the connection ends with the process.
      setImmediate(() => void emulator.restart());
      return json(dict({}));
    case 'POST /emulator/clear-history':
      emulator.clearHistory();
      return json(dict({}));
    case 'POST /emulator/foreign':
      emulator.addForeignPrompts(Number(query.get('count') ?? 1));
      return json(dict({}));
    default:
      return text(404, `the emulator has no ${method} ${path}`);
  }
};

const ruleOf = (query: URLSearchParams): FaultRule | null => {
  const kind = query.get('kind') ?? '';
  if (!isFaultKind(kind)) return null;
  const number = (name: string): number | undefined =>
    query.has(name) ? Number(query.get(name)) : undefined;
  const [next, probability, ms, code] = ['next', 'probability', 'ms', 'code'].map(number);
  return {
    endpoint: query.get('endpoint') ?? '*',
    kind,
    ...(next === undefined ? {} : { next }),
    ...(probability === undefined ? {} : { probability }),
    ...(ms === undefined ? {} : { ms }),
    ...(code === undefined ? {} : { code }),
  };
};
