import type { Cost, JournalEvent, LiveEvent, Phase, RunError } from '../../journal/event.js';
import type { Instant } from '../../journal/state.js';
import { addTexts } from '../../values/decimal.js';
import type { RunId } from '../../values/ids.js';
import { impossible } from '../../values/impossible.js';

/** What happened, in the words of a progress view. */
export type Change =
  | { readonly is: 'phase'; readonly phase: Phase; readonly detail: string }
  | {
      readonly is: 'submitted' | 'adopted' | 'running';
      readonly run: RunId;
      readonly taskId: string;
    }
  | { readonly is: 'done'; readonly run: RunId; readonly ms: number | null; readonly files: number }
  | { readonly is: 'retry' | 'failed' | 'blocked'; readonly run: RunId; readonly error: RunError }
  | { readonly is: 'cancelled'; readonly run: RunId; readonly by: string }
  | { readonly is: 'unknown'; readonly run: RunId; readonly why: string }
  | { readonly is: 'uploaded'; readonly path: string; readonly bytes: number }
  | { readonly is: 'uploadFailed'; readonly error: RunError; readonly runs: number }
  | { readonly is: 'waiting'; readonly message: string }
  | { readonly is: 'notice'; readonly message: string }
  | { readonly is: 'end'; readonly exitCode: number; readonly stop: string | null };

/** A run between its submit and its last file. */
export interface Flight {
  readonly state: 'submitting' | 'queued' | 'running' | 'saving';
  /** When this state began. */
  readonly since: Instant;
  /** When the task began to run, as far as was seen; else when it was accepted. */
  readonly from: Instant;
  /** The node at work and how far it is in percent, where that is told. */
  readonly step: { readonly node: string; readonly percent: number | null } | null;
}

/**
 * Counts of an apply as its events come. Memory grows with what is in flight, not with the batch.
 * Not the truth about runs, which is the journal's fold: this one only has to be fast.
 */
export class Tally {
  done = 0;
  failed = 0;
  cancelled = 0;
  blocked = 0;
  /** Spent in this apply so far; null: the service did not tell. */
  coins: string | null = null;
  /** Why nothing moves, while nothing does. */
  waitingFor: string | null = null;
  stop: string | null = null;
  readonly flights = new Map<RunId, Flight>();
  readonly unknown = new Set<RunId>();
  readonly #uploading = new Map<string, number>();
  /** Why files were refused: told with the number of runs that need them. */
  readonly #refusedFiles = new Set<string>();

  /** Runs that this apply is through with, one way or the other. */
  get settled(): number {
    return this.done + this.failed + this.cancelled + this.blocked + this.unknown.size;
  }

  get troubled(): number {
    return this.settled - this.done;
  }

  on(event: JournalEvent | LiveEvent, now: Instant): Change | null {
    switch (event.type) {
      case 'phase':
        return { is: 'phase', phase: event.phase, detail: event.detail };
      case 'intent':
        this.#fly(event.run, 'submitting', now);
        return null;
      case 'accepted':
        return this.#aloft('submitted', event, now);
      case 'adopted':
        return this.#aloft('adopted', event, now);
      case 'observed':
        this.#fly(event.run, 'running', now);
        return { is: 'running', run: event.run, taskId: event.taskId };
      case 'refused':
        return this.#refused(event);
      case 'lost':
        this.flights.delete(event.run);
        this.unknown.add(event.run);
        return { is: 'unknown', run: event.run, why: event.why };
      case 'resolved':
        return this.#resolved(event, now);
      case 'settled':
        return this.#settledTask(event, now);
      case 'saved':
        return this.#saved(event);
      case 'blocked':
        this.blocked += 1;
        return this.#refusedFiles.has(reasonKey(event.error))
          ? null
          : { is: 'blocked', run: event.run, error: event.error };
      case 'uploading':
        this.#uploading.set(event.sha256, event.bytes);
        return null;
      case 'uploaded':
        return this.#uploaded(event);
      case 'uploadFailed':
        this.#uploading.delete(event.sha256);
        this.#refusedFiles.add(reasonKey(event.error));
        return { is: 'uploadFailed', error: event.error, runs: event.runs };
      case 'waiting':
        return this.#waiting(event.message);
      case 'waits':
        return this.#waiting(event.error.message);
      case 'notice':
        return { is: 'notice', message: event.message };
      case 'end':
        this.stop = event.stop;
        return { is: 'end', exitCode: event.exitCode, stop: event.stop };
      case 'progress':
        this.#steps(event);
        return null;
      case 'slots':
      case 'batch':
      case 'planned':
      case 'judged':
      case 'base':
        return null;
      default:
        return impossible(event);
    }
  }

