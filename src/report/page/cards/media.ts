import type { PageOutput } from '../../html/page-data.js';
import type { RunStatus } from '../../terms.js';
import type { Run } from '../batch.js';
import type { Context, Tile } from '../context.js';
import { h } from '../dom.js';
import { clip } from '../format.js';
import { errorText, promptOf } from '../run-text.js';

/** An output that is in the page or beside it. */
export type PresentOutput = PageOutput & { readonly src: string };

export const isPresent = (output: PageOutput): output is PresentOutput =>
  output.src !== undefined && output.src !== '';

/** The data URL of an output that the page carries inside itself; null: it does not. */
export const embeddedUrl = ({ file }: PageOutput): string | null =>
  file === undefined ? null : (document.getElementById(`file-${file}`)?.textContent ?? null);

/** Inside this page where it is embedded, else beside it. */
export const urlOf = (output: PresentOutput): string => embeddedUrl(output) ?? output.src;

/** What stands for a run: rather seen than heard, rather heard than read. */
const kinds = ['image', 'video', 'audio', 'text'] as const;

/** The place of it among the outputs. */
export const faceAt = ({ outputs }: Run): number => {
  const present = outputs.filter(isPresent);
  const kind = kinds.find((one) => present.some((output) => output.kind === one));
  return Math.max(
    0,
    outputs.findIndex((output) => isPresent(output) && output.kind === kind),
  );
};

const faceOf = (run: Run): PageOutput | undefined => run.outputs[faceAt(run)];

/** A still picture of what came of a run. */
export const stillOf = (context: Context, run: Run): HTMLElement => {
  const output = faceOf(run);
  if (output === undefined) return signOf(run);
  if (!isPresent(output)) return signWith(null, 'not fetched yet');
  return stillMedia(output, altOf(context, run), context.tile);
};

/** A player under the still of a sound. */
export const playerOf = (run: Run): HTMLElement | null => {
  const output = faceOf(run);
  return output !== undefined && isPresent(output) && output.kind === 'audio'
    ? h('audio', { src: urlOf(output), controls: true, preload: 'none', 'aria-label': run.name })
    : null;
};

/** The prompt describes the picture. */
export const altOf = ({ batch }: Context, run: Run): string => promptOf(batch, run) || run.name;

const glyphs: Readonly<Record<RunStatus, string>> = {
  failed: '✕',
  cancelled: '⊘',
  unknown: '?',
  pending: '…',
  succeeded: '—',
};

/** What stands in the place of a picture that is not there. */
export const signOf = ({ status, error, doing }: Run): HTMLElement => {
  const note = status === 'succeeded' ? 'no files' : (doing ?? status);
  const sign = signWith(
    glyphs[status],
    error === undefined || doing !== undefined ? note : clip(errorText(error)),
  );
  sign.classList.add(`s-${status}`);
  return sign;
};

const signWith = (glyph: string | null, note: string): HTMLElement =>
  h(
    'span',
    { class: 'sign' },
    glyph === null ? null : h('span', { class: 'glyph', 'aria-hidden': 'true', text: glyph }),
    h('span', { class: 'note', text: note }),
  );

export const stillMedia = (output: PresentOutput, alt: string, tile: Tile): HTMLElement => {
  switch (output.kind) {
    case 'image': {
      const image = imageOf(output, alt, 'lazy', smallUrlOf(output));
      image.addEventListener('load', () => tile.learn(image.naturalWidth, image.naturalHeight));
      return image;
    }
    case 'video':
      return filmOf(output);
    case 'audio':
      return signWith('♪', output.name);
    case 'text':
    case 'file':
      return output.text === undefined
        ? signWith('▤', output.name)
        : h('span', { class: 'words', text: clip(output.text, 600) });
  }
};

const filmOf = (output: PresentOutput): HTMLElement => {
  const attributes = { muted: true, playsinline: true, preload: 'metadata', tabindex: '-1' };
  const video = h('video', { src: `${urlOf(output)}#t=0.1`, ...attributes, 'aria-hidden': 'true' });
  const play = h('span', { class: 'play', 'aria-hidden': 'true', text: '▶' });
  const film = h('span', { class: 'film' }, video, play);
  video.addEventListener('error', () => film.replaceWith(missingSign(output)));
  return film;
};

/** In the viewer: large, and with players. */
export const fullMedia = (output: PresentOutput, alt: string): HTMLElement => {
  switch (output.kind) {
    case 'image': {
      const image = imageOf(output, alt, 'eager');
      image.addEventListener('load', () => enlarge(image, image.naturalWidth));
      return image;
    }
    case 'video': {
      const attributes = { controls: true, loop: true, preload: 'metadata', 'aria-label': alt };
      const video = h('video', { src: urlOf(output), ...attributes });
      video.addEventListener('loadedmetadata', () => enlarge(video, video.videoWidth));
      return video;
    }
    case 'audio': {
      const attributes = { controls: true, preload: 'metadata', 'aria-label': alt };
      return h('audio', { src: urlOf(output), ...attributes });
    }
    case 'text':
    case 'file':
      return output.text === undefined
        ? signWith('▤', output.name)
        : h('pre', { class: 'words', tabindex: '0', text: output.text });
  }
};

const imageOf = (
  output: PresentOutput,
  alt: string,
  loading: 'lazy' | 'eager',
  small: string | null = null,
): HTMLImageElement => {
  const attributes = { alt, loading, decoding: 'async', draggable: 'false' };
  const image = h('img', { ...attributes, src: small ?? urlOf(output) });
  let isSmall = small !== null;
  image.addEventListener('error', () => {
    // A thumbnail may not have come along: hidden folders are often left behind.
    if (isSmall) image.src = urlOf(output);
    else image.replaceWith(missingSign(output));
    isSmall = false;
  });
  return image;
};

/** The thumbnail; null: there is none, or the page carries the picture inside itself. */
const smallUrlOf = ({ thumb, file }: PageOutput): string | null =>
  file === undefined ? (thumb ?? null) : null;

const missingSign = ({ name }: PageOutput): HTMLElement =>
  signWith(null, `${name} is not beside the report`);

/** Small pictures are shown at twice their size at most: more would only show the enlarging. */
const enlarge = (element: HTMLElement, width: number): void => {
  if (width > 0) element.style.setProperty('width', `${2 * width}px`);
};
