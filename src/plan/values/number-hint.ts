/** Numbers as spreadsheets of other countries show them; null: it looks like no number. */
export const numberHint = (given: string, takes: string): string | null => {
  const text = given.trim();
  const whole = takes === 'a whole number';
  if (/^[-+]?\d+,\d+e[+-]?\d+$/i.test(text) && whole)
    return 'a spreadsheet has rounded it: give the column the format Text there, then type or paste the numbers again';
  if (whole && /^[-+]?\d{1,3}(?:[,.'’ \u00a0\u202f]\d{3})+$/.test(text))
    return `write ${text.replaceAll(/[^\d+-]/g, '')}, without marks between the digits`;
  if (!whole && /^[-+]?\d+,\d+(?:e[+-]?\d+)?$/i.test(text))
    return `write ${text.replace(',', '.')}: the decimal mark is a point here`;
  const [, digits] = /^([-+]?\d{1,15})\.\d+$/.exec(text) ?? [];
  if (whole && digits !== undefined) return `write ${digits}, or another number without a fraction`;
  return null;
};
