import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTyped } from '../../src/completion/bash-reply.js';

const breaks = ' \t\n"\'><=;|&(:';
const nasty = fc
  .array(
    fc.constantFrom('\\', "'", '"', '`', '$', '(', ')', ';', ' ', '~', '{', '*', 'a', 'x41', 'n'),
  )
  .map((parts) => parts.join(''));

test.each(['', "'", '"', "$'"])('behind %s no name says anything to bash', (quote) => {
  const words = [
    String.raw`x\'; echo broken out; \'`,
    ...fc.sample(nasty, { numRuns: 300, seed: 7 }),
  ];
  const close = quote.slice(-1);
  const lines = words.map((word) => {
    const reply = readTyped(`rh-batch explain ${quote}`, breaks).reply(word) ?? '';
    return `printf '%s\\n' ${reply === '' && quote === '' ? "''" : quote + reply + close}`;
  });
  const { stdout } = spawnSync('bash', ['--norc'], { input: lines.join('\n'), encoding: 'utf8' });
  expect(stdout.split('\n').slice(0, -1)).toEqual(words);
});
