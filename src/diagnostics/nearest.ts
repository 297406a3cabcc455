/** Candidates looked at, and letters compared: did-you-mean stays cheap on huge lists. */
const maxCandidates = 5_000;
const maxLength = 80;

/**
 * The candidates most like the word, best first: same but for case, width (ＡＢＣ) or blanks,
 * then by edit distance, at most a third of the word's length.
 */
export const nearest = (word: string, candidates: Iterable<string>, max = 3): string[] => {
  const wanted = fold(word);
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  const found: { candidate: string; distance: number }[] = [];
  let looked = 0;
  for (const candidate of candidates) {
    looked += 1;
    if (looked > maxCandidates) break;
    const folded = fold(candidate);
    const inside = wanted.length > 2 && (folded.includes(wanted) || wanted.includes(folded));
    const distance = editDistance(wanted, folded, allowed);
    if (distance <= allowed) found.push({ candidate, distance });
    else if (inside && folded.length > 2) found.push({ candidate, distance: allowed + 1 });
  }
  return found
    .sort((a, b) => a.distance - b.distance)
    .slice(0, max)
    .map(({ candidate }) => candidate);
};

/** ` did you mean "a" or "b"?`, for a message; empty where nothing is near. */
export const didYouMean = (word: string, candidates: Iterable<string>): string | null => {
  const near = nearest(word, candidates);
  return near.length === 0 ? null : `did you mean ${near.map((name) => `"${name}"`).join(' or ')}?`;
};

const fold = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, '')
    .slice(0, maxLength);

/** Damerau-Levenshtein (adjacent swaps count one); gives up above `limit`. */
const editDistance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    if (Math.min(...row) > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? limit + 1;
};
