/** Words of plans and reasons. One place, so that all of them speak alike. */

const shownLength = 60;
/** How much of a common start is kept where two long texts differ late. */
const keptStart = 12;

/** `"a cat" → "a dog"`, cut so that the first difference is in view. */
export const changeOf = (from: string, to: string): string => {
  let same = 0;
  while (same < from.length && from[same] === to[same]) same += 1;
  return `${clip(from, same)} → ${clip(to, same)}`;
};

const clip = (text: string, difference: number): string => {
  const points = Array.from(text);
  if (points.length <= shownLength) return text;
  const start =
    difference > shownLength - 2 * keptStart
      ? Array.from(text.slice(0, difference)).length - keptStart
      : 0;
  const end = start + shownLength;
  return `${start > 0 ? '…' : ''}${points.slice(start, end).join('')}${end < points.length ? '…' : ''}`;
};

/** `1a2b…`: enough of a digest to tell two apart. */
export const shortHash = (sha256: string): string => `${sha256.slice(0, 4)}…`;

/** `20h`, `1h30m`, `45s`. */
export const durationText = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  if (seconds === 0) return `${ms}ms`;
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join('');
};
