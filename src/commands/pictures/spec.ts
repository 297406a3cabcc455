import type { CommandSpec, OptionSpec } from '../argv/call.js';

interface Shared {
  readonly project: readonly OptionSpec[];
  readonly json: OptionSpec;
}

const option = (flags: string, about: string): OptionSpec => ({ flags, about });

export const viewSpec = ({ project, json }: Shared): CommandSpec => ({
  name: 'view',
  args: '[manifest]',
  about: 'serve the page of a batch to this machine, also while an apply runs; until Ctrl-C',
  notes: [
    'The page is report.html, told what happens: runs appear, turn and finish. It can be opened before',
    'the first apply and stays through all of them. Marks are kept in picks.jsonl beside the outputs.',
    'The address holds a token and works on this machine alone; only outputs of this batch can be read.',
    'A second view of the same batch prints the address of the first one and ends.',
  ],
  options: [
    ...project,
    option('--port <n>', 'listen there (default: where the last view was, else any free port)'),
    option('--emulator', 'of the emulated batch'),
    json,
  ],
});

export const picksSpec = ({ project, json }: Shared): CommandSpec => ({
  name: 'picks',
  args: '[manifest]',
  about: 'list the pictures that were marked; copy, link or pack the picked ones',
  notes: [
    'Marks are made in the page of view, which keeps them, or in report.html: its button "Save picks" makes the file that --import takes over',
    'into picks.jsonl beside the outputs.',
    'Without --where the picked pictures are taken, with it those of so many stars.',
    "apply --picked and apply --where 'stars>=4' run the rows of such pictures, also with --profile.",
  ],
  options: [
    ...project,
    option('--where <stars>', "only pictures of so many stars: 'stars>=4'; repeatable"),
    option('--copy <dir>', 'copy them there, under their own names'),
    option('--link <dir>', 'make links to them there'),
    option('--zip <file>', 'pack them into one file'),
    option('--csv', 'the list as CSV, with the values of their runs'),
    option('--import <file>', 'take over the marks that a page saved'),
    option('--emulator', 'of the emulated batch'),
    json,
  ],
});
