import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { error } from '../diagnostics/diagnostic.js';
import { Problems } from '../diagnostics/problems.js';
import { writeAtomically } from '../edges/files/atomic.js';
import type { Files } from '../edges/files/files.js';
import { nodeFiles } from '../edges/files/node-files.js';
import type { Plan } from '../plan/plan.js';
import { terminalAsker } from '../terminal/ask.js';
import type { Asker } from '../terminal/ask.js';
import { painter, wantsColour } from '../terminal/colour.js';
import { planText } from '../terminal/plan-text.js';
import { Call } from '../commands/argv/call.js';
import { accountOptionsOf } from '../commands/argv/options.js';
import type { BatchOptions } from '../batch/options/options.js';
import { exit } from '../batch/exit.js';
import type { Chosen } from './fields.js';
import { chooseFields } from './fields.js';
import type { Material } from './material.js';
import { materialOf } from './material.js';
import { nextSteps } from './next.js';
import { nightlyPlace, stemOf } from './nightly/files.js';
import type { Paths } from './texts.js';
import { textsOf } from './texts.js';
import type { Io } from '../edges/io.js';
import { planBatch } from '../batch/plan/plan-batch.js';
import { readEnvFile } from '../batch/load/environment.js';
import { shownFrom } from '../batch/load/locate.js';
import { sayProblems } from '../commands/say.js';

/** `rh-batch init api.json`: a manifest and its table to begin with, and what to do next. */
export const init = async (call: Call, io: Io): Promise<number> => {
  let code: number = exit.sigint;
  const leave = new AbortController();
  const unhook = io.onStop((signal) => {
    code = signal === 'SIGINT' ? exit.sigint : exit.sigterm;
    leave.abort();
  });
  try {
    const begun = await begin(call, io, askerFor(call, io, leave.signal), leave.signal);
    if (begun !== 'left') return begun;
    io.err.write('left; nothing was written\n');
    return code;
  } finally {
    unhook();
  }
};

const begin = async (
  call: Call,
  io: Io,
  asker: Asker | null,
  signal: AbortSignal,
): Promise<number | 'left'> => {
  const problems = new Problems();
  const files = nodeFiles();
  const paths = await pathsOf(call, io, files);
  // From the first word on, no file and no message can hold it.
  io.protect(
    (await readEnvFile(accountOptionsOf(call), io, problems)).get('RUNNINGHUB_API_KEY')?.trim() ??
      '',
  );
  await refuseExisting(paths, call, io, files, problems);
  checkName(call, problems);
  const material = problems.errors > 0 ? null : await materialOf(call, io, files, asker, problems);
  if (material === 'left') return 'left';
  const context = { call, io, files, asker, rows: paths.rows };
  const chosen = material === null ? null : await chooseFields(material, context, problems);
  if (chosen === 'left' || isOver(signal)) return 'left';
  const written =
    material === null || chosen === null || problems.errors > 0
      ? null
      : await writeAll(await textsOf(material, chosen, paths, call, io, files), io, problems);
  sayProblems(problems, call, io);
  if (material === null || chosen === null || written === null)
    return problems.kept.some(({ code, severity }) => code === 'E0801' && severity === 'error')
      ? exit.service
      : exit.badInput;
  if (isOver(signal)) {
    await undo(written);
    return 'left';
  }
  return tell({ material, chosen, paths, written, call, io });
};

/** Asked anew each time: a signal may come in between. */
const isOver = ({ aborted }: AbortSignal): boolean => aborted;

const pathsOf = async (call: Call, io: Io, files: Files): Promise<Paths> => {
  const manifest = resolve(io.cwd, call.text('out') ?? 'manifest.yaml');
  const stem = stemOf(manifest);
  const table = stem === 'manifest' ? 'rows.csv' : `${stem}.csv`;
  const typed = call.text('rows');
  return {
    manifest,
    rows: typed === null ? join(dirname(manifest), table) : resolve(io.cwd, typed),
    nightly: call.flag('nightly') ? await nightlyPlace(manifest, files) : null,
  };
};

