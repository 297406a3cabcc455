import { resolve } from 'node:path';
import stringWidth from 'string-width';
import { Problems } from '../diagnostics/problems.js';
import { nodeFiles } from '../edges/files/node-files.js';
import { resolveAddress } from '../workflow/address.js';
import type { FieldDescription } from '../workflow/describe.js';
import { describeFields } from '../workflow/describe.js';
import { ownerOf, targets } from '../targets/targets.js';
import { nearPath } from '../assets/near-path.js';
import { clip } from '../terminal/format.js';
import { oneLine } from '../values/printable.js';
import type { Workflow } from '../workflow/workflow.js';
import type { Call } from './argv/call.js';
import { exit } from '../batch/exit.js';
import type { Io } from '../edges/io.js';
import { shownFrom, unreadable } from '../batch/load/locate.js';
import { sayProblems } from './say.js';

const maxBytes = 64 * 1024 * 1024;

/** `rh-batch fields api.json`, or the file of another target. */
export const fields = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const path = resolve(io.cwd, call.args[0] ?? '');
  const shown = shownFrom(io.cwd)(path);
  const read = await nodeFiles().read(path, maxBytes);
  if (!read.ok) {
    const near =
      read.is === 'missing' ? await nearPath(call.args[0] ?? '', io.cwd, nodeFiles()) : null;
    const usual = `such as ${targets.map(({ start }) => start.file).join(', ')}, from the folder of the manifest`;
    const told = unreadable(shown, read);
    problems.add({ ...told, hint: near?.hint ?? told.hint ?? usual });
  }
  const input = { id: null, file: shown, loaders: new Map<string, readonly string[]>() };
  const workflow = read.ok
    ? ownerOf(read.value).read({ ...input, content: read.value }, problems)
    : null;
  const all = workflow === null ? [] : chosen(workflow, call.args.slice(1), problems);
  sayProblems(problems, call, io);
  if (workflow === null || problems.errors > 0) return exit.badInput;
  if (all.length === 0) io.err.write(`${shown} has no field that a manifest could set\n`);
  if (call.flag('json')) io.out.write(`${json(all)}\n`);
  else if (call.flag('csv')) io.out.write(await csvHeader(all));
  else io.out.write(table(all, io.out.columns()));
  return exit.done;
};

/** All fields, or those that the addresses name, in their order. */
const chosen = (
  workflow: Workflow,
  addresses: readonly string[],
  problems: Problems,
): FieldDescription[] => {
  const all = describeFields(workflow);
  if (addresses.length === 0) return all;
  const named = addresses.flatMap(
    (address) => resolveAddress(workflow, address, null, problems) ?? [],
  );
  return [...new Set(named)].flatMap(({ node, name }) =>
    all.filter((one) => one.node === node && one.field === name),
  );
};

const json = (all: readonly FieldDescription[]): string =>
  JSON.stringify({
    version: 1,
    fields: all.map(({ address, node, title, class: type, field, kind, value }) => ({
      address,
      node,
      title,
      class: type,
      field,
      kind,
      value,
    })),
  });

/** A header of all addresses and the current values as a first row: a table to start from. */
const csvHeader = async (all: readonly FieldDescription[]): Promise<string> => {
  const { stringify } = await import('csv-stringify/sync');
  return stringify([all.map(({ address }) => address), all.map(({ text }) => text)]);
};

const table = (all: readonly FieldDescription[], columns: number | null): string => {
  const rows = all.map(
    ({ address, class: type, kind, text }) =>
      [oneLine(address), oneLine(type), kind, oneLine(text)] as const,
  );
  const widths = [0, 1, 2].map((at) =>
    Math.max(0, ...rows.map((row) => stringWidth(row[at] ?? ''))),
  );
  const limit =
    columns === null
      ? 120
      : Math.max(10, columns - widths.reduce((sum, width) => sum + width + 2, 0));
  return rows
    .map((row) => {
      const left = [0, 1, 2].map(
        (at) => (row[at] ?? '') + ' '.repeat((widths[at] ?? 0) - stringWidth(row[at] ?? '')),
      );
      return `${[...left, clip(row[3], limit)].join('  ').trimEnd()}\n`;
    })
    .join('');
};
