/**
 * Making elements. Text enters the page by `textContent` and attributes only, never as markup.
 */

type Attribute = string | number | boolean | null | undefined;
/** `text` becomes the element's text. What is null, undefined or false is left out. */
export type Attributes = Readonly<Record<string, Attribute>>;
export type Child = Node | string | null | readonly Child[];

const fill = (element: Element, attributes: Attributes, children: readonly Child[]): void => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'text') element.textContent = String(value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) addChild(element, child);
};

const addChild = (element: Element, child: Child): void => {
  if (child === null) return;
  if (typeof child === 'string' || child instanceof Node) element.append(child);
  else for (const one of child) addChild(element, one);
};

export const h = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] => {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
};

/** The same for drawings. */
export const drawn = <Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes,
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  fill(element, attributes, children);
  return element;
};

export const button = (
  attributes: Attributes,
  act: (button: HTMLButtonElement) => void,
  ...children: readonly Child[]
): HTMLButtonElement => {
  const element = h('button', { type: 'button', ...attributes }, ...children);
  element.addEventListener('click', () => act(element));
  return element;
};

export const select = (
  attributes: Attributes,
  choose: (value: string) => void,
  ...options: readonly Child[]
): HTMLSelectElement => {
  const element = h('select', attributes, ...options);
  element.addEventListener('change', () => choose(element.value));
  return element;
};

export const option = (
  value: string | number,
  label: string,
  selected = false,
): HTMLOptionElement => h('option', { value, text: label, selected });

/** An element of the page's own markup, which is always there. */
export const elementById = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
};

/** The element that an event happened in, where it or what it stands in fits the selector. */
export const closestTo = ({ target }: Event, selector: string): Element | null =>
  target instanceof Element ? target.closest(selector) : null;

/** The number in `data-NAME` of an element; null: there is no such element, or it has none. */
export const numberOf = (element: Element | null | undefined, name: string): number | null => {
  const text = element?.getAttribute(`data-${name}`) ?? null;
  return text === null ? null : Number(text);
};

/** Calls at most once a frame. */
export const framed = (work: () => void): (() => void) => {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
};

/** Makes the children before `end` these ones, in this order. Those in place are not touched. */
export const keepInOrder = (
  parent: Element,
  first: ChildNode | null,
  wanted: Iterable<Element>,
): void => {
  let place = first;
  for (const element of wanted) {
    if (element === place) place = place.nextSibling;
    else parent.insertBefore(element, place);
  }
};
