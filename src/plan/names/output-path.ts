import { portable } from './portable.js';

/** Any text as a relative path that stays below its folder: every part is made portable. */
export const safePath = (text: string): string => {
  const parts = text
    .split(/[/\\]+/)
    .filter((part) => part !== '' && part !== '.')
    .map((part) => portable(part));
  return parts.length === 0 ? '_' : parts.join('/');
};

/** Whether a written path tries to leave its folder. */
export const leaves = (text: string): boolean =>
  /^(?:[/\\]|[A-Za-z]:)/.test(text) || text.split(/[/\\]/).includes('..');
