import { crc32 } from 'node:zlib';

/** A ZIP archive of files as they are. */
export const archive = (files: Readonly<Record<string, string>>): Buffer => {
  const parts: Buffer[] = [];
  const table: Buffer[] = [];
  let at = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, content] = [Buffer.from(path), Buffer.from(text)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, name, content]);
    table.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), common, place, name);
    parts.push(local);
    at += local.length;
  }
  const contents = Buffer.concat(table);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(contents.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, contents, end]);
};

const rels = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A workbook of sheets, each by its name and what stands inside of `<worksheet>`. Style 1 is a date, 2 a time. */
export const workbook = (sheets: Readonly<Record<string, string>>): Buffer => {
  const all = Object.entries(sheets);
  return archive({
    '[Content_Types].xml': '<Types/>',
    'xl/workbook.xml': `<workbook xmlns:r="${rels}"><sheets>${all
      .map(([name], at) => `<sheet name="${name}" sheetId="${at + 1}" r:id="r${at + 1}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="s" Type="${rels}/styles" Target="styles.xml"/>${all
      .map(
        (_, at) =>
          `<Relationship Id="r${at + 1}" Type="${rels}/worksheet" Target="worksheets/sheet${at + 1}.xml"/>`,
      )
      .join('')}</Relationships>`,
    'xl/styles.xml':
      '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="21" applyNumberFormat="1"/></cellXfs></styleSheet>',
    ...Object.fromEntries(
      all.map(([, sheet], at) => [
        `xl/worksheets/sheet${at + 1}.xml`,
        `<worksheet>${sheet}</worksheet>`,
      ]),
    ),
  });
};

/** Rows of texts and numbers; a cell that begins with `<` is its own XML, with ADDRESS for where it stands. */
export const rowsOf = (
  rows: readonly (readonly (string | number | null)[])[],
  attributes: Readonly<Record<number, string>> = {},
): string =>
  `<sheetData>${rows
    .map((cells, row) => {
      const content = cells.map((value, column) => {
        const address = `${String.fromCharCode(65 + column)}${row + 1}`;
        if (value === null) return '';
        if (typeof value === 'number') return `<c r="${address}"><v>${value}</v></c>`;
        return value.startsWith('<')
          ? value.replace('ADDRESS', address)
          : `<c r="${address}" t="inlineStr"><is><t>${value}</t></is></c>`;
      });
      return `<row r="${row + 1}" ${attributes[row + 1] ?? ''}>${content.join('')}</row>`;
    })
    .join('')}</sheetData>`;
