import { base } from './base.js';
import { board } from './board.js';
import { changes } from './changes.js';
import { print } from './print.js';
import { runs } from './runs.js';
import { timeline } from './timeline.js';
import { versus } from './versus.js';
import { viewer } from './viewer.js';

/** The one style of the page. What is printed comes last, to overrule the rest. */
export const style = [base, runs, board, changes, timeline, viewer, versus, print].join('');
