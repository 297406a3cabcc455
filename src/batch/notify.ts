import { systemClock } from '../edges/clock.js';
import { spawn } from 'node:child_process';
import { warning } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import { isWebUrl, urlWith } from '../manifest/notify.js';
import type { BatchReport } from '../report/model.js';
import { summaryJson } from '../report/files/summary.js';
import { defaultTimeouts } from '../runninghub/http/timeouts.js';
import { exit } from './exit.js';
import type { Io } from '../edges/io.js';
import { withoutKeys } from './plan/planning.js';
import type { Located } from './load/locate.js';

/** Who is told of the end of an apply; made at its start, so that what is missing is told then. */
export interface Notifier {
  /** @returns why it could not be told, in words without the URL; null: it was, or need not be. */
  tell(report: BatchReport, interrupted: AbortSignal): Promise<string | null>;
}

const urlMs = 10_000;
const commandMs = 60_000;
/** After a signal the whole end has a few seconds. */
const hurriedMs = 1_000;

/** Aborted when the time is up, which a signal brings near. */
const timeLimit = (ms: number, interrupted: AbortSignal): { signal: AbortSignal; end(): void } => {
  const over = new AbortController();
  const timers = [setTimeout(() => over.abort(), interrupted.aborted ? hurriedMs : ms)];
  const hurry = (): void => void timers.push(setTimeout(() => over.abort(), hurriedMs));
  interrupted.addEventListener('abort', hurry, { once: true });
  return {
    signal: over.signal,
    end: () => {
      interrupted.removeEventListener('abort', hurry);
      timers.forEach(clearTimeout);
    },
  };
};

/** null: the manifest names nobody, or cannot name it here, which is a warning. */
export const notifierOf = (
  { manifest: { notify, dir }, emulated }: Pick<Located, 'manifest' | 'emulated'>,
  env: ReadonlyMap<string, string>,
  io: Io,
  problems: Problems,
): Notifier | null => {
  if (notify === null) return null;
  // A rehearsal starts nothing and tells nobody outside of this machine.
  if (emulated) {
    io.err.write(`notice: notify.${notify.is} is left out with --emulator\n`);
    return null;
  }
  const readable = withoutKeys(env);
  const wanted = (exitCode: number | null): boolean =>
    notify.on === 'always' || (exitCode === exit.done) === (notify.on === 'success');
  const telling = (send: Send): Notifier => ({
    tell: (report, interrupted) =>
      wanted(report.exitCode) ? send(report, interrupted) : Promise.resolve(null),
  });
  if (notify.is === 'command')
    return telling((report, interrupted) =>
      runCommand(notify.command, { report, dir, env: readable, interrupted, io }),
    );
  const resolved = urlWith(notify.url.value, readable);
  const wrong =
    'missing' in resolved
      ? `${resolved.missing.join(', ')} is not set`
      : isWebUrl(resolved.url)
        ? null
        : 'what the environment gives is no http or https URL';
  if (wrong !== null || 'missing' in resolved) {
    const at = { ...notify.url.at, text: null };
    problems.add(warning('E0124', at, `notify.url: ${wrong ?? ''}, so nobody will be told`));
    return null;
  }
  const url = resolved.url.trim();
  io.protect(url);
  return telling((report, interrupted) => post(url, report, readable, interrupted, io));
};

type Send = (report: BatchReport, interrupted: AbortSignal) => Promise<string | null>;

const post = async (
  url: string,
  report: BatchReport,
  env: ReadonlyMap<string, string>,
  interrupted: AbortSignal,
  io: Io,
): Promise<string | null> => {
  const { Http } = await import('../runninghub/http/http.js');
  const http = new Http({ env: Object.fromEntries(env), clock: systemClock, ...defaultTimeouts });
  const limit = timeLimit(urlMs, interrupted);
  try {
    const reply = await http.send(
      {
        kind: 'read',
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json' },
        body: io.clean(summaryJson(report, undefined, 0)),
      },
      limit.signal,
    );
    if (reply.is === 'none')
      return limit.signal.aborted
        ? 'the URL did not answer in time'
        : `the URL could not be reached (${reply.code})`;
    return reply.status >= 200 && reply.status < 300
      ? null
      : `the URL answered HTTP ${reply.status}`;
  } finally {
    limit.end();
    await http.close();
  }
};

/** The summary comes on its standard input, a few facts as variables; keys never come along. */
const runCommand = (
  command: string,
  given: {
    readonly report: BatchReport;
    readonly dir: string;
    readonly env: ReadonlyMap<string, string>;
    readonly interrupted: AbortSignal;
    readonly io: Io;
  },
): Promise<string | null> =>
  new Promise((resolve) => {
    const { report, dir, env, interrupted, io } = given;
    const posix = process.platform !== 'win32';
    const child = started(command, dir, { ...Object.fromEntries(env), ...factsOf(report) });
    if (typeof child === 'string') {
      resolve(`the command could not be started (${child})`);
      return;
    }
    const limit = timeLimit(commandMs, interrupted);
    let said = '';
    const end = (why: string | null): void => {
      limit.end();
      child.stderr.destroy();
      resolve(why);
    };
    limit.signal.addEventListener('abort', () => {
      end('the command did not end in time and was ended');
      if (posix && child.pid !== undefined) killGroup(child.pid);
      else child.kill('SIGKILL');
    });
    child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2000)));
    // It may not care for its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(io.clean(summaryJson(report, undefined, 0)));
    child.on('error', ({ message }) => end(`the command could not be started (${message})`));
    child.on('exit', (code, signal) => {
      const last = said.trim().split('\n').at(-1) ?? '';
      const why = `the command ended with ${code ?? signal ?? 'nothing'}`;
      end(code === 0 ? null : `${why}${last === '' ? '' : `: ${last}`}`);
    });
  });

/** A text: why not. A command that is too long, for one, is told by an exception. */
const started = (command: string, cwd: string, env: Record<string, string>) => {
  try {
    return spawn(command, {
      shell: true,
      cwd,
      env,
      stdio: ['pipe', 'ignore', 'pipe'],
      // A group of its own: what it started ends with it.
      detached: process.platform !== 'win32',
    });
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
};

const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
};

const factsOf = ({ name, exitCode, counts, emulated }: BatchReport): Record<string, string> => ({
  RH_BATCH_NAME: name,
  RH_BATCH_EXIT_CODE: String(exitCode ?? ''),
  RH_BATCH_TOTAL: String(counts.total),
  RH_BATCH_SUCCEEDED: String(counts.succeeded),
  RH_BATCH_FAILED: String(counts.failed),
  RH_BATCH_EMULATED: String(emulated),
});
