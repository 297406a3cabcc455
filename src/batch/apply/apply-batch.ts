import { error } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import { isOfMachine, machineText } from '../../edges/machine.js';
import { removeLeftOver } from '../../edges/files/temporary.js';
import type { Plan } from '../../plan/plan.js';
import { count } from '../../terminal/format.js';
import { exit } from '../exit.js';
import { ofDay } from '../load/day.js';
import { writeOwner } from '../load/state-owner.js';
import { writeShared } from '../load/store-choice.js';
import type { Listened } from '../listen.js';
import { startListening } from '../listen.js';
import { notifierOf } from '../notify.js';
import type { ApplyOptions } from '../options/options.js';
import { checkApproved, originOf } from '../plan/approved-plan.js';
import { lookElsewhere, takeOver } from '../plan/elsewhere.js';
import { planProject } from '../plan/planning.js';
import { ledgerOf } from '../plan/uploads-ledger.js';
import type { Surroundings } from './follower.js';
import type { Held, Prepared } from './prepare.js';
import { holdState, prepare } from './prepare.js';
import { probeOutputs } from './probe.js';
import type { Ended, Parts } from './work.js';
import { Apply } from './work.js';

export type Applied =
  /** A mistake, or another process holds the state. Nothing was submitted. */
  { readonly is: 'refused'; readonly exitCode: number } | Ended;

/**
 * Runs what is missing or changed, and writes the reports. Lines for people that are no
 * diagnostics go to `io.err`; nothing goes to `io.out`.
 */
export const applyBatch = async (
  given: ApplyOptions,
  around: Surroundings,
  /** With what is wrong in the options already. */
  problems = new Problems(),
): Promise<Applied> => {
  const prepared = await prepare(given, around, problems);
  const refuse = (exitCode: number): Applied => {
    around.follower.problems(problems, prepared?.options);
    return { is: 'refused', exitCode };
  };
  if (prepared === null) return refuse(exit.badInput);
  const held = await holdState(prepared, around.io, problems);
  if (!held.ok) return refuse(held.exitCode);
  const { store, notices } = held;
  let listened: Listened | null = null;
  try {
    for (const notice of notices) around.io.err.write(`notice: ${notice}\n`);
    const parts = await planUnderLock(given.manifest ?? '', prepared, held, around, problems);
    if (parts === null || problems.errors > 0) return refuse(exit.badInput);
    if (prepared.listening !== null)
      listened = await startListening(prepared.listening, around.io, problems);
    if (problems.errors === 0) await probeOutputs(held.project, submitsOf(parts.plan), problems);
    if (problems.errors > 0) return refuse(exit.badInput);
    around.follower.problems(problems, prepared.options);
    await settleIn(parts, around);
    await around.planned?.(held.project, parts.plan);
    return await new Apply({ ...parts, listened }).run();
  } catch (cause) {
    if (!isOfMachine(cause)) throw cause;
    const message = `this machine refuses: ${machineText(cause)}`;
    problems.add(error('E0702', null, message, { hint: 'mend that; the same command goes on' }));
    return refuse(store.state.creates > 0 ? exit.machine : exit.badInput);
  } finally {
    await listened?.receiver.close();
    await store.close();
  }
};

type Planned = Omit<Parts, 'listened'> & {
  /** What other batches know of these runs. */
  readonly elsewhere: Awaited<ReturnType<typeof lookElsewhere>>;
};

/** What would run now, by a journal that nobody else writes; null: there are errors. */
const planUnderLock = async (
  typed: string,
  { approved, options, selection, env, identity }: Prepared,
  { project, store }: Held & { readonly ok: true },
  { io, follower, proposals }: Surroundings,
  problems: Problems,
): Promise<Planned | null> => {
  const { clock, account, uploads = account } = identity;
  await removeLeftOver(project.outputsDir);
  const ledger = await ledgerOf({
    stateDir: project.stateDir,
    // The emulator of this process knows no upload of an earlier one.
    account: project.emulated ? `emulated-${process.pid}-${Date.now()}` : uploads,
    family: project.target.family,
    maxAgeMs: project.manifest.assets.maxAgeMs,
    clock,
    shared: project.stores.shared?.uploads,
  });
  const notifier = notifierOf(project, env, io, problems);
  const elsewhere = await lookElsewhere(project, store.state);
  if ('notBefore' in clock) clock.notBefore((elsewhere?.lastAt ?? 0) + 1);
  const plan = await planProject(
    project,
    { history: store.state, selection, env, clock, ledger, elsewhere, now: approved?.madeAt },
    problems,
  );
  if (plan === null) return null;
  if (approved !== null && problems.errors === 0) {
    const from = { project, account, history: store.state, madeAt: approved.madeAt };
    const origin = originOf(options, io, from);
    await checkApproved(approved, typed, plan, origin, proposals, io, problems);
  }
  return {
    // After midnight, too, what is printed is about the batch that this one was.
    options: ofDay(options, project.manifestBytes, project.date),
    ...{ proposals, io, follower, project, identity, store, plan, selection, ledger, notifier },
    elsewhere,
  };
};

/** Marks the state as this batch's, and takes over what other batches know of its runs. */
const settleIn = async (
  { project, selection, plan, elsewhere, store }: Planned,
  { io }: Surroundings,
): Promise<void> => {
  if (selection.failed && plan.summary.total === 0)
    io.err.write(
      'notice: --failed: no run has failed or was cancelled, so there is nothing to do\n',
    );
  const { stateDir, manifestPath, manifestBytes, manifest, shared } = project;
  // Before anything is paid for: later an apply that is not told of the store must know of it.
  if (shared !== null) await writeShared(stateDir, shared);
  // Where the disk refuses it, the journal will say so.
  await writeOwner(stateDir, manifestPath, manifestBytes, manifest.target.id).catch(
    () => undefined,
  );
  const taken = elsewhere === null ? 0 : await takeOver(elsewhere, plan, store);
  if (taken > 0) io.err.write(`notice: ${count(taken, 'run')} taken over from other batches\n`);
};

const submitsOf = ({ summary }: Plan): boolean => summary.new + summary.changed + summary.retry > 0;
