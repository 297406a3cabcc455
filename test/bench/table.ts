/** A table in Markdown, as the README shows it. */
export const table = (
  title: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string => {
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(Math.max(1, width - 1))}:`)).join(' | ')} |`;
  return `\n${title}\n\n${[line(header), rule, ...rows.map(line)].join('\n')}\n`;
};

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
