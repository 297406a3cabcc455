import type { ErrorClass, RunError } from '../journal/event.js';
import type { Fault, FaultClass } from '../runninghub/service.js';

const classes: Readonly<Record<FaultClass, ErrorClass>> = {
  capacity: 'capacity',
  transient: 'transient',
  task: 'task',
  input: 'input',
  account: 'account',
  unknown: 'transient',
};

/** A fault of the service as the journal and the reports carry it. */
export const errorOf = (fault: Fault): RunError => ({
  class: classes[fault.class],
  code: fault.code,
  message: fault.message,
  node: fault.node,
  field: fault.field,
  traceback: fault.traceback,
});

/** Something that went wrong on this side. */
export const localError = (code: string, message: string): RunError => ({
  class: 'local',
  code,
  message,
  node: null,
  field: null,
  traceback: null,
});

/** Codes that say how fast requests may come, not how many tasks fit (runninghub-api 10). */
const tooFastCodes: ReadonlySet<string> = new Set(['1003', '429', 'http-429']);

export const saysTooFast = ({ code }: Fault): boolean => tooFastCodes.has(code);

/**
 * The only refusals that tell how many tasks fit: the account's limit, its machines, its queue
 * (runninghub-api 11, 19.3). Others of class `capacity` are about speed or load.
 */
const roomCodes: ReadonlySet<string> = new Set(['421', '415', '814', '1520']);

export const saysNoRoom = ({ class: kind, code }: Fault): boolean =>
  kind === 'capacity' && roomCodes.has(code);

/**
 * Turned away by something that answered: a firewall, a gateway, the service's own door. Not so
 * where nothing was reached at all.
 */
export const wasTurnedAway = ({ class: kind, code }: Fault): boolean =>
  (kind === 'transient' || kind === 'unknown') && /^(?:http-\d+|-?\d+|bad-answer)$/.test(code);

/** A bare 401 may be false (runninghub-api 1.3): only several in a row are believed. */
export const mayBeFalseAlarm = ({ class: kind, code }: Fault): boolean =>
  kind === 'account' && ['-1', '401', 'http-401'].includes(code);
