import { canPaint } from '../../src/thumbnails/painter.js';

/** The optional package; where it does not run, the tests that need it are counted as skipped. */
export const hasSharp = canPaint();

if (!hasSharp) console.warn('no sharp here: the tests of thumbnails are skipped (npm install)');
