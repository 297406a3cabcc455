import type { Rescued } from '../../journal/files/rescue.js';
import { impossible } from '../../values/impossible.js';

/** What a person must know of a state folder that vanished while an apply worked; null: nothing. */
export const rescueText = (rescued: Rescued, show: (absolute: string) => string): string | null => {
  const again =
    'the next apply follows the tasks in flight and pays for nothing twice. ' +
    'Delete it while nothing runs, if this batch shall be forgotten.\n';
  switch (rescued.is) {
    case 'unneeded':
      return null;
    case 'restored':
      return (
        'notice: the state folder was deleted or moved while this apply worked. ' +
        `What it held is written to ${show(rescued.stateDir)} again: ${again}`
      );
    case 'beside':
      return (
        'notice: the state folder was replaced while this apply worked. ' +
        `What it held is written to ${show(rescued.stateDir)}: ${again}`
      );
    case 'kept':
      return (
        `notice: what the store ${rescued.store} did not take any more is kept in ${show(rescued.path)}: ` +
        'the next apply on this machine tells it. Nothing is paid for twice meanwhile.\n'
      );
    case 'failed':
      return (
        `error: the state of this batch is lost (${rescued.detail}). ` +
        'Another apply would pay for every run again. Put the state folder back from a copy first, ' +
        'or wait for the tasks in flight and look at each with: rh-batch task ID\n'
      );
    default:
      return impossible(rescued);
  }
};
