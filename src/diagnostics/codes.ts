/**
 * Every code that a diagnostic can carry, with the sentence `rh-batch explain CODE` prints.
 * A code keeps its meaning for ever; a retired one is not used again.
 */
export const codes = {
  // E00xx: the command line
  E0001: 'The command line has an unknown command, an unknown option or a bad value.',
  E0002: 'A file that was named on the command line cannot be read.',
  E0003: 'No API key: RUNNINGHUB_API_KEY is not set.',

  // E01xx: the manifest's text and keys

  // E02xx: api.json and addresses

  // E03xx: the matrix and its tables

  // E04xx: templates, values and bindings

  // E05xx: assets

  // E06xx: names and outputs

  // E07xx: state: journal, lock, ledger

  // E08xx: the service and the account
} as const;

export type Code = keyof typeof codes;
