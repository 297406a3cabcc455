import { join, resolve } from 'node:path';
import { error, warning } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import { NodeOutputFiles } from '../../edges/files/output-files.js';
import type { Io } from '../../edges/io.js';
import type { SavedFile } from '../../journal/event.js';
import { readEnded } from '../../journal/store.js';
import type { PlacedShard, ShardJournal } from '../../report/merge.js';
import { checkShards, mergedReport, shardName, shardOf } from '../../report/merge.js';
import type { BatchReport } from '../../report/model.js';
import { count } from '../../values/amounts.js';
import { shownFrom } from '../load/locate.js';
import { placeOutputs, savedFiles } from './place-outputs.js';
import type { FoundState } from './shard-folders.js';
import { findStates, outputsDirOf } from './shard-folders.js';

export interface MergeOptions {
  /** Projects, folders of states, or artifacts that hold one. */
  readonly dirs: readonly string[];
  /** null: `out/NAME-merged`. */
  readonly outDir: string | null;
  /** Whether outputs are copied into it, or stay where they are. */
  readonly copy: boolean;
}

export interface Merged {
  readonly report: BatchReport;
  /** Absolute. */
  readonly outDir: string;
  /** Where the shards have their outputs. */
  readonly folders: readonly string[];
}

/** One report of shards that were applied apart; null: there are errors. Nothing is sent. */
export const mergeShards = async (
  { dirs, outDir: typed, copy }: MergeOptions,
  io: Io,
  problems: Problems,
): Promise<Merged | null> => {
  const found = await shardsIn(dirs, io, shownFrom(io.cwd), problems);
  checkShards(
    found.map(({ shard }) => shard),
    problems,
  );
  const [first] = found;
  if (first === undefined || problems.errors > 0) return null;
  const outDir = resolve(io.cwd, typed ?? join('out', outNameOf(first.shard)));
  const located = await inTurn(found, locate);
  checkOutDir(located, outDir, problems);
  if (problems.errors > 0) return null;
  const copies = copy
    ? new NodeOutputFiles({ dir: outDir, onExist: 'rename', refuse: () => null })
    : null;
  const placed = await inTurn(located, (each) => place(each, outDir, copies, problems));
  return {
    report: mergedReport(first.shard, placed),
    outDir,
    folders: located.flatMap(({ from }) => (from === null ? [] : [from])),
  };
};

interface FoundShard {
  readonly shard: ShardJournal;
  readonly at: FoundState;
}

const shardsIn = async (
  dirs: readonly string[],
  io: Io,
  show: (path: string) => string,
  problems: Problems,
): Promise<FoundShard[]> => {
  const shards: FoundShard[] = [];
  for (const typed of dirs) {
    const states = await findStates(resolve(io.cwd, typed));
    if (states === null || states.length === 0)
      problems.add(
        error(
          'E0704',
          null,
          states === null ? `${typed} is no folder that can be read` : `${typed} holds no journal`,
          { hint: 'a project, a state folder (.rh-batch/NAME), or an artifact that holds one' },
        ),
      );
    for (const at of states ?? []) {
      const read = await readEnded(at.stateDir);
      if (read.ok) {
        const shard = shardOf(show(at.stateDir), read.state, problems);
        if (shard !== null) shards.push({ shard, at });
      } else problems.add(error('E0702', null, read.problem.message, { hint: read.problem.hint }));
    }
  }
  return shards;
};

/** The batch's name came from a file of another machine. */
const outNameOf = ({ state }: ShardJournal): string =>
  `${(state.name ?? '').replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '')}-merged`;

interface Located extends FoundShard {
  readonly files: readonly SavedFile[];
  /** Their folder; null: it is not there, or there are no files. */
  readonly from: string | null;
}

const locate = async ({ shard, at }: FoundShard): Promise<Located> => {
  const files = savedFiles(shard.state);
  const paths = files.map(({ path }) => path);
  const from = await outputsDirOf(at, shard.state.scope?.outputs ?? null, paths);
  return { shard, at, files, from };
};

const checkOutDir = (located: readonly Located[], outDir: string, problems: Problems): void => {
  for (const { shard, from } of located)
    if (from === outDir)
      problems.add(
        error('E0706', null, `--out-dir is the outputs' folder of shard ${shardName(shard)}`, {
          hint: 'choose a folder of its own: the reports of the shard would be replaced',
        }),
      );
};

const maxNamed = 5;

const place = async (
  { shard, files, from }: Located,
  outDir: string,
  copies: NodeOutputFiles | null,
  problems: Problems,
): Promise<PlacedShard> => {
  const { placed, missing } = await placeOutputs(files, from, outDir, copies);
  if (missing.length > 0)
    problems.add(
      warning(
        'E0707',
        null,
        `${count(missing.length, 'output')} of shard ${shardName(shard)} left out`,
        {
          notes: [
            ...missing.slice(0, maxNamed),
            ...(missing.length > maxNamed ? [`… and ${missing.length - maxNamed} more`] : []),
          ],
          hint: 'keep the outputs in the artifact, beside the state',
        },
      ),
    );
  return { ...shard, placed };
};

const inTurn = async <A, B>(items: readonly A[], each: (item: A) => Promise<B>): Promise<B[]> => {
  const done: B[] = [];
  for (const item of items) done.push(await each(item));
  return done;
};
