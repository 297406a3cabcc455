/**
 * The page's script, first part: making elements, and amounts as people read them. Text enters
 * the page by `textContent` and attributes only, never as markup.
 */
export const kit = String.raw`
const h = (tag, props, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'text') element.textContent = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
};

/** The same for drawings; only attributes and text. */
const drawn = (tag, props, ...children) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === 'text') element.textContent = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

/** A million letters in a card would be laid out to show two lines of them. */
const clip = (text, most = 300) => (text.length <= most ? text : text.slice(0, most) + '…');

const plural = (count, one) => count.toLocaleString('en-US') + ' ' + one + (count === 1 ? '' : 's');

const pad = (number) => String(number).padStart(2, '0');

const duration = (ms) => {
  if (ms < 1000) return Math.round(ms) + ' ms';
  const s = Math.round(ms / 1000);
  if (s < 60) return s + 's';
  if (s < 3600) return Math.floor(s / 60) + 'm ' + pad(s % 60) + 's';
  return Math.floor(s / 3600) + 'h ' + pad(Math.floor(s / 60) % 60) + 'm';
};

const fileSize = (bytes) => {
  let [size, unit] = [bytes, 0];
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  while (size >= 1000 && unit < units.length - 1) [size, unit] = [size / 1000, unit + 1];
  return (unit > 0 && size < 10 ? size.toFixed(1) : Math.round(size)) + ' ' + units[unit];
};

const grouped = (number) => number.toLocaleString('en-US');

const percent = (share) => (share > 0.995 && share < 1 ? '99' : Math.round(share * 100)) + ' %';

/** '+12', '−0.5', '' where nothing changed. */
const signed = (amount, text) => {
  const sign = String(amount).startsWith('-');
  return Number(amount) === 0 ? '' : (sign ? '−' : '+') + text(String(amount).replace('-', ''));
};

const moment = (ms) => new Date(ms).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** Calls at most once a frame, with the latest arguments. */
const framed = (work) => {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
};

/** Key → the items that have it, in order of first appearance. */
const groupBy = (items, keyOf) => {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (groups.has(key)) groups.get(key).push(item);
    else groups.set(key, [item]);
  }
  return groups;
};

const option = (value, label, selected) => h('option', { value, text: label, selected: selected === true });
`;
