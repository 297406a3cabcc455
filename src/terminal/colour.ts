import { styleText } from 'node:util';

/** What a stretch of text is, not which colour it has. */
export type Style = 'error' | 'warning' | 'notice' | 'dim' | 'hint' | 'good' | 'strong' | 'accent';

/** Paints a text; identity without colour. Fits where diagnostics want one. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;

/** `FORCE_COLOR` wins over `NO_COLOR` as in Node; otherwise a terminal that can has colour. */
export const wantsColour = (
  env: Readonly<Record<string, string | undefined>>,
  isTTY: boolean,
): boolean => {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = env;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (no !== undefined && no !== '') return false;
  return isTTY && term !== 'dumb';
};

export const painter = (
  env: Readonly<Record<string, string | undefined>>,
  isTTY: boolean,
): Paint => (wantsColour(env, isTTY) ? colourful : plain);

const formats = {
  error: 'red',
  warning: 'yellow',
  notice: 'cyan',
  dim: 'dim',
  hint: 'cyan',
  good: 'green',
  strong: 'bold',
  accent: 'cyan',
} as const satisfies Record<Style, Parameters<typeof styleText>[0]>;

/** The stream's own opinion is not asked: ours is decided above. */
const colourful: Paint = (style, text) =>
  text === '' ? '' : styleText(formats[style], text, { validateStream: false });
