import type { ReportRun } from './model.js';
import { errorText, placeOf } from './words.js';

/** Runs that one reason kept from succeeding: one message, however many they are. */
export interface Trouble<R> {
  readonly first: R;
  readonly runs: number;
}

type Troubled = Pick<ReportRun, 'status' | 'error' | 'row'>;

/**
 * Equal reasons at one place are one. What keeps runs from being run at all, such as a file that
 * was refused, is one wherever it is named. In the order of their first runs.
 */
export const groupTroubles = <R extends Troubled>(runs: Iterable<R>): readonly Trouble<R>[] => {
  const found = new Map<string, { readonly first: R; runs: number }>();
  for (const run of runs) {
    if (!isTroubled(run)) continue;
    const key = keyOf(run);
    const same = found.get(key);
    if (same === undefined) found.set(key, { first: run, runs: 1 });
    else same.runs += 1;
  }
  return [...found.values()];
};

/** It ended badly, or there is a reason why it did not begin. */
const isTroubled = ({ status, error }: Troubled): boolean => {
  switch (status) {
    case 'failed':
    case 'cancelled':
    case 'unknown':
      return true;
    case 'pending':
      // That they are of another account is told with what to do about it.
      return error !== null && error.code !== 'other-account';
    case 'succeeded':
      return false;
  }
};

const keyOf = (run: Troubled): string => {
  const { status, error } = run;
  const reason = error === null ? null : errorText(error);
  return JSON.stringify([status, reason, status === 'pending' ? null : placeOf(run)]);
};
