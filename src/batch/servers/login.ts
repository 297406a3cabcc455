import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Io } from '../../edges/io.js';
import { trustedIn } from './trusted.js';

/** What a proxy or a plugin in front of a ComfyUI server asks for; secrets like the key. */
export interface Login {
  /** Of the header; null: nobody is asked who they are. */
  readonly authorization: string | null;
  readonly secrets: readonly string[];
  /** Certificates that are trusted beside those of all browsers, as PEM; null: no others. */
  readonly trusted: string | null;
}

export const loginVariables = ['COMFYUI_TOKEN', 'COMFYUI_USERNAME', 'COMFYUI_PASSWORD'] as const;

/** From the environment alone; null: it is wrong, which `problems` tells. */
export const loginOf = (
  env: ReadonlyMap<string, string>,
  io: Pick<Io, 'protect' | 'cwd'>,
  problems: Problems,
): Login | null => {
  const trusted = trustedIn(env, io.cwd, problems);
  const credentials = credentialsOf(env, io, problems);
  return trusted === undefined || credentials === null ? null : { ...credentials, trusted };
};

const credentialsOf = (
  env: ReadonlyMap<string, string>,
  io: Pick<Io, 'protect'>,
  problems: Problems,
): Omit<Login, 'trusted'> | null => {
  const [token, username, password] = loginVariables.map((name) => env.get(name)?.trim() ?? '');
  for (const secret of [token, password])
    if (secret !== undefined && secret.length >= 4) io.protect(secret);
  const wrong = (message: string, hint: string): null => {
    problems.add(error('E0001', null, message, { hint }));
    return null;
  };
  if (token !== undefined && token !== '') {
    if (!/^[\x21-\x7e]+$/.test(token))
      return wrong(
        'COMFYUI_TOKEN holds blanks or characters that no token has',
        'export COMFYUI_TOKEN=…',
      );
    return { authorization: `Bearer ${token}`, secrets: [token] };
  }
  if (username === '' && password === '') return { authorization: null, secrets: [] };
  if (username === undefined || username === '' || password === undefined || password === '')
    return wrong(
      `COMFYUI_${username === '' ? 'USERNAME' : 'PASSWORD'} is not set beside the other of the two`,
      'export both COMFYUI_USERNAME and COMFYUI_PASSWORD, or neither',
    );
  if (username.includes(':'))
    return wrong(
      'COMFYUI_USERNAME holds a colon, which no such name has',
      'export COMFYUI_USERNAME=…',
    );
  const pair = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  return { authorization: `Basic ${pair}`, secrets: [password, pair] };
};
