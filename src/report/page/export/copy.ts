import { button, h } from '../dom.js';

/** A button that puts a text on the clipboard, and says that it did. */
export const copyButton = (label: string, text: () => string): HTMLButtonElement =>
  button({ class: 'plain', text: label }, (pressed) => {
    void copyText(text(), pressed).then((said) => {
      pressed.textContent = said;
    });
  });

/** Where the browser refuses, the text stands selected beside the button. */
const copyText = async (text: string, beside: HTMLElement): Promise<string> => {
  try {
    await navigator.clipboard.writeText(text);
    return 'Copied';
  } catch {
    const field = h('textarea', { readonly: true, class: 'to-copy', 'aria-label': 'To be copied' });
    field.value = text;
    beside.after(field);
    field.select();
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other way without the clipboard
    const isCopied = document.execCommand('copy');
    if (isCopied) field.remove();
    return isCopied ? 'Copied' : 'Selected';
  }
};
