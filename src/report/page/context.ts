import type { Batch, Item, Run } from './batch.js';
import type { PageOutput } from '../html/page-data.js';
import type { Marks } from './picking/marks.js';
import type { Choice, View } from './view.js';

/** What every part of the page is given: the data, what the person chose, and what it can ask for. */
export interface Context {
  readonly batch: Batch;
  readonly view: View;
  readonly tile: Tile;
  readonly marks: Marks;
  readonly files: Saver;
  /** Opens the viewer; on closing the focus goes back to `from`, else to the item's card. */
  readonly open: (item: Item, from?: HTMLElement) => void;
  /** Keeps a run in mind to compare it with the next one that is picked. */
  readonly pick: (run: Run) => void;
  /** Something was chosen that stands in the address, and is drawn already. */
  readonly changed: () => void;
  /** Shows in the gallery what has these values, and nothing else. */
  readonly showChosen: (choices: readonly Choice[]) => void;
}

/** What saves outputs to where the browser puts downloads. */
export interface Saver {
  /** One file under its own name, several as an archive of this name. */
  readonly save: (outputs: readonly PageOutput[], archive: string) => Promise<void>;
}

/** The shape of the pictures' tiles. */
export interface Tile {
  /** Height ÷ width. */
  readonly shape: () => number;
  /** The first picture gives the shape to all tiles, so that most pictures fill theirs. */
  readonly learn: (width: number, height: number) => void;
}

export const makeTile = (changed: () => void): Tile => {
  let shape = 1;
  let learnt = false;
  return {
    shape: () => shape,
    learn: (width, height) => {
      if (learnt || width === 0 || height === 0) return;
      learnt = true;
      const ratio = Math.min(1.5, Math.max(0.6, height / width));
      if (Math.abs(ratio - shape) < 0.02) return;
      shape = ratio;
      changed();
    },
  };
};
