/** What to do about a column without a name, in a first line that names so many others. */
export const namelessHint = (named: number): string =>
  named === 1
    ? 'remove the first line if it is a title: the first line of a table names its columns; else name the column'
    : 'name it, or "_" plus a name if it is only for people';
