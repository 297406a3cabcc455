import { resolve } from 'node:path';
import { error, warning } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import { nodeFiles } from '../../edges/files/node-files.js';
import type { Io } from '../../edges/io.js';
import type { BatchState } from '../../journal/state.js';
import type { WantedMarks } from '../../picks/wanted.js';
import { isWanted, starsCondition } from '../../picks/wanted.js';
import { exit } from '../../batch/exit.js';
import type { Located } from '../../batch/load/locate.js';
import { locateProject, shownFrom } from '../../batch/load/locate.js';
import { importPicks } from '../../batch/picks/import-picks.js';
import { knownMarks } from '../../batch/picks/known-marks.js';
import type { MarkedPicture } from '../../batch/picks/pictures.js';
import { picturesOf } from '../../batch/picks/pictures.js';
import type { Chosen, Taken } from '../../batch/picks/take.js';
import { copyTo, linkTo, zipTo } from '../../batch/picks/take.js';
import { picksCsv, picksText, pictureJson } from '../../terminal/picks-text.js';
import { count } from '../../values/amounts.js';
import { Answer } from '../answer.js';
import type { Call } from '../argv/call.js';
import { optionsOf } from '../argv/options.js';
import { sayOne, sayProblems } from '../say.js';

/** `rh-batch picks`: what is marked, and what is done with it. Nothing is sent. */
export const picks = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const wanted = wantedBy(call, problems);
  const options = optionsOf(call, problems);
  const located = await locateProject(options, io, problems, nodeFiles(), 'lastApply');
  if (located === null || problems.errors > 0) {
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  const read = await located.stores.read(located);
  if (!read.ok) {
    sayOne('E0702', read.problem.message, read.problem.hint, call, io);
    return exit.badInput;
  }
  return run({ located, state: read.state, wanted, call, io, problems });
};

/** Of what `--where` takes elsewhere only stars mean something here. */
const wantedBy = (call: Call, problems: Problems): WantedMarks | null => {
  const stars = call.texts('where').flatMap((text) => {
    const condition = starsCondition(text);
    if (condition === null)
      problems.add(
        error('E0001', null, `--where "${text}" is not about stars`, {
          hint: "--where 'stars>=4'",
        }),
      );
    return condition === null ? [] : [condition];
  });
  return stars.length === 0 ? null : { picked: false, stars };
};

interface Asked {
  readonly located: Located;
  readonly state: BatchState;
  /** null: all marked pictures are listed, and the picked ones taken. */
  readonly wanted: WantedMarks | null;
  readonly call: Call;
  readonly io: Io;
  readonly problems: Problems;
}

const run = async (asked: Asked): Promise<number> => {
  const { located, state, wanted, call, io, problems } = asked;
  const show = shownFrom(io.cwd);
  const marks = (): ReturnType<typeof knownMarks> =>
    knownMarks(located, state.folders, show, problems);
  let known = await marks();
  const answer = new Answer(call, io);
  const file = call.text('import');
  if (file !== null && problems.errors === 0) {
    const from = { path: resolve(io.cwd, file), shown: file };
    const to = { outputsDir: located.outputsDir, batch: located.name };
    const imported = await importPicks(from, to, known, state, problems);
    if (imported !== null) {
      const { added, older } = imported;
      const line = `${count(added, 'mark')} taken over${older === 0 ? '' : `, ${older} known already or older`}`;
      answer.say(line, { imported }, 'err');
      known = await knownMarks(located, state.folders, show, new Problems());
    }
  }
  if (problems.errors > 0) {
    sayProblems(problems, call, io);
    return exit.badInput;
  }
  const all = picturesOf(known, state);
  const listed = wanted === null ? all : all.filter(({ mark }) => isWanted(mark, wanted));
  const code = await take(listed, asked, answer);
  sayProblems(problems, call, io);
  if (problems.errors > 0) return code;
  if (call.flag('csv')) io.out.write(picksCsv(listed, state));
  else if (!call.flag('json')) io.out.write(takes(call) ? '' : picksText(listed));
  if (call.flag('json')) answer.say('', { pictures: listed.map(pictureJson) });
  return answer.end(code);
};

const ways = ['copy', 'link', 'zip'] as const;
const takes = (call: Call): boolean => ways.some((way) => call.text(way) !== null);

/** Copies, links or packs what is meant, and tells what is not there. */
const take = async (
  listed: readonly MarkedPicture[],
  { located, state, wanted, call, io, problems }: Asked,
  answer: Answer,
): Promise<number> => {
  if (!takes(call)) return exit.done;
  const meant = wanted === null ? listed.filter(({ mark }) => mark.pick === 'picked') : listed;
  tellChanged(meant, problems);
  const files = meant.flatMap(({ standing }) => ('file' in standing ? [standing.file] : []));
  if (files.length === 0) {
    const what = wanted === null ? 'no picture is picked' : 'no picture has so many stars';
    problems.add(error('E0485', null, what, { hint: 'rh-batch picks lists what is marked' }));
    return exit.badInput;
  }
  const show = shownFrom(io.cwd);
  const folders = [...state.folders].map((folder) => resolve(located.stateDir, folder));
  const chosen: Chosen = {
    files: [...new Map(files.map((file) => [file.path, file])).values()],
    folders: [...new Set([located.outputsDir, ...folders])],
  };
  const place = { copy: copyTo, link: linkTo, zip: zipTo } as const;
  let code: number = exit.done;
  for (const way of ways) {
    const typed = call.text(way);
    if (typed === null) continue;
    const target = resolve(io.cwd, typed);
    const taken: Taken | string = await place[way](target, chosen);
    if (typeof taken === 'string') {
      problems.add(error('E0787', null, `${typed} is not written: ${taken}`));
      return exit.machine;
    }
    const { names, left } = taken;
    for (const line of left) problems.add(warning('E0787', null, line));
    if (left.length > 0) code = exit.someFailed;
    const said = `${count(names.length, 'picture')} ${words[way]} ${show(target)}`;
    answer.say(said, { [way]: { to: target, names, left } });
  }
  return code;
};

const words = { copy: 'copied to', link: 'linked in', zip: 'packed into' } as const;

const tellChanged = (meant: readonly MarkedPicture[], problems: Problems): void => {
  for (const { mark, standing } of meant)
    if (standing.is !== 'same')
      problems.add(warning('E0785', null, `${mark.file}: ${told[standing.is]}`));
};

const told = {
  changed: 'changed since it was marked: look at it again',
  gone: 'its run has no such output now',
  unknown: 'is of a run that this batch does not know',
} as const;
