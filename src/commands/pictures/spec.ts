import type { CommandSpec, OptionSpec } from '../argv/call.js';

interface Shared {
  readonly project: readonly OptionSpec[];
  readonly json: OptionSpec;
}

const option = (flags: string, about: string): OptionSpec => ({ flags, about });

export const picksSpec = ({ project, json }: Shared): CommandSpec => ({
  name: 'picks',
  args: '[manifest]',
  about: 'list the pictures that were marked; copy, link or pack the picked ones',
  notes: [
    'Marks are made in report.html; its button "Save picks" makes the file that --import takes over',
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
