import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';

const variable = 'COMFYUI_CA_FILE';

/**
 * Certificates of servers that signed their own, from the file that the environment names; null: it
 * names none; undefined: it is wrong, which `problems` tells.
 */
export const trustedIn = (
  env: ReadonlyMap<string, string>,
  cwd: string,
  problems: Problems,
): string | null | undefined => {
  const path = env.get(variable)?.trim() ?? '';
  if (path === '') return null;
  const wrong = (why: string): void => {
    const hint = `${variable}=server.pem: the server's certificate, or that of who signed it, as text between BEGIN CERTIFICATE and END CERTIFICATE`;
    problems.add(error('E0001', null, `${variable} ${why}`, { hint }));
  };
  try {
    const text = readFileSync(resolve(cwd, path), 'utf8');
    const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    for (const one of found) new X509Certificate(one);
    if (found.length > 0) return found.join('\n');
    wrong(`names "${path}", which holds no certificate`);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    wrong(`names "${path}", of which no certificate can be read (${why})`);
  }
  return undefined;
};