/** Told before the first question: nobody answers for nothing. */
const refuseExisting = async (
  { manifest, rows, nightly }: Paths,
  call: Call,
  io: Io,
  files: Files,
  problems: Problems,
): Promise<void> => {
  const show = shownFrom(io.cwd);
  for (const [path, flag] of [
    [manifest, '--out'],
    [rows, '--rows'],
    ...(nightly === null
      ? []
      : ([
          [nightly.schedule, '--out'],
          [nightly.ci, '--out'],
        ] as const)),
  ] as const) {
    const facts = await files.facts(path);
    if (facts.ok ? call.flag('force') : facts.is === 'missing') continue;
    problems.add(
      error('E0005', null, `${show(path)} ${facts.ok ? 'is there already' : facts.detail}`, {
        hint: `${flag} FILE writes another${facts.ok ? '; --force replaces it' : ''}`,
      }),
    );
  }
};

const checkName = (call: Call, problems: Problems): void => {
  const name = call.text('name');
  if (name !== null && !/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(name))
    problems.add(
      error('E0001', null, `--name "${name}" must be of letters, digits, ".", "_" and "-"`, {
        hint: '--name hero-shots',
      }),
    );
};

/** Only where a person is: both ends are a terminal that can draw, and nobody said --yes. */
const askerFor = (call: Call, io: Io, signal: AbortSignal): Asker | null => {
  const { err, env } = io;
  const input = io.in?.();
  const source = call.text('fromCurl') ?? '-';
  const pasted = call.flag('fromCurl') && source === '-';
  if (input?.isTTY !== true || !err.isTTY || pasted) return null;
  if (call.flag('yes') || call.flag('json') || env['TERM'] === 'dumb') return null;
  return terminalAsker({
    input,
    write: (text) => err.write(text),
    columns: err.columns,
    rows: err.rows ?? (() => null),
    onResize: err.onResize ?? (() => () => undefined),
    colour: wantsColour(env, true),
    signal,
  });
};

/** All or nothing. null: a mistake, which is in `problems`. */
const writeAll = async (
  texts: readonly (readonly [path: string, text: string])[],
  io: Io,
  problems: Problems,
): Promise<readonly string[] | null> => {
  const written: string[] = [];
  for (const [path, text] of texts)
    try {
      await writeAtomically(path, [io.clean(text)]);
      written.push(path);
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      problems.add(
        error('E0005', null, `${shownFrom(io.cwd)(path)} cannot be written (${detail})`),
      );
      await undo(written);
      return null;
    }
  return written;
};

const undo = async (written: readonly string[]): Promise<void> => {
  for (const path of written) await rm(path, { force: true });
};

interface Begun {
  readonly material: Material;
  readonly chosen: Chosen;
  readonly paths: Paths;
  readonly written: readonly string[];
  readonly call: Call;
  readonly io: Io;
}

/** What was written, what plan says of it, and the next command. */
const tell = async (begun: Begun): Promise<number> => {
  const { material, paths, written, call, io } = begun;
  const problems = new Problems();
  const manifest = shownFrom(io.cwd)(paths.manifest);
  const options: BatchOptions = {
    manifest,
    envFile: call.texts('envFile'),
    baseUrl: call.text('baseUrl') ?? undefined,
  };
  const plan = material.workflow === null ? null : await planBatch(options, io, problems);
  const shown = written.map(shownFrom(io.cwd));
  const next = await nextSteps({
    ...begun,
    manifest,
    table: shownFrom(io.cwd)(paths.rows),
    schedule: paths.nightly === null ? null : shownFrom(io.cwd)(paths.nightly.schedule),
    mended: problems.errors === 0,
  });
  if (call.flag('json')) tellJson(begun, shown, plan, next, io);
  else {
    for (const file of shown) io.out.write(`wrote ${file}\n`);
    io.out.write('\n');
    if (plan !== null) await showPlan(plan, io);
  }
  sayProblems(problems, new Call([], {}), io);
  if (!call.flag('json')) {
    if (plan !== null || problems.errors > 0) io.out.write('\n');
    for (const line of next) io.out.write(`${line}\n`);
  }
  return problems.errors > 0 ? exit.badInput : exit.done;
};

const showPlan = async (plan: Plan, io: Io): Promise<void> => {
  const paint = painter(io.env, io.out.isTTY);
  for await (const line of planText(plan, { paint, width: io.out.columns(), maxRuns: 10 }))
    io.out.write(line);
};

const tellJson = (
  { chosen: { columns, set } }: Begun,
  written: readonly string[],
  plan: Plan | null,
  next: readonly string[],
  io: Io,
): void => {
  const document = {
    version: 1,
    written,
    columns: columns.map(({ name }) => name),
    set: set.map(([address]) => address),
    plan: plan?.summary ?? null,
    next,
  };
  io.out.write(`${JSON.stringify(document)}\n`);
};
