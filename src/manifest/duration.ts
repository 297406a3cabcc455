const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `90s`, `1h30m`, `2d`, `500ms` → milliseconds; null for anything else, bare numbers included. */
export const durationMs = (text: string): number | null => {
  const compact = text.trim();
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(compact)) return null;
  let total = 0;
  for (const [, amount = '0', unit = 's'] of compact.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    total += Number(amount) * (units[unit] ?? 0);
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : null;
};
