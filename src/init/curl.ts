import { cmdWords, looksLikeCmd, posixWords } from '../values/shell-words.js';

/** What a curl command would send. */
interface CurlCall {
  /** null: a path alone, as some pages show it. */
  readonly origin: string | null;
  readonly path: string;
  readonly body: string;
}

export type CurlRead =
  | { readonly ok: true; readonly call: CurlCall }
  | { readonly ok: false; readonly why: string; readonly hint: string | null };

const refused = (why: string, hint: string | null = null): CurlRead => ({ ok: false, why, hint });

/** Long and short options of curl that have a value (curl 8's manual); all others are switches. */
const valued: ReadonlySet<string> = new Set([
  ...['request', 'header', 'data', 'data-raw', 'data-ascii', 'data-binary', 'data-urlencode'],
  ...['json', 'form', 'form-string', 'url', 'user', 'user-agent', 'referer', 'cookie'],
  ...['cookie-jar', 'output', 'max-time', 'connect-timeout', 'proxy', 'retry', 'retry-delay'],
  ...['retry-max-time', 'cacert', 'cert', 'key', 'resolve', 'write-out', 'upload-file', 'range'],
  ...[
    'interface',
    'dump-header',
    'limit-rate',
    'max-redirs',
    'noproxy',
    'oauth2-bearer',
    'tls-max',
  ],
]);
const shorts: ReadonlyMap<string, string> = new Map(
  [
    ...(['X:request', 'H:header', 'd:data', 'F:form', 'u:user', 'A:user-agent'] as const),
    ...(['e:referer', 'b:cookie', 'c:cookie-jar', 'o:output', 'm:max-time', 'x:proxy'] as const),
    ...(['w:write-out', 'T:upload-file', 'r:range', 'D:dump-header', 'E:cert'] as const),
  ].map((pair) => [pair.slice(0, 1), pair.slice(2)]),
);

const bashHint = 'copy it for bash (or cmd): it begins with curl';

/** A curl command as RunningHub's pages, browsers and API tools show it. Runs nothing, reads no file. */
export const readCurl = (text: string): CurlRead => {
  const line = text.replace(/^\ufeff/, '').replace(/^\s*(?:[$>%]|PS [^>]*>)\s+/, '');
  const { words, open } = looksLikeCmd(line) ? cmdWords(line) : posixWords(line);
  if (open !== null)
    return refused(
      `the command ends inside a ${open.quote === '"' ? 'double' : 'single'} quote`,
      'copy it whole, to its last quote',
    );
  const [name = '', ...args] = words.map((word) => word.text);
  if (/^(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)$/i.test(name))
    return refused('this is a command of PowerShell, not of curl', bashHint);
  if (!/^(?:.*[/\\])?curl(?:\.exe)?$/i.test(name))
    return refused('this does not begin with "curl"', bashHint);
  return callOf(args);
};

const callOf = (args: readonly string[]): CurlRead => {
  const urls: string[] = [];
  const bodies: string[] = [];
  for (const [option, value] of optionsOf(args)) {
    if (option === null || option === 'url') urls.push(value);
    if (option === 'form' || option === 'form-string' || option === 'upload-file')
      return refused('this uploads a file; it starts no task', taskHint);
    if (option === 'json' || (option?.startsWith('data') === true && option !== 'data-raw')) {
      if (value.startsWith('@'))
        return refused(
          `its body stands in a file (${value.slice(0, 80)}), which is not read`,
          `put the JSON in place of ${value.slice(0, 80)}: --data-raw '{ … }'`,
        );
    }
    if (option === 'json' || option?.startsWith('data') === true) bodies.push(value);
  }
  const url = urls.find((typed) => /^https?:\/\/|^\//i.test(typed)) ?? urls[0];
  if (url === undefined) return refused('it has no URL');
  const [, origin = null, path = ''] = /^(https?:\/\/[^/?#\s]+)?([^?#]*)/i.exec(url) ?? [];
  return { ok: true, call: { origin, path, body: bodies.join('&') } };
};

export const taskHint =
  'the call that starts a task: /task/openapi/create, /task/openapi/ai-app/run, /openapi/v2/…';

/** Options with their values; null in place of the name: a word of its own. */
function* optionsOf(args: readonly string[]): Generator<readonly [string | null, string]> {
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (/^--./.test(arg)) {
      const [, name = '', own] = /^--([^=]*)(?:=([^]*))?$/.exec(arg) ?? [];
      if (!valued.has(name)) continue;
      if (own === undefined) at += 1;
      yield [name, own ?? args[at] ?? ''];
    } else if (/^-./.test(arg)) {
      const found = shortOption(arg.slice(1));
      if (found === null) continue;
      if (found.rest === '') at += 1;
      yield [found.name, found.rest === '' ? (args[at] ?? '') : found.rest];
    } else yield [null, arg];
  }
}

/** `-sXPOST`: switches, then one with a value. */
const shortOption = (letters: string): { readonly name: string; readonly rest: string } | null => {
  for (const [at, letter] of Array.from(letters).entries()) {
    const name = shorts.get(letter);
    if (name !== undefined) return { name, rest: letters.slice(at + 1) };
  }
  return null;
};

/**
 * Whatever in the text is or may be a key: to be kept out of everything that is written or
 * shown. Looked for before the text is understood, so that no mistake of it can show one.
 */
export const keysIn = (text: string): string[] => {
  const patterns = [
    /api_?key["'\\^\s]*[:=]["'\\^\s]*([^"'\\^\s,&}]+)/gi,
    /bearer[\s^]+([^"'\\^\s]+)/gi,
    /--oauth2-bearer[\s"'^]+([^"'\\^\s]+)/gi,
    /\/proxy(?:-plus)?\/([^/?#"'\s]+)/gi,
  ];
  const found = patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(([, key]) => (key === undefined ? [] : [key])),
  );
  // Shorter ones are placeholders of a page, such as "your-key", and may be words of a prompt.
  return [...new Set(found)].filter((key) => key.length >= 16);
};
