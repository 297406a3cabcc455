import { count } from '../../../values/amounts.js';
import type { PageOutput } from '../../html/page-data.js';
import { toldOf } from '../captions/captions.js';
import { faceAt, isPresent } from '../cards/media.js';
import type { Context } from '../context.js';
import { h } from '../dom.js';
import { runOf } from '../batch.js';
import type { Run } from '../batch.js';
import { joined } from '../format.js';
import { promptOf } from '../run-text.js';
import { shownItems } from '../view.js';
import type { Files } from './files.js';
import { save } from './save.js';

/** More would be no sheet, and no browser has canvases for them. */
const maxPictures = 400;
const margin = 24;
const gap = 16;
const titleHeight = 48;
const lineHeight = 18;
const captionLines = 2;

/** One PNG of the pictures that are shown, in their order, with what the captions tell of them. */
export const saveContactSheet = async (context: Context, files: Files): Promise<void> => {
  const { view, batch } = context;
  const shown = shownItems(view).flatMap((item) => {
    const run = runOf(item);
    const output = run.outputs[faceAt(run)];
    return output?.kind === 'image' && isPresent(output) ? [{ run, output }] : [];
  });
  const taken = shown.slice(0, maxPictures);
  if (taken.length === 0) return;
  const opened = await files.pictures(
    taken.map(({ output }) => output),
    () => void saveContactSheet(context, files),
  );
  if (opened === null) return;
  const of = shown.length > taken.length ? `, the first of ${shown.length}` : '';
  const title = `${batch.name} · ${count(taken.length, 'picture')}${of}`;
  const sheet = await drawn(context, taken, opened, title);
  sheet.toBlob((content) => {
    if (content !== null) save(content, `sheet-${batch.name}.png`);
  }, 'image/png');
};

type Opened = ReadonlyMap<PageOutput, () => Promise<ImageBitmap>>;

const drawn = async (
  context: Context,
  taken: readonly { readonly run: Run; readonly output: PageOutput }[],
  opened: Opened,
  title: string,
): Promise<HTMLCanvasElement> => {
  const columns = Math.ceil(Math.sqrt(taken.length));
  const tile = columns > 10 ? 160 : 320;
  const height = Math.round(tile * context.tile.shape());
  const row = height + captionLines * lineHeight + gap;
  const rows = Math.ceil(taken.length / columns);
  const sheet = h('canvas', {
    width: 2 * margin + columns * (tile + gap) - gap,
    height: 2 * margin + titleHeight + rows * row - gap,
  });
  const brush = sheet.getContext('2d');
  if (brush === null) return sheet;
  brush.fillStyle = '#ffffff';
  brush.fillRect(0, 0, sheet.width, sheet.height);
  brush.textBaseline = 'top';
  write(brush, title, margin, margin, sheet.width - 2 * margin, '600 20px system-ui, sans-serif');
  for (const [at, { run, output }] of taken.entries()) {
    const x = margin + (at % columns) * (tile + gap);
    const y = margin + titleHeight + Math.floor(at / columns) * row;
    brush.fillStyle = '#f0eeea';
    brush.fillRect(x, y, tile, height);
    const picture = await opened
      .get(output)?.()
      .catch(() => null);
    if (picture === null || picture === undefined)
      write(brush, 'not there', x + 8, y + 8, tile - 16, captionFont);
    else {
      // Whole, never cropped.
      const scale = Math.min(tile / picture.width, height / picture.height);
      const [width, high] = [picture.width * scale, picture.height * scale];
      brush.drawImage(picture, x + (tile - width) / 2, y + (height - high) / 2, width, high);
      picture.close();
    }
    for (const [line, text] of captionOf(context, run).entries())
      write(brush, text, x, y + height + 4 + line * lineHeight, tile, captionFont);
  }
  return sheet;
};

const captionFont = '13px system-ui, sans-serif';

const captionOf = ({ view, batch }: Context, run: Run): readonly string[] => {
  const told = joined(toldOf(view.told, run).map(({ name, value }) => `${name} ${value}`));
  const prompt = view.told.prompt === null ? '' : promptOf(batch, run);
  return [prompt === '' ? run.name : prompt, told];
};

/** One line, cut where the room ends. */
const write = (
  brush: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  width: number,
  font: string,
): void => {
  brush.font = font;
  brush.fillStyle = '#1f1e1c';
  let letters = Array.from(text.replace(/\s+/g, ' ')).slice(0, 300);
  const whole = letters.length;
  const shown = (): string => letters.join('') + (letters.length < whole ? '…' : '');
  while (letters.length > 0 && brush.measureText(shown()).width > width)
    letters = letters.slice(0, Math.min(letters.length - 1, Math.floor(letters.length * 0.95)));
  brush.fillText(shown(), x, y);
};
