import { button, h } from '../dom.js';

/** Further apart than this they are seen to be apart. */
const maxApart = 0.08;

/** One button and one slider play several films together; the first one leads. */
export const playedTogether = (films: readonly HTMLVideoElement[]): HTMLElement => {
  const [lead] = films;
  const toggle = button({ class: 'plain', text: 'Play' }, () => {
    if (lead?.paused === false) for (const film of films) film.pause();
    else for (const film of films) void film.play().catch(() => undefined);
    align();
  });
  const place = h('input', {
    type: 'range',
    min: 0,
    max: 1000,
    value: 0,
    'aria-label': 'Place in the films',
  });
  const align = (): void => {
    for (const film of films)
      if (lead !== undefined && Math.abs(film.currentTime - lead.currentTime) > maxApart)
        film.currentTime = lead.currentTime;
  };
  place.addEventListener('input', () => {
    const time = (Number(place.value) / 1000) * (lead?.duration ?? 0);
    if (Number.isFinite(time)) for (const film of films) film.currentTime = time;
  });
  lead?.addEventListener('timeupdate', () => {
    align();
    const part = lead.currentTime / lead.duration;
    if (Number.isFinite(part)) place.value = String(Math.round(part * 1000));
  });
  for (const type of ['play', 'pause'] as const)
    lead?.addEventListener(type, () => {
      toggle.textContent = lead.paused ? 'Play' : 'Pause';
      if (lead.paused) for (const film of films) film.currentTime = lead.currentTime;
    });
  return h('span', { class: 'films' }, toggle, place);
};
