import { createInflateRaw } from 'node:zlib';

/** Of the file; what it holds unpacked; and of the cells of a sheet, empty ones included. */
export const xlsxLimits = {
  fileBytes: 64 * 1024 * 1024,
  unpackedBytes: 256 * 1024 * 1024,
  cells: 1_000_000,
};

/**
 * Why a workbook cannot be given to the reader of sheets, which holds everything it finds in
 * memory; null: it can. A file of some MB may hold GB, and one cell far down makes a million
 * rows, so everything that the reader would unpack is unpacked once here, piece by piece.
 */
export const tooMuch = async (
  file: Uint8Array,
  limits: typeof xlsxLimits = xlsxLimits,
): Promise<string | null> => {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const entries = entriesOf(bytes);
  if (entries === null)
    return bytes.readUInt32BE(0) === 0xd0cf11e0
      ? 'it is a workbook of Excel 97-2003, or has a password'
      : 'it is no ZIP archive, or one of a kind that no spreadsheet writes';
  if (entries.some(({ name }) => name === 'content.xml')) return 'it is an ODS table';
  const read = entries.filter(({ name }) => /\.xml(?:\.rels)?$/.test(name));
  const told = read.reduce((sum, { size }) => sum + size, 0);
  if (told > limits.unpackedBytes) return unpacked(told, limits);
  let left = limits.unpackedBytes;
  for (const entry of read) {
    const sheet = new SheetSize(limits.cells);
    const counts = entry.name.includes('/worksheets/') || entry.name.startsWith('worksheets/');
    let size = 0;
    try {
      for await (const piece of contentOf(entry, bytes)) {
        size += piece.length;
        left -= piece.length;
        if (left < 0) return unpacked(limits.unpackedBytes - left, limits);
        if (size > entry.size) return `${entry.name} is larger than the archive says`;
        const why = counts ? sheet.add(piece) : null;
        if (why !== null) return `${entry.name} has ${why}`;
      }
    } catch {
      return `${entry.name} cannot be unpacked`;
    }
  }
  return null;
};

const unpacked = (bytes: number, limits: typeof xlsxLimits): string =>
  `it holds ${Math.ceil(bytes / 1e6)} MB unpacked, at most ${Math.floor(limits.unpackedBytes / 1e6)} MB are read`;

interface Entry {
  readonly name: string;
  /** 0: as it is, 8: deflated. */
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  /** Of its own header. */
  readonly at: number;
}

/** Text of one file of the archive, of which `tooMuch` has said nothing; null: there is none. */
export const contentNamed = async (file: Uint8Array, name: string): Promise<string | null> => {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const entry = entriesOf(bytes)?.find((one) => one.name === name);
  if (entry === undefined) return null;
  const pieces: Buffer[] = [];
  for await (const piece of contentOf(entry, bytes)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
};

/** The archive's table of contents, which is what the reader goes by; null: there is none. */
const entriesOf = (bytes: Buffer): readonly Entry[] | null => {
  const end = bytes.lastIndexOf('PK\u0005\u0006', bytes.length, 'latin1');
  if (end < 0 || end + 22 > bytes.length) return null;
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  const entries: Entry[] = [];
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) return null;
    const nameLength = bytes.readUInt16LE(at + 28);
    entries.push({
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      method: bytes.readUInt16LE(at + 10),
      packed: bytes.readUInt32LE(at + 20),
      size: bytes.readUInt32LE(at + 24),
      at: bytes.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  // Where it stands in 64 bits, an entry has 4 GB or its place beyond them.
  return entries.some(({ packed, size, at: place }) => [packed, size, place].includes(0xffffffff))
    ? null
    : entries;
};

async function* contentOf({ method, packed, at }: Entry, bytes: Buffer): AsyncIterable<Buffer> {
  const from = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
  const content = bytes.subarray(from, from + packed);
  if (method === 0) yield content;
  else if (method === 8) {
    const inflate = createInflateRaw();
    inflate.end(content);
    for await (const piece of inflate) if (Buffer.isBuffer(piece)) yield piece;
  } else throw new Error('packed in a way that no spreadsheet uses');
}

const tag = /<(?:[\w.-]+:)?(row|c)(?=[\s/>])([^<>]*)>/g;
const place = /\sr\s*=\s*(?:"([^"]*)"|'([^']*)')/;

/** How large a sheet becomes when every row is filled up: from its rows' and cells' addresses. */
class SheetSize {
  #rest = '';
  #row = 0;
  #column = 0;
  #rows = 0;
  #columns = 0;

  constructor(private readonly most: number) {}

  /** Why it is too large by now; null: it is not. */
  add(piece: Buffer): string | null {
    const text = this.#rest + piece.toString('latin1');
    for (const [, name, attributes = ''] of text.matchAll(tag)) {
      const named = place.exec(attributes);
      const address = named === null ? null : (named[1] ?? named[2] ?? '');
      if (!(name === 'row' ? this.#toRow(address) : this.#toCell(address)))
        return `the address ${JSON.stringify(address)}`;
      this.#rows = Math.max(this.#rows, this.#row);
      this.#columns = Math.max(this.#columns, this.#column);
      if (this.#rows * Math.max(1, this.#columns) > this.most)
        return `${this.#rows} rows and ${this.#columns} columns or more, at most ${this.most} cells are read`;
    }
    // A tag may go on in the next piece; none that is looked for is long.
    const open = text.lastIndexOf('<');
    this.#rest = open > text.lastIndexOf('>') ? text.slice(open).slice(0, 4096) : '';
    return null;
  }

  /** False: it is no address. */
  #toRow(address: string | null): boolean {
    this.#column = 0;
    this.#row = address === null ? this.#row + 1 : Number(address);
    return Number.isSafeInteger(this.#row) && this.#row >= 1;
  }

  #toCell(address: string | null): boolean {
    this.#column += 1;
    if (address === null) return true;
    const [, letters = '', digits = ''] = /^([A-Z]{1,7})([0-9]{1,15})$/.exec(address) ?? [];
    if (letters === '') return false;
    this.#column = Array.from(letters).reduce(
      (column, letter) => column * 26 + letter.charCodeAt(0) - 64,
      0,
    );
    this.#row = Math.max(1, Number(digits));
    return true;
  }
}
