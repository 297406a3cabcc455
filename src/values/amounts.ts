/** Amounts as people read them. One place, so that terminal, summaries and reports speak alike. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `850 ms`, `31s`, `1m 20s`, `2h 05m`, `1d 03h`. */
export const duration = (ms: number): string => {
  if (ms < second) return `${Math.max(0, Math.round(ms))} ms`;
  const whole = Math.round(ms / second) * second;
  if (whole < minute) return `${whole / second}s`;
  if (whole < hour) return pair(whole, minute, 'm', second, 's');
  if (whole < day) return pair(whole, hour, 'h', minute, 'm');
  return pair(whole, day, 'd', hour, 'h');
};

/** Estimates are not exact, so they do not look it: `70 s`, `12 min`, `2.5 h`. */
export const roughDuration = (ms: number): string => {
  if (ms < 10 * second) return `${Math.max(1, Math.round(ms / second))} s`;
  if (ms < 2 * minute) return `${Math.round(ms / (5 * second)) * 5} s`;
  if (ms < 2 * hour) return `${Math.round(ms / minute)} min`;
  return `${Math.round((ms / hour) * 2) / 2} h`;
};

/** `512 B`, `4.1 MB`; thousands, as file managers and invoices count. */
export const fileSize = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`;
  let [size, unit] = [bytes / 1000, 0];
  while (size >= 999.95 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 10 ? size.toFixed(1) : String(Math.round(size))} ${units[unit] ?? 'TB'}`;
};

/** What a person types for a size: `200MB`, `1.5 GB`, `4000000`; in bytes; null: it is none. */
export const bytesOf = (text: string): number | null => {
  const [, digits = '', unit = ''] =
    /^(\d{1,9}(?:\.\d{1,3})?)\s*([kmgt]?b)?$/i.exec(text.trim()) ?? [];
  const power = ['', ...units].findIndex((known) => known.toLowerCase() === unit.toLowerCase());
  const bytes = Number(digits || NaN) * 1000 ** (power === -1 ? 0 : power);
  return Number.isFinite(bytes) ? Math.round(bytes) : null;
};

/** `1 run`, `12 runs`, `1,234 runs`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${grouped(number)} ${number === 1 ? one : many}`;

/** `12,345` */
export const grouped = (number: number): string =>
  String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** Decimal text with at most two digits behind the point: `210`, `0.35`. */
export const shortDecimal = (decimal: string): string => {
  const [whole = '', fraction = ''] = decimal.split('.');
  const kept = fraction.slice(0, 2).replace(/0+$/, '');
  return kept === '' ? whole : `${whole}.${kept}`;
};

const units = ['kB', 'MB', 'GB', 'TB'];

const pair = (ms: number, large: number, unit: string, small: number, rest: string): string => {
  const left = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)}${unit} ${String(left).padStart(2, '0')}${rest}`;
};
