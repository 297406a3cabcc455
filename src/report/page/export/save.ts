import { h } from '../dom.js';

/** Has the browser save it, as a download. */
export const save = (content: Blob, name: string): void => {
  const address = URL.createObjectURL(content);
  h('a', { href: address, download: name }).click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};
