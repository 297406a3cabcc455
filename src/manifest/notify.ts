import { error } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { NotifyOptions, Written } from './manifest.js';
import type { MapReader } from './reader.js';

/** `notify: { url | command, on }`; null: nobody is told, or it is wrong, which `problems` tells. */
export const notifyOf = (top: MapReader, problems: Problems): NotifyOptions | null => {
  if (!top.has('notify')) return null;
  const notify = top.section('notify');
  const url = notify.written('url');
  const command = notify.text('command');
  const on = notify.text('on');
  const when = on === 'failure' || on === 'success' ? on : 'always';
  if (url !== null && command === null)
    return checkUrl(url, problems) ? { is: 'url', url, on: when } : null;
  if (command !== null && url === null) return { is: 'command', command, on: when };
  const both = url !== null;
  problems.add(
    error(
      'E0113',
      top.keyAt('notify'),
      `"notify" takes one of url and command${both ? '' : ', and has none'}`,
      {
        hint: 'notify: { url: "${{ env.NOTIFY_URL }}", on: failure }',
      },
    ),
  );
  return null;
};

const fromEnv = /\$\{\{\s*env\.([A-Za-z_]\w*)\s*\}\}/g;

const checkUrl = ({ value, at }: Written<string>, problems: Problems): boolean => {
  const rest = value.replace(fromEnv, '');
  const wrong = rest.includes('${{')
    ? '"notify.url" may hold ${{ env.NAME }} and no other template'
    : rest !== value && !/^https?:/i.test(value) && !value.trim().startsWith('${{')
      ? '"notify.url" must be an http or https URL'
      : rest === value && !isWebUrl(value)
        ? '"notify.url" must be an http or https URL'
        : null;
  if (wrong === null) return true;
  // The line is not shown: what is wrong with it does not make it less of a secret.
  problems.add(error('E0113', { ...at, text: null }, wrong));
  return false;
};

/** The URL with what the environment gives; or the names that it does not give. */
export const urlWith = (
  template: string,
  env: ReadonlyMap<string, string>,
): { readonly url: string } | { readonly missing: readonly string[] } => {
  const missing: string[] = [];
  const url = template.replace(fromEnv, (_whole, name: string) => {
    const value = env.get(name)?.trim() ?? '';
    if (value === '') missing.push(name);
    return value;
  });
  return missing.length > 0 ? { missing } : { url };
};

export const isWebUrl = (text: string): boolean =>
  /^https?:\/\//i.test(text.trim()) && URL.canParse(text.trim());
