import type { RunId, TaskId } from '../values/ids.js';
import { impossible } from '../values/impossible.js';
import type {
  BaseKnown,
  PlannedInShard,
  Recorded,
  RunError,
  RunInputs,
  SavedFile,
  Shard,
} from './event.js';
import type { AttemptRecord, BatchState, Instant, RunRecord, RunState } from './state.js';

type Open<T> = { -readonly [K in keyof T]: T[K] };
type OpenAttempt = Open<AttemptRecord>;
interface OpenRecord extends Open<Omit<RunRecord, 'attempts'>> {
  attempts: OpenAttempt[];
}

/*
 * A batch of 100,000 runs is held in memory: arrays are made at the length that they need (a
 * first `push` makes room for 17), what is equal is one object, and what comes from elsewhere is
 * copied into one shape.
 */

/** The one definition of what a journal means: live, on resume, and for every command that reads. */
export class Fold {
  readonly #runs = new Map<RunId, OpenRecord>();
  readonly #bases = new Map<string, BaseKnown>();
  readonly #planned = new Map<number, PlannedInShard>();
  readonly #folders = new Set<string>();
  #second = '';
  #secondAt = 0;
  readonly #state: Open<BatchState> = {
    name: null,
    target: null,
    emulated: false,
    account: null,
    lastSeq: 0,
    lastAt: null,
    beganAt: null,
    endedAt: null,
    exitCode: null,
    stop: null,
    creates: 0,
    accepted: 0,
    manifest: null,
    scope: null,
    told: null,
    folders: this.#folders,
    planned: this.#planned,
    runs: this.#runs,
    bases: this.#bases,
  };

  /** A live view: it changes with every `apply`. */
  get state(): BatchState {
    return this.#state;
  }

  get lastSeq(): number {
    return this.#state.lastSeq;
  }

  apply(event: Recorded): void {
    const at = this.#instant(event.at);
    this.#state.lastSeq = event.seq;
    this.#state.lastAt = at;
    switch (event.type) {
      case 'batch':
        this.#began(event, at);
        return;
      case 'base': {
        const { type, sha256, fields, wiring, instance } = event;
        this.#bases.set(sha256, { type, sha256, fields, wiring, instance });
        return;
      }
      case 'end':
        this.#state.endedAt = earlier(event.finishedAt, at);
        this.#state.exitCode = event.exitCode;
        this.#state.stop = event.stop;
        this.#state.told = event.told ?? null;
        return;
      case 'planned':
        this.#planned.set(event.index, event);
        return;
      case 'intent':
        this.#intent(event, at);
        return;
      case 'accepted':
      case 'judged':
      case 'lost':
      case 'observed':
      case 'refused':
      case 'resolved':
      case 'saved':
      case 'settled':
      case 'waits': {
        const record = this.#runs.get(event.run);
        if (event.type === 'accepted') this.#state.accepted += 1;
        // An event of a run that the journal does not know cannot be believed.
        if (record !== undefined) happened(record, event, at);
      }
    }
  }

  /** Neighbours mostly share their second: only the digits behind it are read anew. */
  #instant(text: string): Instant {
    const second = text.slice(0, 19);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondAt = Date.parse(`${second}Z`);
    }
    return text.length === 24 ? this.#secondAt + Number(text.slice(20, 23)) : Date.parse(text);
  }

  /** After a crash: an intent without an answer may have made a task. */
  orphan(): void {
    for (const record of this.#runs.values())
      if (record.state.is === 'submitting') {
        const { attempt, since } = record.state;
        const why = 'rh-batch ended before the answer was recorded';
        record.state = { is: 'unknown', attempt, since, why };
        const last = record.attempts.at(-1);
        if (last !== undefined) last.end = { is: 'lost', why };
      }
  }

  #began(event: Recorded & { type: 'batch' }, at: Instant): void {
    this.orphan();
    const shard = event.scope?.shard ?? null;
    if (!sameShard(this.#state.scope?.shard ?? null, shard)) this.#planned.clear();
    this.#state.name = event.name;
    this.#state.target = event.target;
    this.#state.emulated = event.emulated;
    this.#state.account = event.account;
    this.#state.beganAt = earlier(event.startedAt, at);
    this.#state.endedAt = null;
    this.#state.exitCode = null;
    this.#state.stop = null;
    this.#state.creates = 0;
    this.#state.accepted = 0;
    this.#state.manifest = event.manifest;
    this.#state.scope = event.scope ?? null;
    const folder = event.scope?.outputs ?? null;
    if (folder !== null) this.#folders.add(folder);
    this.#state.told = null;
  }

  #intent({ run, attempt, inputs, taskId }: Recorded & { type: 'intent' }, at: Instant): void {
    this.#state.creates += 1;
    const known = this.#runs.get(run);
    const record = known ?? newRecord(run, inputs);
    if (known === undefined) this.#runs.set(run, record);
    else if (inputs !== null) record.inputs = inputs;
    const begun = newAttempt(attempt, this.#state.account, at);
    if (taskId !== undefined) begun.named = taskId;
    record.attempts = record.attempts.concat(begun);
    record.state = { is: 'submitting', attempt, since: at };
  }
}

const sameShard = (a: Shard | null, b: Shard | null): boolean =>
  a !== null && b !== null && a.matrix === b.matrix && a.index === b.index && a.count === b.count;

const unknownInputs: RunInputs = {
  index: 0,
  name: '',
  row: null,
  tags: [],
  values: {},
  overrides: [],
  base: '',
  repeat: 0,
};

const newRecord = (id: RunId, inputs: RunInputs | null): OpenRecord => ({
  id,
  inputs: inputs ?? unknownInputs,
  state: { is: 'pending', last: null },
  attempts: [],
  failures: 0,
});

const open: AttemptRecord['end'] = { is: 'open' };
const succeeded: AttemptRecord['end'] = { is: 'succeeded' };

const newAttempt = (attempt: number, account: string | null, intentAt: Instant): OpenAttempt => ({
  attempt,
  account,
  intentAt,
  taskId: null,
  acceptedAt: null,
  runningAt: null,
  settledAt: null,
  end: open,
  cost: null,
});

const ofOneShape = (file: SavedFile): SavedFile => {
  const { path, url, node, type, bytes, sha256, mtimeMs } = file;
  return { path, url, node, type, bytes, sha256, mtimeMs };
};

type RunEvent = Exclude<Recorded, { type: 'batch' | 'planned' | 'base' | 'end' | 'intent' }>;

const happened = (record: OpenRecord, event: RunEvent, at: Instant): void => {
  switch (event.type) {
    case 'accepted': {
      const attempt = attemptNumbered(record, event.attempt);
      if (attempt !== undefined) {
        attempt.taskId = event.taskId;
        attempt.acceptedAt = at;
        attempt.end = open;
      }
      move(record, inFlight(event.attempt, event.taskId, at));
      return;
    }
    case 'refused': {
      const attempt = attemptNumbered(record, event.attempt);
      if (attempt !== undefined)
        attempt.end = { is: 'refused', error: event.error, then: event.then };
      if (event.then === 'final' || event.then === 'retry') record.failures += 1;
      move(
        record,
        event.then === 'final'
          ? { is: 'failed', taskId: null, error: event.error, at }
          : { is: 'pending', last: event.error },
      );
      return;
    }
    case 'lost': {
      const attempt = attemptNumbered(record, event.attempt);
      if (attempt !== undefined) attempt.end = { is: 'lost', why: event.why };
      move(record, { is: 'unknown', attempt: event.attempt, since: at, why: event.why });
      return;
    }
    case 'judged': {
      const attempt = attemptNumbered(record, event.attempt);
      if (attempt === undefined) return;
      attempt.evidence = [...(attempt.evidence ?? []), event.said];
      attempt.candidates = [...(attempt.candidates ?? []), ...event.candidates];
      return;
    }
    case 'observed': {
      const attempt = attemptWith(record, event.taskId);
      if (attempt !== undefined) attempt.runningAt ??= at;
      if (record.state.is === 'inFlight' && record.state.taskId === event.taskId)
        record.state = { ...record.state, runningSince: record.state.runningSince ?? at };
      return;
    }
    case 'settled':
      settled(record, event, at);
      return;
    case 'saved':
      saved(record, event, at);
      return;
    case 'waits':
      waits(record, event);
      return;
    case 'resolved':
      resolved(record, event, at);
      return;
    default:
      impossible(event);
  }
};

/** A time that a record tells, which is not after the record itself. */
const earlier = (text: string | undefined, at: Instant): Instant => {
  const told = text === undefined ? NaN : Date.parse(text);
  return told < at ? told : at;
};

const settled = (record: OpenRecord, event: Recorded & { type: 'settled' }, at: Instant): void => {
  const { taskId, outcome, cost } = event;
  const attempt = attemptWith(record, taskId);
  if (attempt !== undefined) {
    attempt.settledAt = at;
    attempt.cost = cost;
  }
  switch (outcome.is) {
    case 'succeeded':
      if (attempt !== undefined) attempt.end = succeeded;
      move(record, { is: 'fetching', taskId, outputs: outcome.outputs });
      return;
    case 'failed':
      if (attempt !== undefined) attempt.end = { is: 'failed', error: outcome.error };
      if (outcome.then !== 'again') record.failures += 1;
      move(
        record,
        outcome.then === 'final'
          ? { is: 'failed', taskId, error: outcome.error, at }
          : { is: 'pending', last: outcome.error },
      );
      return;
    case 'cancelled':
      if (attempt !== undefined) attempt.end = { is: 'cancelled', by: outcome.by };
      move(record, { is: 'cancelled', taskId, by: outcome.by, at });
      return;
    default:
      impossible(outcome);
  }
};

const saved = (record: OpenRecord, event: Recorded & { type: 'saved' }, at: Instant): void => {
  const { taskId, error } = event;
  const { state } = record;
  if (event.removed === true) {
    if (state.is === 'succeeded' || state.is === 'failed')
      record.state = { ...state, removedAt: at };
    return;
  }
  const files = event.files.map(ofOneShape);
  if (event.moved === true) {
    if (state.is === 'succeeded')
      record.state = {
        is: 'succeeded',
        taskId: state.taskId,
        files,
        at: state.at,
        ...onMachine(event),
      };
    return;
  }
  record.state =
    error === null
      ? { is: 'succeeded', taskId, files, at, ...onMachine(event) }
      : { is: 'failed', taskId, error, at, files };
};

const onMachine = ({ machine }: { readonly machine?: string }): { readonly machine?: string } =>
  machine === undefined ? {} : { machine };

/** Also outputs that were saved once and are gone from the disk wait so. */
const waits = (record: OpenRecord, event: Recorded & { type: 'waits' }): void => {
  const { taskId, outputs, error } = event;
  const files = event.files.map(({ index, file }) => ({ index, file: ofOneShape(file) }));
  record.state = { is: 'fetching', taskId, outputs, files, error };
};

const resolved = (
  record: OpenRecord,
  event: Recorded & { type: 'resolved' },
  at: Instant,
): void => {
  const attempt = attemptNumbered(record, event.attempt);
  const { how } = event;
  if (attempt !== undefined && how.is !== 'task')
    attempt.end = {
      is: 'resolved',
      how: how.is,
      ...(event.by === 'person' ? { by: event.by } : {}),
    };
  switch (how.is) {
    case 'task':
      if (attempt !== undefined) {
        attempt.taskId = how.taskId;
        attempt.acceptedAt ??= at;
        attempt.end = open;
      }
      move(record, inFlight(event.attempt, how.taskId, at));
      return;
    case 'noTask':
    case 'resubmit':
      move(record, { is: 'pending', last: null });
      return;
    case 'giveUp':
      move(record, { is: 'failed', taskId: null, error: gaveUp, at });
      return;
    default:
      impossible(how);
  }
};

const gaveUp: RunError = {
  class: 'lost',
  code: 'given-up',
  message: 'The submit was never answered and was given up by hand',
  node: null,
  field: null,
  traceback: null,
};

/** A paid result is never undone by a late event; only a new intent begins anew. */
const move = (record: OpenRecord, to: RunState): void => {
  if (record.state.is !== 'succeeded') record.state = to;
};

const inFlight = (attempt: number, taskId: TaskId, since: Instant): RunState => ({
  is: 'inFlight',
  attempt,
  taskId,
  since,
  runningSince: null,
});

const attemptNumbered = (record: OpenRecord, attempt: number): OpenAttempt | undefined =>
  record.attempts.findLast((candidate) => candidate.attempt === attempt);

const attemptWith = (record: OpenRecord, taskId: string): OpenAttempt | undefined =>
  record.attempts.findLast((candidate) => candidate.taskId === taskId);

/** Of a batch that never began. */
export const emptyState = (): BatchState => new Fold().state;
