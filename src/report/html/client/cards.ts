/** The page's script: one run as a card, as a line of the list, and as a thumbnail. */
export const cards = String.raw`
const glyphs = { failed: '✕', cancelled: '⊘', unknown: '?', pending: '…', succeeded: '✓' };

const altOf = (run) => promptOf(run) || run.name;

/** Inside this page where it is embedded, else beside it. */
const urlOf = (output) => {
  const inside = output.file === undefined ? null : document.getElementById('file-' + output.file);
  return inside ? inside.textContent : output.src;
};

/** What stands for a run: rather seen than heard, rather heard than read. */
const faces = ['image', 'video', 'audio', 'text'];
const faceOf = (run) => {
  const here = run.outputs.filter(({ src }) => src);
  const kind = faces.find((one) => here.some((output) => output.kind === one));
  return here.find((output) => output.kind === kind) || run.outputs[0];
};

const stageOf = (run) => {
  const output = faceOf(run);
  if (!output) return signOf(run);
  if (!output.src) return h('span', { class: 'sign' }, h('span', { class: 'note', text: 'not fetched yet' }));
  return mediaOf(output, altOf(run), false);
};

const signOf = (run) =>
  h('span', { class: 'sign s-' + run.status },
    h('span', { class: 'glyph', 'aria-hidden': 'true', text: run.status === 'succeeded' ? '—' : glyphs[run.status] }),
    h('span', { class: 'note', text: run.error ? clip(errorText(run.error)) : run.status === 'succeeded' ? 'no files' : run.status }));

const fileSign = (glyph, output) =>
  h('span', { class: 'sign' }, h('span', { class: 'glyph', 'aria-hidden': 'true', text: glyph }), h('span', { class: 'note', text: output.name }));

/** full: in the viewer, with players; else a still. */
const mediaOf = (output, alt, full) => {
  if (output.kind === 'image')
    return h('img', { src: urlOf(output), alt, loading: full ? 'eager' : 'lazy', decoding: 'async', draggable: 'false',
      onerror: (event) => event.target.replaceWith(missing(output)), onload: full ? enlarge : learnShape });
  if (output.kind === 'video')
    return full
      ? h('video', { src: urlOf(output), controls: true, loop: true, preload: 'metadata', 'aria-label': alt, onloadedmetadata: enlarge })
      : h('span', { class: 'film' },
          h('video', { src: urlOf(output) + '#t=0.1', muted: true, playsinline: true, preload: 'metadata', tabindex: '-1', 'aria-hidden': 'true',
            onerror: (event) => event.target.parentElement.replaceWith(missing(output)) }),
          h('span', { class: 'play', 'aria-hidden': 'true', text: '▶' }));
  if (output.kind === 'audio')
    return full ? h('audio', { src: urlOf(output), controls: true, preload: 'metadata', 'aria-label': alt }) : fileSign('♪', output);
  if (output.text !== undefined)
    return full ? h('pre', { class: 'words', tabindex: '0', text: output.text }) : h('span', { class: 'words', text: clip(output.text, 600) });
  return fileSign('▤', output);
};

const missing = (output) =>
  h('span', { class: 'sign' }, h('span', { class: 'note', text: output.name + ' is not beside the report' }));

/** The first picture tells the tiles' shape, so that most pictures fill theirs. */
let shape = 1;
let learnt = false;
const learnShape = (event) => {
  const { naturalWidth, naturalHeight } = event.target;
  if (learnt || !naturalWidth || !naturalHeight) return;
  learnt = true;
  const ratio = Math.min(1.5, Math.max(0.6, naturalHeight / naturalWidth));
  if (Math.abs(ratio - shape) < 0.02) return;
  shape = ratio;
  document.dispatchEvent(new Event('shape'));
};

/** Small pictures are shown at twice their size at most: more would only show the enlarging. */
const enlarge = ({ target }) => target.style.setProperty('width', 2 * (target.naturalWidth || target.videoWidth) + 'px');

const statusMark = (run) =>
  h('span', { class: 'status s-' + run.status, text: run.status + (run.reused ? ' before' : '') });

/** Most runs succeed; only what did not is named. */
const quiet = (run) => run.status === 'succeeded';

const playerOf = (run) => {
  const output = faceOf(run);
  return output && output.src && output.kind === 'audio' ? h('audio', { src: urlOf(output), controls: true, preload: 'none', 'aria-label': run.name }) : null;
};

/** Read before the picture's own words. */
const openWords = (run, state) => h('span', { class: 'unseen', text: 'Open ' + run.name + ', ' + state });

const openButton = (item, ...content) => {
  const run = runOf(item);
  return h('button', { class: 'stage', type: 'button', onclick: () => openViewer(item) },
    openWords(run, item.verdict ? verdictWords[item.verdict] : run.status), ...content);
};

/** The first click keeps a run in mind, the second one shows both. */
const pickButton = (run) => {
  const pinned = view.pinned === run;
  return h('button', { class: 'pick', type: 'button', 'aria-pressed': String(pinned), title: pinned ? 'Chosen; choose another' : 'Compare',
    'aria-label': 'Compare ' + run.name, text: '⇄', onclick: () => pick(run) });
};

const itemProps = (item, at, total) =>
  ({ role: 'listitem', 'aria-posinset': at + 1, 'aria-setsize': total, 'data-run': item.key });

const cardOf = (run, at, total) =>
  h('div', { class: 'card c-' + run.status, ...itemProps(run, at, total) },
    openButton(run, stageOf(run), run.outputs.length > 1 ? h('span', { class: 'many', text: run.outputs.length }) : null),
    pickButton(run),
    playerOf(run),
    h('div', { class: 'caption' },
      h('h3', { text: run.name, title: run.name }),
      h('p', { class: 'prompt', text: promptOf(run) }),
      h('p', { class: 'rest', text: restOf(run) }),
      h('p', { class: 'foot' }, quiet(run) ? h('span', { text: footText(run) }) : statusMark(run), h('span', { text: quiet(run) ? (run.reused ? 'done before' : '') : footText(run) }))));

const lineOf = (run, at, total) =>
  h('div', { class: 'line c-' + run.status, ...itemProps(run, at, total) },
    openButton(run, stageOf(run)),
    h('div', { class: 'what' },
      h('h3', { text: run.name, title: run.name }),
      h('p', { class: 'prompt', text: run.error ? clip(errorText(run.error)) : promptOf(run) })),
    h('p', { class: 'rest', text: restOf(run) }),
    h('p', { class: 'where', text: run.row || '' }),
    statusMark(run),
    h('p', { class: 'foot', text: footText(run) }),
    pickButton(run));
`;
