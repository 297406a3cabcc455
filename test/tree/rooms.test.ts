import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = fileURLToPath(new URL('../../src', import.meta.url));
const guide = readFileSync(`${src}/README.md`, 'utf8');

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

test('src/README.md says of every room what it is for, in two screens', () => {
  const paragraphs = new Map(
    [...guide.matchAll(/^- `([a-z]+)\/` (.+)$/gm)].map(([, room = '', about = '']) => [
      room,
      about,
    ]),
  );
  expect([...paragraphs.keys()].sort()).toEqual(foldersIn(src).sort());
  // The folders of a room are steps of it, and named there.
  for (const [room, about] of paragraphs)
    if (room !== 'targets')
      for (const folder of foldersIn(`${src}/${room}`)) expect(about).toContain(`\`${folder}/`);
  expect(guide.split('\n').length).toBeLessThan(100);
});

test('every step of its walks is a function or class of the file that it names', () => {
  const steps = [...guide.matchAll(/`([A-Za-z]+)` \(`([a-z/-]+\.ts)`\)/g)];
  expect(steps.length).toBeGreaterThan(25);
  for (const [, name = '', file = ''] of steps) {
    expect(existsSync(`${src}/${file}`), file).toBe(true);
    const text = readFileSync(`${src}/${file}`, 'utf8');
    const defined = new RegExp(
      String.raw`^(?:export )?(?:async )?(?:const|class|interface|function\*?) ${name}\b|^  (?:async )?\*?${name}\(`,
      'm',
    );
    expect(
      defined.test(text) || text.includes(`async function* ${name}`),
      `${name} in ${file}`,
    ).toBe(true);
  }
});

test('a folder of src can be read as a list of steps', () => {
  const crowded = (folder: string): string[] => {
    const names = readdirSync(folder, { withFileTypes: true });
    const files = names.filter((entry) => entry.isFile() && !entry.name.includes('.generated.'));
    return [
      ...(files.length > 15 ? [`${folder.slice(src.length)}: ${files.length} files`] : []),
      ...foldersIn(folder).flatMap((name) => crowded(`${folder}/${name}`)),
    ];
  };
  expect(crowded(src)).toEqual([]);
});
