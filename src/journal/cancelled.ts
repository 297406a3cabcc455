/** `error.code` of a run whose task was cancelled by somebody else than rh-batch. */
export const cancelledOutside = 'cancelled-outside';

const words: Readonly<Record<string, string>> = {
  user: 'cancelled with rh-batch',
  timeout: 'cancelled: it took longer than execution.timeout allows',
  service: 'cancelled by somebody else, on the site or with another program',
};

/** Who cancelled a task, for people. */
export const cancelledText = (by: string): string => words[by] ?? `cancelled (${by})`;

/** The same for lines that have said "cancelled". */
export const whoCancelled = (by: string): string => (isCancelledOutside(by) ? 'somebody else' : by);

/** A person decided against the task outside of rh-batch: it is not bought again unasked. */
export const isCancelledOutside = (by: string): boolean => by === 'service';
