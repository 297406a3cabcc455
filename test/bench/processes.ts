import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './table.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const cli = join(root, 'dist/cli.js');

/** The command line of a Node process. */
export type Argv = readonly string[];

export interface Timing {
  /** Of the processor, in user and system mode: what else the machine does is not in it. */
  readonly seconds: number;
  readonly maxRssMb: number;
}

/** CPU time of each, alternating so that what disturbs one disturbs the other; medians. */
export const alternate = (
  commands: readonly Argv[],
  times: number,
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Timing[] => {
  const seen = commands.map(() => ({ seconds: [] as number[], rss: [] as number[] }));
  for (let round = 0; round < times; round += 1)
    for (const [at, argv] of commands.entries()) {
      const ended = spawnSync('/usr/bin/time', ['-f', '%U %S %M', process.execPath, ...argv], {
        cwd: options.cwd ?? root,
        env: { ...process.env, ...options.env },
        encoding: 'utf8',
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      if (ended.status !== 0)
        throw new Error(
          `${argv.join(' ').slice(0, 80)}: ${ended.status ?? ended.signal ?? ''} ${ended.stderr.slice(-400)}`,
        );
      const [user = 0, system = 0, kilobytes = 0] =
        ended.stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
      seen[at]?.seconds.push(user + system);
      seen[at]?.rss.push(kilobytes / 1024);
    }
  return seen.map(({ seconds, rss }) => ({ seconds: median(seconds), maxRssMb: Math.max(...rss) }));
};
