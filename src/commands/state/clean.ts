import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problems } from '../../diagnostics/problems.js';
import { systemClock } from '../../edges/clock.js';
import { nodeFiles } from '../../edges/files/node-files.js';
import { removeLeftOver } from '../../edges/files/temporary.js';
import { takeLock } from '../../journal/files/lock.js';
import { repairJournal } from '../../journal/files/repair.js';
import { lockPath } from '../../journal/store.js';
import { thumbnailsFolder } from '../../thumbnails/folder.js';
import { count } from '../../values/amounts.js';
import { Answer } from '../answer.js';
import type { Call } from '../argv/call.js';
import { optionsOf } from '../argv/options.js';
import { exit } from '../../batch/exit.js';
import type { Io } from '../../edges/io.js';
import type { Located } from '../../batch/load/locate.js';
import { locateProject } from '../../batch/load/locate.js';
import { sayOne, sayProblems } from '../say.js';

/** `rh-batch clean`: removes parts of broken downloads; `--repair` moves bad journal lines aside, `--orphans` see there. */
export const clean = async (call: Call, io: Io): Promise<number> => {
  if (call.flag('orphans')) return (await import('./clean-orphans.js')).cleanOrphans(call, io);
  const problems = new Problems();
  const located = await locateProject(
    optionsOf(call, problems),
    io,
    problems,
    nodeFiles(),
    'lastApply',
  );
  if (located === null || problems.errors > 0) {
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  const answer = new Answer(call, io);
  try {
    // Without a state there is no journal to mend and no apply at work.
    if (!existsSync(located.stateDir)) return await removeRemains(located, answer);
    const now = new Date(systemClock.now()).toISOString();
    const locked = await takeLock(lockPath(located.stateDir), 'rh-batch clean', now);
    if (!locked.ok) {
      sayOne('E0701', `the state is ${locked.why}`, 'rh-batch unlock', call, io);
      return exit.locked;
    }
    try {
      if (call.flag('repair')) {
        const { kept, moved, aside } = await repairJournal(located.stateDir);
        answer.say(
          moved === 0
            ? 'the journal is whole'
            : `${moved} bad lines moved to ${aside}, ${kept} kept`,
          { journal: { kept, moved, aside: moved === 0 ? null : aside } },
        );
      }
      return await removeRemains(located, answer);
    } finally {
      await locked.lock.release();
    }
  } catch (cause) {
    sayOne('E0702', cause instanceof Error ? cause.message : String(cause), null, call, io);
    return exit.badInput;
  }
};

/** Parts of downloads, and temporary files of processes that were killed. */
const removeRemains = async (
  { outputsDir, stateDir }: Located,
  answer: Answer,
): Promise<number> => {
  const parts = await partsIn(outputsDir);
  for (const part of parts) await rm(part, { force: true });
  let temporary = 0;
  for (const dir of [outputsDir, join(outputsDir, thumbnailsFolder), stateDir, dirname(stateDir)])
    temporary += await removeLeftOver(dir);
  if (temporary > 0)
    answer.say(`${count(temporary, 'temporary file')} removed`, { temporaryRemoved: temporary });
  answer.say(
    parts.length === 0
      ? 'there are no parts of downloads'
      : `${parts.length} ${parts.length === 1 ? 'part' : 'parts'} of downloads removed`,
    { partsRemoved: parts.length },
  );
  return answer.end(exit.done);
};

const partsIn = async (dir: string): Promise<string[]> => {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  return names.filter((name) => /\.[0-9a-f]{8}\.part$/.test(name)).map((name) => join(dir, name));
};
