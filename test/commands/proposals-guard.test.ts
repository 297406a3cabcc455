import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Call } from '../../src/commands/argv/call.js';
import { asTyped } from '../../src/commands/argv/typed.js';
import { commands } from '../../src/commands/table.js';

/**
 * Where a command may be written out by hand, and why it needs nothing of what was typed. Every
 * other one comes from `commandFor`, or has the form that `asTyped` completes.
 */
const byHand: Readonly<Record<string, string>> = {
  'batch/options/proposals.ts': 'the library’s: nobody typed anything',
  'commands/argv/typed.ts': 'makes them',
  'commands/table.ts': 'help',
  'completion/scripts.ts': 'what a shell loads, no message',
  'manifest/validate.generated.ts': 'descriptions of keys',
  'emulator/media/glb.ts': 'the name of what wrote a file',
  'init/nightly/schedule.ts': 'of that manifest, for another shell on another day',
  'init/nightly/ci-file.ts': 'of that manifest, for another machine',
  'init/next.ts': 'of the manifest that init has just written, in the folder of the user',
};

/** Forms of usage: words in capitals, or a file's name as an example, are to be filled in. */
const usage: readonly RegExp[] = [
  /^apply path\/to\/manifest\.yaml$/,
  /^apply --out-dir puts outputs anywhere$/,
  /^plan --out FILE saves one$/,
  // The example of its help, and the first line of the manifest that it writes.
  /^run api\.json --id 198… --set $/,
  /^run was told, for commands that take a manifest\.$/,
  /^(pull|upload|list|webhook|init|fields) .*$/,
  /^(pull|upload|list|webhook|init|fields)$/,
];

/** Names under which a lock is taken: data, no proposal. */
const names = /^(apply|clean)$/;

const sources = (): readonly (readonly [path: string, text: string])[] =>
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path, readFileSync(join('src', path), 'utf8')] as const);

/** Commands in a source's texts, without its comments; what is put in is a run's id or a word. */
const commandsIn = (text: string): string[] =>
  text
    .replace(/^\s*(?:\/\/|\/?\*).*$/gm, '')
    .split('\n')
    .flatMap((line) => {
      const filled = line.replace(/\$\{[^}]*\}/g, '0123abcd');
      return [...filled.matchAll(/['"`(>: ]rh-batch ([a-z]+[^'"`]*)/g)].flatMap(([, said = '']) =>
        commands.some(({ name }) => name === said.split(' ')[0]) ? [said] : [],
      );
    });

const typed = new Call(
  ['nightly.yaml'],
  { stateDir: 'elsewhere', envFile: 'my.env' },
  { args: '[manifest]' },
  commands,
);

test('every command in a message repeats whose batch it is about', () => {
  const bare = sources().flatMap(([path, text]) =>
    path in byHand
      ? []
      : commandsIn(text)
          .filter((said) => !usage.some((form) => form.test(said)) && !names.test(said))
          .filter((said) => !asTyped(`rh-batch ${said}`, typed).includes('--env-file my.env'))
          .map((said) => `${path}: rh-batch ${said}`),
  );
  expect(bare).toEqual([]);
});

test('a command that is written by hand is found', () => {
  expect(commandsIn('const a = `rh-batch cancel ${x}`;')).toEqual(['cancel 0123abcd']);
  expect(commandsIn('// rh-batch cancel x')).toEqual([]);
  expect(asTyped('rh-batch cancel x', typed)).not.toContain('my.env');
  for (const said of ['resolve --unknown lists', 'unlock', 'task ID', 'resolve RUN --task ID'])
    expect(asTyped(`rh-batch ${said}`, typed)).toContain('--env-file my.env');
});

test('every place that writes commands by hand is still there', () => {
  const paths = sources().map(([path]) => path);
  expect(Object.keys(byHand).filter((path) => !paths.includes(path))).toEqual([]);
});
