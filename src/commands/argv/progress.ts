import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Clock } from '../../edges/clock.js';
import { painter } from '../../terminal/colour.js';
import type { Progress, ProgressMode, ProgressOptions } from '../../terminal/live/progress.js';
import { chooseMode, noProgress } from '../../terminal/live/progress.js';
import type { Call } from './call.js';
import type { Io } from '../../edges/io.js';

const modes: readonly ProgressMode[] = ['auto', 'tty', 'plain', 'json', 'none'];

/** What `--progress`, `--quiet`, the terminal and the environment ask for. */
export const modeFor = (call: Call, io: Io): Exclude<ProgressMode, 'auto'> => {
  const asked = modes.find((mode) => mode === call.text('progress')) ?? 'auto';
  return call.flag('quiet') ? 'none' : chooseMode(asked, io.err.isTTY, io.env);
};

/**
 * `--live`: whether sockets of running tasks are asked what they do. By itself only where a
 * person looks at a terminal: the service calls them unstable, and a program that reads events
 * would get some thousand more.
 */
export const liveWanted = (call: Call, io: Io, problems: Problems): boolean => {
  const typed = call.text('live') ?? 'auto';
  if (typed === 'auto') return modeFor(call, io) === 'tty';
  if (typed !== 'on' && typed !== 'off')
    problems.add(error('E0001', null, `--live wants auto, on or off, not "${typed}"`));
  return typed === 'on';
};

/** Everything else that is said on stderr goes past a live view, not through it. */
export const besideProgress = (
  io: Io,
): { readonly io: Io; readonly watch: (progress: Progress) => Progress } => {
  let live: Progress | null = null;
  const write = (text: string): void => {
    if (live?.print === undefined) io.err.write(text);
    else live.print(io.clean(text));
  };
  return {
    io: { ...io, err: { ...io.err, write } },
    watch: (progress) => {
      live = progress;
      return {
        ...progress,
        stop: async () => {
          await progress.stop();
          live = null;
        },
      };
    },
  };
};

export type MakeProgress = (
  io: Io,
  clock: Clock,
  facts: Pick<ProgressOptions, 'total' | 'nameOf' | 'forecast'>,
) => Progress;

/**
 * The view that `--progress`, the terminal and the environment ask for; the others are not even
 * loaded. It writes to stderr.
 */
export const progressFor = async (call: Call, asked: Io): Promise<MakeProgress> => {
  switch (modeFor(call, asked)) {
    case 'tty': {
      const { ttyProgress } = await import('../../terminal/live/tty.js');
      return (io, clock, facts) =>
        ttyProgress({
          ...optionsOf(io, clock, facts),
          columns: io.err.columns,
          ...(io.err.rows === undefined ? {} : { rows: io.err.rows }),
          paint: painter(io.env, io.err.isTTY),
        });
    }
    case 'plain': {
      const { plainProgress } = await import('../../terminal/live/plain.js');
      return (...given) => plainProgress(optionsOf(...given));
    }
    case 'json': {
      const { jsonProgress } = await import('../../terminal/live/json.js');
      return (...given) => jsonProgress(optionsOf(...given));
    }
    case 'none':
      return () => noProgress;
  }
};

const optionsOf = (...[io, clock, facts]: Parameters<MakeProgress>): ProgressOptions => {
  // Ages are told in the batch's time; frames and heartbeats come in the watcher's.
  const watched: Clock = {
    now: () => clock.now(),
    sleep: (ms, signal) => io.clock.sleep(ms, signal),
  };
  return { write: (text: string) => io.err.write(text), clock: watched, ...facts };
};
