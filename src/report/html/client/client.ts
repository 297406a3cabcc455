import { attention } from './attention.js';
import { cards } from './cards.js';
import { gallery } from './gallery.js';
import { kit } from './kit.js';
import { main } from './main.js';
import { model } from './model.js';
import { pivot } from './pivot.js';
import { viewer } from './viewer.js';

/**
 * The script of report.html, as text: it runs in the reader's browser, not here. Its parts share
 * one scope, in this order. Tests lint it and run it in a real browser.
 */
export const client = `(() => {
'use strict';
${[kit, model, cards, gallery, attention, viewer, pivot, main].join('')}})();
`;
