import { wayOut } from '../../batch/way-out.js';
import { resolve } from 'node:path';
import { warning } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import { writeAtomically } from '../../edges/files/atomic.js';
import { cleanedChunks } from '../../edges/secrets/secret-stream.js';
import { planJson } from '../../plan/saved/plan-json.js';
import type { Plan } from '../../plan/plan.js';
import { savedPlanJson } from '../../plan/saved/saved-plan.js';
import { painter } from '../../terminal/colour.js';
import { oneLine } from '../../terminal/format.js';
import type { PlanTextOptions } from '../../terminal/plan-text.js';
import { planText } from '../../terminal/plan-text.js';
import { balanceWarning } from '../../batch/plan/balance.js';
import type { Call } from '../argv/call.js';
import { optionsOf } from '../argv/options.js';
import { connect, identify, nothingSaved } from '../../batch/connect.js';
import type { BatchOptions } from '../../batch/options/options.js';
import { exit } from '../../batch/exit.js';
import type { Io } from '../../edges/io.js';
import { orphansText } from '../state/clean-orphans.js';
import { findOrphans } from '../../batch/plan/orphans.js';
import type { Planned } from '../../batch/plan/plan-batch.js';
import { planWithOrigin } from '../../batch/plan/plan-batch.js';
import { asThisKeySees } from '../../batch/plan/other-keys.js';
import { priceText } from '../../batch/plan/price.js';
import { readEnvFile } from '../../batch/load/environment.js';
import { sayProblems } from '../say.js';
import { asTyped, commandFor, proposalsOf } from '../argv/typed.js';
import { otherAccounts } from '../../batch/apply/other-accounts.js';
import { toDoOf } from '../../plan/plan.js';

/** `rh-batch plan` */
export const plan = async (call: Call, io: Io): Promise<number> => {
  const detailed = call.flag('detailedExitcode');
  const problems = new Problems();
  const options = optionsOf(call, problems);
  const planned = await planWithOrigin(options, io, problems);
  sayProblems(problems, call, io);
  const made = planned?.plan ?? null;
  if (planned === null || made === null) return detailed ? exit.someFailed : exit.badInput;
  if (call.flag('balance') && !(await tellBalance(made, options, call, io)))
    return detailed ? exit.someFailed : exit.badInput;
  await show(planned, call, io);
  tellOtherAccounts(planned, options, call, io);
  if (!call.flag('json') && options.shard === undefined)
    await tellOrphans(planned, options, call, io);
  return detailed && toDoOf(made.summary) > 0 ? exit.runsToDo : exit.done;
};

/** What plan asks of the service, and only when it is told to: balance and prices. @returns whether it could be made. */
const tellBalance = async (
  made: Plan,
  options: BatchOptions,
  call: Call,
  io: Io,
): Promise<boolean> => {
  const problems = new Problems();
  const env = await readEnvFile(options, io, problems);
  const { servers } = made.manifest.target;
  const identity = servers.length > 0 ? null : identify(options, io, env, problems);
  if (servers.length > 0)
    io.err.write("notice: a server of one's own takes no coins: there is no balance to ask for\n");
  if (identity !== null) {
    const connection = await connect(identity, nothingSaved, options, io);
    const { client } = connection;
    const [account, price] = await Promise.all([client.account(), priceText(made, client)]).finally(
      () => connection.close(),
    );
    const found =
      account.is === 'failed'
        ? warning('E0803', null, `the balance is not known: ${account.fault.message}`, {
            hint: wayOut(account.fault.message, identity),
          })
        : balanceWarning(made.estimate, account);
    if (found !== null) problems.add(found);
    if (price !== null) io.err.write(`${oneLine(price)}\n`);
  }
  sayProblems(problems, call, io);
  return problems.errors === 0;
};

/** No key judges what another one submitted: apply will leave it alone, so the plan says so. */
const tellOtherAccounts = (
  { history, account, project }: Planned,
  options: BatchOptions,
  call: Call,
  io: Io,
): void => {
  const told = otherAccounts(history, account, { proposals: proposalsOf(call), options, project });
  if (told === null) return;
  const problems = new Problems();
  problems.add(warning('E0820', null, told.message, { notes: told.ways }));
  sayProblems(problems, call, io);
};

/** A plan stands without this: where it cannot be told, nothing is said. */
const tellOrphans = async (
  planned: Planned,
  options: BatchOptions,
  call: Call,
  io: Io,
): Promise<void> => {
  const problems = new Problems();
  const found = await findOrphans(planned.plan, planned, options, io, problems);
  const told = problems.errors > 0 ? null : orphansText(found, call);
  if (told !== null) io.out.write(`${told}\n`);
};

const onWords = {
  always: 'at the end',
  failure: 'at the end, where the exit code is not 0',
  success: 'at the end, where the exit code is 0',
};

/** What an apply starts on this machine, or whom it tells, beside its runs. */
const notifyText = ({ manifest: { notify } }: Plan, emulated: boolean): string | null => {
  if (notify === null) return null;
  const what =
    notify.is === 'command' ? `this is run: ${oneLine(notify.command)}` : 'notify.url is told';
  return `${onWords[notify.on]}, ${what}${emulated ? ' (left out with --emulator)' : ''}`;
};

const show = async (
  { plan: made, origin, history, account }: Planned,
  call: Call,
  io: Io,
): Promise<void> => {
  const seen = await asThisKeySees(made, history, account);
  const out = call.text('out');
  if (out !== null) {
    const chunks: string[] = [];
    for await (const chunk of savedPlanJson(made, origin)) chunks.push(chunk);
    await writeAtomically(
      resolve(io.cwd, out),
      cleanedChunks(chunks, (text) => io.clean(text)),
    );
  }
  if (call.flag('json')) {
    for await (const chunk of planJson(seen)) io.out.write(chunk);
    return;
  }
  for await (const line of planText(seen, textOptions(call, io))) io.out.write(line);
  const told = notifyText(made, call.flag('emulator'));
  if (told !== null) io.out.write(`${told}\n`);
};

/** What saves a plan or asks the service is no part of showing all lines. */
const textOptions = (call: Call, io: Io): PlanTextOptions => {
  const most = call.flag('all') ? { maxRuns: Infinity, maxUploads: Infinity } : {};
  const without = ['out', 'balance', 'detailedExitcode'];
  return {
    paint: painter(io.env, io.out.isTTY),
    width: io.out.columns(),
    ...most,
    whole: commandFor('plan', call, { without, plus: ['--all'] }),
    complete: (line) => asTyped(line, call),
  };
};
