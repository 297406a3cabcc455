/**
 * Where a redirect leads; null: nowhere that is gone to. What was asked by https is not asked
 * without it, by whoever says so.
 */
export const redirectTo = (location: string, from: string): string | null => {
  if (!URL.canParse(location, from)) return null;
  const next = new URL(location, from);
  const isWeb = next.protocol === 'https:' || next.protocol === 'http:';
  const isDowngrade = /^https:/i.test(from) && next.protocol !== 'https:';
  return isWeb && !isDowngrade ? next.href : null;
};
