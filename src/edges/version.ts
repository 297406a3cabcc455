import { readFileSync, statSync } from 'node:fs';

/** Of rh-batch, from package.json. */
export const programVersion = (): string => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown';
};

/** Of a checkout there are many builds of one version. */
export const programBuild = (): string =>
  `${programVersion()} ${statSync(new URL(import.meta.url)).mtimeMs}`;
