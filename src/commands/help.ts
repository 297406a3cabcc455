import type { CommandSpec, OptionSpec } from './argv/call.js';
import { exitHelp } from '../batch/exit.js';

const environment: readonly (readonly [string, string])[] = [
  ['RUNNINGHUB_API_KEY', 'the key; never written or printed'],
  ['RUNNINGHUB_ACCESS_PASSWORD', 'of a locked workflow or app; never written or printed'],
  ['RUNNINGHUB_BASE_URL', 'the site; default https://www.runninghub.cn'],
  ['COMFYUI_TOKEN', 'of a ComfyUI server behind a login; never written or printed'],
  ['COMFYUI_USERNAME, COMFYUI_PASSWORD', 'the same, where it asks for both'],
  ['COMFYUI_CA_FILE', 'the certificate of a ComfyUI server that signed its own'],
  ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'honoured; this machine is never reached by a proxy'],
  ['NO_COLOR, FORCE_COLOR', 'honoured'],
];

export const overview = (version: string, commands: readonly CommandSpec[]): string =>
  [
    `rh-batch ${version}: declarative batches of ComfyUI workflows on RunningHub`,
    section('Usage', ['rh-batch <command> [options]', 'rh-batch <command> --help']),
    section(
      'Commands',
      table(commands.map(({ name, args, about }) => [`${name} ${args}`.trim(), about])),
    ),
    section('Exit codes', table(exitHelp)),
    section('Environment', table(environment)),
    '',
  ].join('\n\n');

export const commandHelp = (command: CommandSpec): string =>
  [
    `rh-batch ${command.name}: ${command.about}`,
    section('Usage', [`rh-batch ${command.name} ${command.args}`.trim() + ' [options]']),
    ...(command.notes === undefined ? [] : [command.notes.join('\n')]),
    section(
      'Options',
      table([...command.options, helpOption].map(({ flags, about }) => [flags, about])),
    ),
    section('Exit codes', table(exitHelp)),
    '',
  ].join('\n\n');

const helpOption: OptionSpec = { flags: '-h, --help', about: 'this text' };

const section = (title: string, lines: readonly string[]): string =>
  `${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`;

const table = (rows: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`);
};
