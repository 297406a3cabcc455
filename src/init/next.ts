import { Problems } from '../diagnostics/problems.js';
import { defaultSite, siteOf } from '../runninghub/site.js';
import type { Call } from '../commands/argv/call.js';
import { accountOptionsOf } from '../commands/argv/options.js';
import type { Chosen } from './fields.js';
import type { Material } from './material.js';
import type { Io } from '../edges/io.js';
import { needsKey } from './server.js';
import { readEnvFile } from '../batch/load/environment.js';
import { shellWord } from '../values/shell-words.js';

export interface NextInput {
  readonly material: Material;
  readonly chosen: Chosen;
  /** As people see them. */
  readonly manifest: string;
  readonly table: string;
  /** With --nightly: what tells how to run it every night. */
  readonly schedule: string | null;
  readonly call: Call;
  readonly io: Io;
  /** Whether plan found no mistake. */
  readonly mended: boolean;
}

/** What a person does after init, in order. */
export const nextSteps = async (input: NextInput): Promise<string[]> => {
  const { material, chosen, manifest, table, schedule, call, io, mended } = input;
  const problems = new Problems();
  const env = await readEnvFile(accountOptionsOf(call), io, problems);
  const site = siteOf(call.text('baseUrl') ?? env.get('RUNNINGHUB_BASE_URL') ?? defaultSite);
  const argument = manifest === 'manifest.yaml' ? '' : ` ${shellWord(manifest)}`;
  // A server of one's own asks for no key.
  const own = !needsKey(material.target, material.id);
  const keyed = own || (env.get('RUNNINGHUB_API_KEY')?.trim() ?? '') !== '';
  const command = commandIn(io.env);
  const empty = chosen.columns.filter(({ cells }) => cells.every((cell) => cell === null));
  return [
    'next:',
    ...(keyed ? [] : keySteps(siteFor(material, site))),
    ...(own ? [] : siteSteps(material, site)),
    ...(material.workflow === null ? [`  ${pullCommand(material, command)}`] : []),
    ...(mended ? [] : [`  mend what is told above, then`]),
    ...(chosen.columns.length === 0
      ? []
      : [
          `  add rows to ${table}, one per run${empty.length === 0 ? '' : ` (nothing yet in ${empty.map(({ name }) => name).join(', ')})`}`,
        ]),
    `  ${command} plan${argument}    # what would run; nothing is sent`,
    `  ${command} apply${argument}    # runs it and writes report.html`,
    ...(keyed || material.workflow === null
      ? []
      : [`  ${command} apply${argument} --emulator    # a rehearsal: needs no key, costs nothing`]),
    ...(schedule === null
      ? []
      : [`  ${schedule} has the line for cron, and the command for Windows`]),
  ];
};

/** Where a package manager started it, no shell knows `rh-batch` by itself. */
const commandIn = (env: Io['env']): string =>
  (env['npm_command'] ?? env['npm_execpath'] ?? '') === '' ? 'rh-batch' : 'npx rh-batch';

const pullCommand = ({ target: { pull, syntax }, id, file }: Material, command: string): string => {
  if (pull === null) return `put the file with its fields where "${syntax.file}" says: ${file}`;
  const flag = pull.flag === null ? '' : `--${pull.flag} `;
  return `${command} pull ${flag}${id}    # saves its fields`;
};

const siteFor = ({ origin }: Material, site: string): string =>
  origin !== null && isRunningHub(origin) ? siteOf(origin) : site;

/** Typed once, into nothing that stays: no file, and no history of the shell. */
const keySteps = (site: string): string[] => [
  '  RUNNINGHUB_API_KEY is not set. The API page of your account shows it (members',
  `  and enterprises, on ${site}); it belongs into no file:`,
  process.platform === 'win32'
    ? '  $env:RUNNINGHUB_API_KEY = Read-Host    # in PowerShell: paste it, Enter'
    : '  read -rs RUNNINGHUB_API_KEY && export RUNNINGHUB_API_KEY    # paste it, Enter',
];

/** A key belongs to one of the two sites. */
const siteSteps = (material: Material, site: string): string[] => {
  const wanted = siteFor(material, site);
  const set =
    process.platform === 'win32'
      ? `$env:RUNNINGHUB_BASE_URL = '${wanted}'`
      : `export RUNNINGHUB_BASE_URL=${wanted}`;
  return wanted === site ? [] : [`  ${set}    # its site`];
};

const isRunningHub = (origin: string): boolean =>
  /^https?:\/\/(?:[\w-]+\.)*runninghub\.(?:cn|ai)(?::\d+)?$/i.test(origin);
