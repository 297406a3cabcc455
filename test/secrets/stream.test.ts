import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { quietIo } from '../../src/batch/quiet-io.js';
import { processIo } from '../../src/edges/process-io.js';
import { redactor } from '../../src/edges/secrets/secret.js';
import { cleanedChunks, StreamRedactor } from '../../src/edges/secrets/secret-stream.js';
import { key } from '../support/project.js';

const spellings = [
  key,
  key.toUpperCase(),
  encodeURIComponent(key).replace('a', '%61'),
  Buffer.from(key).toString('hex'),
  Buffer.from(key).toString('base64').replaceAll('=', ''),
];

/** Cuts a text at any places. */
const pieces = (text: string, cuts: readonly number[]): string[] => {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, at) => text.slice(from, places[at] ?? text.length));
};

const around = fc.string({ maxLength: 40, unit: 'binary' }).map((text) => text.replace(/\[/g, ''));

/** The longest beginning of any form that stands in a text. */
const longestSeen = (text: string, secret: string): number => {
  for (let length = secret.length; length > 0; length -= 1)
    for (let at = 0; at + length <= secret.length; at += 1)
      if (text.includes(secret.slice(at, at + length))) return length;
  return 0;
};

describe('a key that comes in pieces goes out in none', () => {
  test('whatever stands around it, and wherever it is cut: its first five characters are seen at most', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(key, key.toUpperCase()),
        fc.array(fc.nat(), { maxLength: 60 }),
        fc.constantFrom('', 'key: ', '\n\n', 'ö{"a":"'),
        (secret, cuts, before) => {
          const stream = new StreamRedactor();
          stream.protect([key]);
          const out = pieces(`${before}${secret} end`, cuts)
            .map((piece) => stream.clean(piece))
            .join('');
          expect(longestSeen(out, secret)).toBeLessThanOrEqual(5);
          expect(out.startsWith(before)).toBe(true);
          expect(out.endsWith(' end')).toBe(true);
        },
      ),
    );
  });

  test.each(spellings)('in two pieces, also as %s', (secret) => {
    for (let cut = 1; cut < secret.length; cut += 1) {
      const stream = new StreamRedactor();
      stream.protect([key]);
      const out =
        stream.clean(`a ${secret.slice(0, cut)}`) + stream.clean(`${secret.slice(cut)} b`);
      expect(redactor([key])(out)).toBe(out);
      expect(out).not.toContain(secret);
      expect(out.endsWith(' b')).toBe(true);
    }
  });

  test('text without it passes at once and unchanged', () => {
    fc.assert(
      fc.property(fc.array(around), (texts) => {
        const stream = new StreamRedactor();
        stream.protect([key]);
        for (const text of texts) expect(stream.clean(text)).toBe(text);
      }),
    );
  });

  test('the chunks of a file: nothing of it, and all of the rest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(), { maxLength: 60 }),
        fc.constantFrom(...spellings),
        around,
        (cuts, secret, before) => {
          const filler = '\u{1f98a} fox '.repeat(20_000);
          const chunks = pieces(`${filler}${before} ${secret} ${filler}`, cuts);
          const out = [...cleanedChunks(chunks, redactor([key]))].join('');
          expect(out).toBe(redactor([key])(`${filler}${before} ${secret} ${filler}`));
        },
      ),
      { numRuns: 20 },
    );
  });

  test('cut at every place around where a piece of a file ends', () => {
    for (let before = 65_490; before < 65_560; before += 1) {
      const chunks = ['x'.repeat(before), key.slice(0, 9), key.slice(9), 'y'.repeat(70_000)];
      const out = [...cleanedChunks(chunks, redactor([key]))].join('');
      expect(out).toBe(`${'x'.repeat(before)}[key]${'y'.repeat(70_000)}`);
    }
  });

  test('stdout, stderr and what the library says', () => {
    vi.stubEnv('RUNNINGHUB_API_KEY', key);
    const io = processIo();
    for (const [sink, stream] of [
      [io.out, process.stdout],
      [io.err, process.stderr],
    ] as const) {
      const written: string[] = [];
      const spy = vi.spyOn(stream, 'write').mockImplementation((text) => {
        written.push(String(text));
        return true;
      });
      sink.write(`a ${key.slice(0, 20)}`);
      sink.write(`${key.slice(20)} b`);
      spy.mockRestore();
      expect(written.join('')).toBe('a [key] b');
    }
    const said: string[] = [];
    const quiet = quietIo({ env: { RUNNINGHUB_API_KEY: key } }, (text) => said.push(text));
    quiet.err.write(`a ${key.slice(0, 20)}`);
    quiet.err.write(`${key.slice(20)} b`);
    expect(said.join('')).toBe('a [key] b');
    vi.unstubAllEnvs();
  });
});
