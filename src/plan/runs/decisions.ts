import type { SavedFile } from '../../journal/event.js';
import { endOfTask, linkLifeMs } from '../../journal/links.js';
import type { RunRecord, RunState } from '../../journal/state.js';
import type { RunId } from '../../values/ids.js';
import type { Decision } from '../decide.js';
import { decide } from '../decide.js';
import type { RunCore } from '../evaluate.js';
import { unmet } from '../expect.js';
import type { FileMove, FileMoves, Found } from '../names/moves.js';
import { isNumbered } from '../names/moves.js';
import { outputFacts } from '../names/output-facts.js';
import type { OutputNames } from '../names/output-names.js';
import type { PlanInput } from './input.js';

/** What is to become of a run that no history knows. */
export const isNew: Decision = { action: 'new', reasons: [] };

/** What is to become of each run, by what is known of it and by what is on the disk. */
export class Decisions {
  /** Of runs that history knows; the others are new. */
  readonly #made = new Map<RunId, Decision>();
  /** Which files of finished runs are to have another name or place. */
  readonly moves: FileMoves[] = [];

  constructor(
    private readonly input: PlanInput,
    private readonly outputs: OutputNames,
  ) {}

  of(id: RunId): Decision {
    return this.#made.get(id) ?? isNew;
  }

  async decide(core: RunCore): Promise<Decision> {
    const { history, selection, edges, manifest } = this.input;
    const record = history.runs.get(core.id);
    if (record === undefined) return isNew;
    const known = this.#made.get(core.id);
    if (known !== undefined) return known;
    const gone = edges.emulated === true ? goneWithEmulator(record) : null;
    const made =
      gone ??
      decide(record, {
        forced: core.forced,
        again: selection.failed,
        now: edges.now,
        maxAgeMs: manifest.reuse.maxAgeMs,
        accepts: (files) => files.length > 0 && unmet(files, manifest.run.expect) === null,
      });
    const decision = made === 'checkFiles' ? await this.#checkFiles(core, record) : made;
    this.#made.set(core.id, decision);
    return decision;
  }

  async #checkFiles(core: RunCore, record: RunRecord): Promise<Decision> {
    const { state } = record;
    if (state.is !== 'succeeded' && state.is !== 'failed') return isNew;
    const { places, lost } = await this.#look(state);
    if (state.is === 'failed')
      return lost.length === 0
        ? { action: 'download', reasons: ['its outputs are here, and run.expect takes them now'] }
        : { action: 'retry', reasons: [`failed before: ${state.error.message}`] };
    if (lost.length === 0) {
      await this.#place(core, state, places);
      return { action: 'upToDate', reasons: [] };
    }
    const { now, emulated, machine } = this.input.edges;
    // Paid for, and kept by another machine: this one neither makes nor fetches it anew.
    if (state.machine !== undefined && machine !== undefined && state.machine !== machine)
      return { action: 'upToDate', reasons: [`its files are on ${state.machine}`] };
    if (emulated === true)
      return { action: 'changed', reasons: [...lost, 'the emulator that made it is gone'] };
    const ended = endOfTask(record, state.taskId) ?? state.at;
    if (now - ended < linkLifeMs) return { action: 'download', reasons: lost };
    return { action: 'changed', reasons: [...lost, 'its links are older than a day'] };
  }

  /** Where the outputs of a run are, and what became of those that are not. */
  async #look(state: Ended): Promise<{ readonly places: Found[]; readonly lost: string[] }> {
    const { find, occupied } = this.input.edges;
    const lost: string[] = [];
    const places: Found[] = [];
    for (const file of state.files ?? []) {
      const found: ReturnType<typeof find> = find(file);
      // Thousands of files are looked at: one that is known at once waits for no turn.
      const place = found instanceof Promise ? await found : found;
      if (place !== null) places.push(place);
      else lost.push(`${file.path} ${lossOf(state, await occupied(file.path))}`);
    }
    return { places, lost };
  }

  async #place(core: RunCore, state: Succeeded, places: readonly Found[]): Promise<void> {
    const moves: FileMove[] = [];
    for (const [index, file] of state.files.entries()) {
      const place = places[index];
      if (place === undefined) return;
      moves.push(await this.#move(core, file, index, place));
    }
    // What was removed and is here again is noted, too.
    if (state.removedAt !== undefined || moves.some(({ how }) => how !== 'keep'))
      this.moves.push({ run: core.id, taskId: state.taskId, files: moves });
  }

  async #move(core: RunCore, file: SavedFile, index: number, place: Found): Promise<FileMove> {
    const wanted = this.outputs.lasting
      ? this.outputs.pathOf(core, core.combination, outputFacts(file, index))
      : file.path;
    // Its name was taken when it was saved, and is so still.
    const stays =
      wanted === file.path ||
      (isNumbered(file.path, wanted) && (await this.input.edges.occupied(wanted)));
    const how = !place.own ? 'link' : stays ? 'keep' : 'rename';
    return { file, from: place.path, to: stays ? file.path : wanted, how };
  }
}

type Succeeded = RunState & { readonly is: 'succeeded' };
type Ended = RunState & { readonly is: 'succeeded' | 'failed' };

/** What became of an output that is not where it was saved. */
const lossOf = ({ removedAt }: Ended, occupied: boolean): string => {
  if (occupied) return 'is not as it was saved';
  return removedAt === undefined
    ? 'is missing'
    : `was removed by clean --orphans on ${new Date(removedAt).toISOString().slice(0, 10)}`;
};

/** An emulator knows the tasks of its own process only, and none of them cost anything. */
const goneWithEmulator = ({ state }: RunRecord): Decision | null => {
  if (state.is !== 'inFlight' && state.is !== 'fetching') return null;
  const what = state.is === 'inFlight' ? 'was under way' : 'was done, its outputs not fetched';
  return {
    action: 'changed',
    reasons: [`task ${state.taskId} ${what}`, 'the emulator that made it is gone'],
  };
};
