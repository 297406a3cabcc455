// Writes ERRORS.md and exit-codes.schema.json from the tables that the program itself reads: exit codes, codes of the service
// and codes of rh-batch. `--check` writes nothing and fails when the file is stale.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeOrCheck } from './written.mjs';

const bundle = await build({
  stdin: {
    contents: [
      "export { exitHelp } from './src/batch/exit.ts';",
      "export { errorTable } from './src/runninghub/error-table.ts';",
      "export { codes } from './src/diagnostics/codes.ts';",
    ].join('\n'),
    resolveDir: fileURLToPath(new URL('..', import.meta.url)),
  },
  bundle: true,
  format: 'esm',
  write: false,
});
const source = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { exitHelp, errorTable, codes } = await import(`data:text/javascript;base64,${source}`);

const row = (...cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (heads, rows) => [row(...heads), row(...heads.map(() => '---')), ...rows];

/** What a class of errors does to a run and to the batch. */
const then = {
  capacity: 'waits, then tries again',
  transient: 'asks again',
  task: 'tries again within `execution.retries`',
  input: 'fails the run',
  account: 'stops the batch',
  unknown: 'asks again',
};
const serviceRows = Object.entries(errorTable)
  .filter(([code]) => /^-?\d+$/.test(code))
  .sort(([a], [b]) => Number(a) - Number(b))
  .map(([code, { about, todo, class: kind, create }]) =>
    row(code, about, todo ?? '', then[kind], create === 'refused' ? 'no' : 'perhaps'),
  );
const ownRows = Object.entries(codes).map(([code, about]) => row(code, about));

const text = [
  '<!-- Made by `npm run schemas` from the tables of the program. Not to be edited. -->',
  '',
  '# Errors',
  '',
  'Every code that rh-batch prints. `rh-batch explain CODE` tells the same in a terminal, and `rh-batch explain RUN` tells what happened to one run.',
  '',
  '## Exit codes',
  '',
  ...table(
    ['Exit', 'Meaning'],
    exitHelp.map(([code, about]) => row(code.replace(' / ', ', '), about)),
  ),
  '',
  '## Codes of RunningHub',
  '',
  '_Paid?_ says whether an answer to a submit with this code leaves a task behind. Where it may, the run is held as unknown and is not paid for a second time.',
  '',
  ...table(['Code', 'It means', 'What to do', 'rh-batch', 'Paid?'], serviceRows),
  '',
  '## Codes of rh-batch',
  '',
  'A message of rh-batch names the file, the line, what is wrong and what to write instead. The code says which kind of mistake it is.',
  '',
  ...table(['Code', 'Meaning'], ownRows),
  '',
].join('\n');

writeOrCheck('ERRORS.md', text);

const exitCodes = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://rh-batch.dev/schemas/exit-codes.schema.json',
  title: 'rh-batch exit codes',
  description:
    'What a command ends with, and what exitCode in its documents says. The contract holds for all of rh-batch 1.x: no code gets another meaning; a new one may come, which a reader takes for a failure. In `plan --detailed-exitcode` 0 is nothing to do, 2 is runs to do, and 1 is any error.',
  $comment: 'version 1',
  oneOf: exitHelp.flatMap(([code, about]) =>
    code.split(' / ').map((one) => ({ const: Number(one), description: about })),
  ),
};
writeOrCheck('exit-codes.schema.json', `${JSON.stringify(exitCodes, null, 2)}\n`);