  #fly(run: RunId, state: Flight['state'], now: Instant, from = now): void {
    this.flights.set(run, { state, since: now, from, step: null });
  }

  /** Of a task that is known to run only: what a socket tells may come late. */
  #steps({ run, node, title, percent }: Extract<LiveEvent, { type: 'progress' }>): void {
    const flight = this.flights.get(run);
    if (flight === undefined || flight.state === 'saving') return;
    this.flights.set(run, { ...flight, step: { node: title ?? `node ${node}`, percent } });
  }

  #aloft(
    is: 'submitted' | 'adopted',
    { run, taskId }: { readonly run: RunId; readonly taskId: string },
    now: Instant,
  ): Change {
    this.waitingFor = null;
    this.unknown.delete(run);
    this.#fly(run, 'queued', now);
    return { is, run, taskId };
  }

  #refused({ run, error, then }: Extract<JournalEvent, { type: 'refused' }>): Change | null {
    this.flights.delete(run);
    if (then === 'final') this.failed += 1;
    if (then === 'final') return { is: 'failed', run, error };
    // No room, or the account: told once by the event that says what is waited for.
    return then === 'retry' ? { is: 'retry', run, error } : null;
  }

  #resolved(
    { run, how }: Extract<JournalEvent, { type: 'resolved' }>,
    now: Instant,
  ): Change | null {
    this.unknown.delete(run);
    if (how.is === 'task') return this.#aloft('adopted', { run, taskId: how.taskId }, now);
    if (how.is === 'giveUp') this.failed += 1;
    return null;
  }

  #settledTask(
    { run, outcome, cost }: Extract<JournalEvent, { type: 'settled' }>,
    now: Instant,
  ): Change | null {
    this.#spend(cost);
    const from = this.flights.get(run)?.from ?? now;
    this.flights.delete(run);
    switch (outcome.is) {
      case 'succeeded':
        this.#fly(run, 'saving', now, from);
        return null;
      case 'failed':
        if (outcome.then === 'final') this.failed += 1;
        return { is: outcome.then === 'final' ? 'failed' : 'retry', run, error: outcome.error };
      case 'cancelled':
        this.cancelled += 1;
        return { is: 'cancelled', run, by: outcome.by };
      default:
        return impossible(outcome);
    }
  }

  #saved({ run, files, error }: Extract<JournalEvent, { type: 'saved' }>): Change {
    const flight = this.flights.get(run);
    this.flights.delete(run);
    if (error !== null) {
      this.failed += 1;
      return { is: 'failed', run, error };
    }
    this.done += 1;
    const ms = flight?.state === 'saving' ? flight.since - flight.from : null;
    return { is: 'done', run, ms, files: files.length };
  }

  #uploaded({ sha256, path, reused }: Extract<LiveEvent, { type: 'uploaded' }>): Change | null {
    const bytes = this.#uploading.get(sha256) ?? 0;
    this.#uploading.delete(sha256);
    if (reused) return null;
    return { is: 'uploaded', path, bytes };
  }

  /** The same reason again is no news. */
  #waiting(message: string): Change | null {
    if (message === this.waitingFor) return null;
    this.waitingFor = message;
    return { is: 'waiting', message };
  }

  #spend({ coins }: Cost): void {
    this.coins = addTexts(this.coins, coins);
  }
}

const reasonKey = ({ code, message }: RunError): string => `${code ?? ''} ${message}`;
