import type { RemoteOutput } from '../../journal/event.js';
import type { OutputFacts } from '../plan.js';

/** What `outputs.name` may read of an output: one reading for the plan and for what is saved. */
export const outputFacts = (
  output: Pick<RemoteOutput, 'node' | 'type'> & { readonly url: string | null },
  index: number,
): OutputFacts => ({
  index,
  ext: extension(output.type, output.url ?? ''),
  node: output.node,
  name: baseName(output.url ?? ''),
});

/** From the service's own word for the type, else from the link. Letters and digits only. */
const extension = (type: string, url: string): string => {
  const named = type.toLowerCase();
  if (/^[a-z0-9]{1,10}$/.test(named)) return named;
  return /\.([a-z0-9]{1,10})$/i.exec(pathOf(url))?.[1]?.toLowerCase() ?? 'bin';
};

/** Of the file that a link leads to, without its ending. */
export const baseName = (url: string): string => {
  const last = pathOf(url).split('/').at(-1) ?? '';
  return last.replace(/\.[^.]*$/, '');
};

const pathOf = (url: string): string => url.replace(/[?#].*$/, '');
