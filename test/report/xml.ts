/**
 * A reader of the XML that reports use, strict where XML 1.0 is: one root, tags that match, quoted
 * and distinct attributes, only the characters and references that XML allows. Throws otherwise.
 */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const allowed = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;
const piece =
  /<!\[CDATA\[([^]*?)\]\]>|<\/([\w:-]+)\s*>|<([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/uy;

export const readXml = (xml: string): Element => {
  if (!allowed.test(xml)) throw new Error('a character that XML does not allow');
  const body = xml.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>\s*/, '').trimEnd();
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  piece.lastIndex = 0;
  while (piece.lastIndex < body.length) {
    const at = piece.lastIndex;
    const found = piece.exec(body);
    if (found === null) throw new Error(`no XML: ${body.slice(at, at + 40)}`);
    take(open, found);
  }
  const [only, ...rest] = root.children;
  if (open.length !== 1 || only === undefined || rest.length > 0) throw new Error('not one root');
  return only;
};

const take = (open: Element[], found: RegExpExecArray): void => {
  const [, cdata, close, name, attributes = '', empty, text] = found;
  const top = open.at(-1)!;
  if (cdata !== undefined) top.text += cdata;
  else if (text !== undefined) {
    if (text.includes(']]>')) throw new Error(']]> in text');
    top.text += resolve(text);
  } else if (close !== undefined) {
    if (close !== top.name) throw new Error(`</${close}> closes <${top.name}>`);
    open.pop();
  } else if (name !== undefined) {
    const element = { name, attributes: attributesOf(attributes), children: [], text: '' };
    top.children.push(element);
    if (empty === '') open.push(element);
  }
};

const attributesOf = (text: string): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([\w:-]+)="([^"]*)"/gu)) {
    if (name in found) throw new Error(`${name} twice`);
    found[name] = resolve(value);
  }
  return found;
};

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

const resolve = (text: string): string =>
  text.replace(/&([^;]*);?/gu, (whole, name: string) => {
    const code = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name);
    if (code !== null)
      return String.fromCodePoint(parseInt(code[1] ?? code[2]!, code[1] === undefined ? 10 : 16));
    const known = entities[name];
    if (known === undefined || !whole.endsWith(';')) throw new Error(`bad reference ${whole}`);
    return known;
  });
