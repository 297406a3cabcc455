/** Every exit code of rh-batch, with what it means (DESIGN 3). */
export const exit = {
  done: 0,
  someFailed: 1,
  badInput: 2,
  /** `plan --detailed-exitcode`: there is something to do. */
  runsToDo: 2,
  limit: 3,
  service: 4,
  locked: 5,
  machine: 6,
  internal: 70,
  sigint: 130,
  sigterm: 143,
} as const;

export const exitHelp: readonly (readonly [string, string])[] = [
  ['0', 'every selected run is done (ran now, or up to date)'],
  ['1', 'the batch finished and at least one run failed, was cancelled, or is unknown'],
  ['2', 'usage, manifest, data, api.json, address or asset problem; nothing was submitted'],
  ['3', 'stopped by a limit the user set (budget, maxFailures, deadline); resumable'],
  ['4', 'stopped by the account or the service; pending runs stay pending; resumable'],
  ['5', 'another process holds the state, or took it over'],
  ['6', 'stopped by this machine (disk full, folder not writable); the same command goes on'],
  ['70', 'internal error; the journal is intact'],
  ['130 / 143', 'SIGINT / SIGTERM after an orderly stop'],
];
