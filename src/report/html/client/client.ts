import { attention } from './attention.js';
import { cards } from './cards.js';
import { changes } from './changes.js';
import { details } from './details.js';
import { differences } from './differences.js';
import { gallery } from './gallery.js';
import { kit } from './kit.js';
import { main } from './main.js';
import { model } from './model.js';
import { periods } from './periods.js';
import { pivot } from './pivot.js';
import { timeline } from './timeline.js';
import { viewer } from './viewer.js';

const parts = [
  kit,
  model,
  cards,
  changes,
  gallery,
  attention,
  details,
  differences,
  viewer,
  pivot,
  periods,
  timeline,
  main,
];

/**
 * The script of report.html, as text: it runs in the reader's browser, not here. Its parts share
 * one scope, in this order. Tests lint it and run it in a real browser.
 */
export const client = `(() => {
'use strict';
${parts.join('')}})();
`;
