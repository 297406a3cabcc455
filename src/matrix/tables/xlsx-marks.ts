import { contentNamed } from './xlsx-bounds.js';

/** What a sheet says beside the values of its cells. Rows and columns count from 1. */
export interface SheetMarks {
  readonly merges: readonly Merge[];
  readonly hidden: ReadonlySet<number>;
  /** Cells whose formula has no value: an error, or none was saved. */
  readonly valueless: readonly {
    readonly address: string;
    readonly row: number;
    readonly why: string;
  }[];
}

interface Merge {
  readonly ref: string;
  readonly rows: readonly [first: number, last: number];
  readonly columns: readonly [first: number, last: number];
}

const nothing: SheetMarks = { merges: [], hidden: new Set(), valueless: [] };

/** Of a workbook that is not too large (see `tooMuch`). `sheet` null: the first. */
export const sheetMarks = async (file: Uint8Array, sheet: string | null): Promise<SheetMarks> => {
  const path = await pathOf(file, sheet);
  const text = path === null ? null : await contentNamed(file, path);
  if (text === null) return nothing;
  return { merges: mergesOf(text), ...cellsOf(text) };
};

const attribute = (tag: string, name: string): string | null => {
  const [, double, single] =
    new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag) ?? [];
  const raw = double ?? single;
  return raw === undefined ? null : unescaped(raw);
};

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

const unescaped = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (all, hex, decimal, name) => {
    if (typeof name === 'string') return entities[name] ?? all;
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });

const pathOf = async (file: Uint8Array, sheet: string | null): Promise<string | null> => {
  const book = (await contentNamed(file, 'xl/workbook.xml')) ?? '';
  const sheets = [...book.matchAll(/<(?:\w+:)?sheet\s([^>]*)>/g)].map(([, tag = '']) => tag);
  const tag = sheet === null ? sheets[0] : sheets.find((one) => attribute(one, 'name') === sheet);
  const id = tag === undefined ? null : attribute(tag, '\\w+:id');
  const relations = (await contentNamed(file, 'xl/_rels/workbook.xml.rels')) ?? '';
  const relation = [...relations.matchAll(/<(?:\w+:)?Relationship\s([^>]*)>/g)].find(
    ([, one = '']) => attribute(one, 'Id') === id,
  );
  const target = relation === undefined ? null : attribute(relation[1] ?? '', 'Target');
  if (id === null || target === null) return null;
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
};

const mergesOf = (text: string): Merge[] =>
  [
    ...text.matchAll(/<(?:\w+:)?mergeCell\s[^>]*ref\s*=\s*["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']/g),
  ].map(([, left = '', top = '', right = '', bottom = '']) => ({
    ref: `${left}${top}:${right}${bottom}`,
    rows: [Number(top), Number(bottom)],
    columns: [columnOf(left), columnOf(right)],
  }));

const columnOf = (letters: string): number =>
  Array.from(letters).reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0);

const tags =
  /<(?:\w+:)?(?:row(?=[\s/>])([^>]*)|c(?=[\s/>])([^>]*?)(?:\/>|>([^]*?)<\/(?:\w+:)?c>))/g;

const cellsOf = (text: string): Pick<SheetMarks, 'hidden' | 'valueless'> => {
  const hidden = new Set<number>();
  const valueless: SheetMarks['valueless'][number][] = [];
  let row = 0;
  for (const [, ofRow, ofCell, content = ''] of text.matchAll(tags)) {
    if (ofRow !== undefined) {
      row = Number(attribute(ofRow, 'r') ?? row + 1);
      if (/^(?:1|true)$/.test(attribute(ofRow, 'hidden') ?? '')) hidden.add(row);
    } else if (ofCell !== undefined) {
      const why = whyValueless(ofCell, content);
      if (why !== null) valueless.push({ address: attribute(ofCell, 'r') ?? '', row, why });
    }
  }
  return { hidden, valueless };
};

const whyValueless = (tag: string, content: string): string | null => {
  const [, value] = /<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</.exec(content) ?? [];
  if (attribute(tag, 't') === 'e') return `has the error ${value ?? ''}`;
  return value === undefined && /<(?:\w+:)?f[\s/>]/.test(content)
    ? 'has a formula whose value was not saved'
    : null;
};
