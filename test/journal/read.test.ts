import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encode } from '../../src/journal/codec.js';
import type { Disk, DiskFile } from '../../src/journal/files/disk.js';
import { nodeDisk } from '../../src/journal/files/disk.js';
import type { Recorded } from '../../src/journal/event.js';
import type { ReadEnd } from '../../src/journal/files/read.js';
import { readJournal } from '../../src/journal/files/read.js';

/** A file that gives what it has in pieces of these sizes, over and over. */
const inPieces = (content: Buffer, sizes: readonly number[]): Disk => {
  let reads = 0;
  const file: Pick<DiskFile, 'read' | 'close'> = {
    read: (buffer, position) => {
      const size = Math.min(buffer.length, sizes[reads++ % sizes.length] ?? 1);
      return Promise.resolve(content.copy(buffer, 0, position, position + size));
    },
    close: () => Promise.resolve(),
  };
  return { ...nodeDisk, open: () => Promise.resolve(file as DiskFile) };
};

const events = fc
  .array(fc.string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 12 })
  .map((stops) =>
    stops.map((stop, at): Recorded => {
      const when = new Date(1_000_000 + at).toISOString();
      return { type: 'end', exitCode: 0, stop: `狐${stop}`, seq: at + 1, at: when };
    }),
  );
const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 4 });

const read = async (
  content: Buffer,
  pieces: readonly number[],
): Promise<{ end: ReadEnd; seen: Recorded[]; lines: string[] }> => {
  const [seen, lines]: [Recorded[], string[]] = [[], []];
  const end = await readJournal(inPieces(content, pieces), 'journal', (event, line) => {
    seen.push(event);
    lines.push(line);
  });
  return { end, seen, lines };
};

/** Cut short, empty, no event, and bytes that are no UTF-8. */
const garbage = fc.constantFrom(
  Buffer.from('{"type":"end","exi'),
  Buffer.from(''),
  Buffer.from('{"type":"狐"}'),
  Buffer.from([0x7b, 0x22, 0xe7, 0x8b]),
);

describe('a journal, however its bytes come,', () => {
  test('is read whole', async () => {
    await fc.assert(
      fc.asyncProperty(events, sizes, async (written, pieces) => {
        const content = Buffer.from(written.map(encode).join(''));
        const { end, seen, lines } = await read(content, pieces);
        expect(seen).toEqual(written);
        expect(lines.map((line) => `${line}\n`)).toEqual(written.map(encode));
        const { length } = written;
        const whole = { bytes: content.length, records: length, torn: false, outOfOrder: 0 };
        expect(end).toEqual({ is: 'whole', ...whole });
      }),
    );
  });

  test('ends where its last line is torn, with a line end behind it or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        events,
        sizes,
        garbage,
        fc.boolean(),
        async (written, pieces, bad, ended) => {
          const good = Buffer.from(written.map(encode).join(''));
          const tail = ended ? [bad, Buffer.from('\n')] : [bad];
          const { end, seen } = await read(Buffer.concat([good, ...tail]), pieces);
          expect(seen).toEqual(written);
          expect(end).toMatchObject({ is: 'whole', bytes: good.length, records: written.length });
          expect(end).toMatchObject({ torn: ended || bad.length > 0 });
        },
      ),
    );
  });

  test('is damaged at the line that is no event, where others follow', async () => {
    await fc.assert(
      fc.asyncProperty(events, sizes, garbage, async (written, pieces, bad) => {
        const good = Buffer.from(written.map(encode).join(''));
        const last = Buffer.from('\n{}\n');
        const { end } = await read(Buffer.concat([good, bad, last]), pieces);
        expect(end).toMatchObject({ is: 'damaged', line: written.length + 1 });
      }),
    );
  });
});
