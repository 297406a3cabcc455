import { expect, test } from 'vitest';
import { renameFile, syncFolder } from '../../src/edges/files/rename.js';
import { posixWords, shellWord } from '../../src/values/shell-words.js';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** A rename that is refused so many times, and what was waited for meanwhile. */
const refusing = (times: number, code: string, platform: NodeJS.Platform) => {
  const seen = { tries: 0, waitedMs: 0 };
  const edges = {
    platform,
    rename: (): Promise<void> => {
      seen.tries += 1;
      return seen.tries > times ? Promise.resolve() : Promise.reject(failure(code));
    },
    pause: (ms: number): Promise<void> => {
      seen.waitedMs += ms;
      return Promise.resolve();
    },
  };
  return { seen, edges };
};

test.each(['EPERM', 'EACCES', 'EBUSY'])(
  'a file that a virus scanner has open for a moment is renamed all the same: %s',
  async (code) => {
    const { seen, edges } = refusing(3, code, 'win32');
    await renameFile('a', 'b', edges);
    expect(seen).toEqual({ tries: 4, waitedMs: 70 });
  },
);

test('a file that stays open is told after a few seconds', async () => {
  const { seen, edges } = refusing(99, 'EPERM', 'win32');
  await expect(renameFile('a', 'b', edges)).rejects.toThrow('EPERM');
  expect(seen.waitedMs).toBeLessThan(3_000);
});

test.each([
  ['ENOENT', 'win32'],
  ['EPERM', 'linux'],
  ['EACCES', 'darwin'],
] as const)('%s on %s is told at once', async (code, platform) => {
  const { seen, edges } = refusing(1, code, platform);
  await expect(renameFile('a', 'b', edges)).rejects.toThrow(code);
  expect(seen.tries).toBe(1);
});

const folder = (open: string | null, sync: string | null) => () =>
  open === null
    ? Promise.resolve({
        sync: (): Promise<void> =>
          sync === null ? Promise.resolve() : Promise.reject(failure(sync)),
        close: () => Promise.resolve(),
      })
    : Promise.reject(failure(open));

test.each([
  [null, 'EPERM'],
  ['EISDIR', null],
  ['EACCES', null],
  [null, 'EINVAL'],
])('a system that cannot sync a folder (%s, %s) keeps the file', async (open, sync) => {
  await expect(syncFolder('out', folder(open, sync))).resolves.toBeUndefined();
});

test('a disk that fails is told', async () => {
  await expect(syncFolder('out', folder(null, 'EIO'))).rejects.toThrow('EIO');
});

test.each([
  ['manifests\\hero shots.yaml', '"manifests\\hero shots.yaml"'],
  ['C:\\Users\\me\\hero.yaml', 'C:\\Users\\me\\hero.yaml'],
  ['stars>=4', '"stars>=4"'],
  ['prompt=a & b', '"prompt=a & b"'],
  ["it's", '"it\'s"'],
  ['$5', "'$5'"],
])('%j is a word of a command on Windows', (text, word) => {
  expect(shellWord(text, 'win32')).toBe(word);
});

test('the same words are one word of a POSIX shell', () => {
  for (const text of ['a b', "it's", 'C:\\x', '$5', 'stars>=4'])
    expect(posixWords(shellWord(text, 'linux')).words.map((word) => word.text)).toEqual([text]);
});
