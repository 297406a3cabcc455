/** The one way text of others enters the page's markup: as text or inside a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"'`]/g, (mark) => `&#${mark.charCodeAt(0)};`);

/** JSON inside a script element: without `<` nothing in it can end the element or begin another. */
export const scriptJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll('<', '\\u003c');
