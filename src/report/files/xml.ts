/** An element with either text or other elements in it. */
export interface XmlElement {
  readonly name: string;
  /** What is null is left out. */
  readonly attributes?: Readonly<Record<string, string | number | null>>;
  readonly content?: string | Iterable<XmlElement>;
}

/** XML 1.0 in pieces, so that many elements need no single string. */
export function* xmlDocument(root: XmlElement): Iterable<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield* elementXml(root, '');
}

/** An element within a document; `indent`: where it stands there. */
export function* elementXml(element: XmlElement, indent: string): Iterable<string> {
  const { name, attributes = {}, content = '' } = element;
  const start = `${indent}<${name}${attributesXml(attributes)}`;
  if (content === '') yield `${start}/>\n`;
  else if (typeof content === 'string') yield `${start}>${textXml(content)}</${name}>\n`;
  else {
    yield `${start}>\n`;
    for (const child of content) yield* elementXml(child, `${indent}  `);
    yield `${indent}</${name}>\n`;
  }
}

const attributesXml = (attributes: Readonly<Record<string, string | number | null>>): string =>
  Object.entries(attributes)
    .map(([name, value]) => (value === null ? '' : ` ${name}="${attributeXml(String(value))}"`))
    .join('');

/** `>` too: `]]>` is not allowed in text. A carriage return would be read as a line feed. */
const textXml = (text: string): string => escaped(text, /[&<>\r]/g);

/** White space in an attribute would be read as blanks. */
const attributeXml = (text: string): string => escaped(text, /[&<>"\t\n\r]/g);

const escaped = (text: string, special: RegExp): string =>
  xmlCharacters(text).replace(special, (mark) => names[mark] ?? `&#${mark.charCodeAt(0)};`);

const names: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** XML 1.0 has no way to hold other characters: control characters, halves of a character. */
const xmlCharacters = (text: string): string =>
  text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '');
