// Journal: durable records per second against a bare append loop, and fold against JSON.parse.
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const runs = 100_000;
const dir = mkdtempSync(join(tmpdir(), 'rh-bench-'));

/** The journal alone, from its sources. */
const library = join(dir, 'journal.mjs');
buildSync({
  stdin: {
    contents: `export { systemClock } from './edges/clock.js';
      export { decode } from './journal/codec.js';
      export { Fold } from './journal/fold.js';
      export { openStore } from './journal/store.js';`,
    resolveDir: fileURLToPath(new URL('../../src', import.meta.url)),
  },
  bundle: true,
  format: 'esm',
  platform: 'node',
  outfile: library,
});
const { systemClock, decode, Fold, openStore } = await import(library);
const hex = (n) => n.toString(16).padStart(16, '0');
const task = (n) => `19${String(n).padStart(17, '0')}`;
const at = new Date().toISOString();
let seq = 0;
const line = (event) => `${JSON.stringify({ ...event, seq: (seq += 1), at })}\n`;
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const timed = async (work) => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

const events = [];
for (let n = 0; n < runs; n += 1) {
  const [run, taskId] = [hex(n), task(n + 1)];
  const inputs = {
    index: n,
    name: `run-${n}`,
    row: { file: 'p.csv', line: n + 2 },
    tags: [],
    values: { prompt: `a red fox number ${n}` },
    overrides: [
      {
        node: '6',
        title: 'Prompt',
        class: 'CLIPTextEncode',
        field: 'text',
        value: `a red fox number ${n}`,
      },
    ],
    base: 'b',
    repeat: 0,
  };
  const cost = { coins: '6', money: null, taskTimeMs: 30_000 };
  const output = { url: `https://x/${n}.png`, node: '9', type: 'png', text: null };
  const file = {
    path: `${n}.png`,
    url: output.url,
    node: '9',
    type: 'png',
    bytes: 1,
    sha256: hex(n),
    mtimeMs: 1,
  };
  events.push(
    line({ type: 'intent', run, attempt: 1, inputs }),
    line({ type: 'accepted', run, attempt: 1, taskId }),
    line({ type: 'observed', run, taskId }),
    line({ type: 'settled', run, taskId, outcome: { is: 'succeeded', outputs: [output] }, cost }),
    line({ type: 'saved', run, taskId, files: [file], error: null }),
  );
}
const lines = events.map((text) => text.trimEnd());
const parse = [];
const kept = [];
const fold = [];
for (let round = 0; round < 5; round += 1) {
  parse.push(
    await timed(() => {
      for (const text of lines) JSON.parse(text);
    }),
  );
  kept.push(await timed(() => lines.map((text) => JSON.parse(text))));
  fold.push(
    await timed(() => {
      const state = new Fold();
      for (const text of lines) {
        const decoded = decode(text);
        if (decoded.is === 'event') state.apply(decoded.event);
      }
    }),
  );
}
const ratio = (against) => (median(fold) / median(against)).toFixed(2);
console.log(
  `fold of ${runs} runs (${lines.length} records): ${median(fold).toFixed(0)} ms; JSON.parse of its lines ${median(parse).toFixed(0)} ms (ratio ${ratio(parse)}), with the values kept ${median(kept).toFixed(0)} ms (ratio ${ratio(kept)})`,
);

const bare = openSync(join(dir, 'bare'), 'a');
const n = 2000;
const bareMs = await timed(() => {
  for (let i = 0; i < n; i += 1) {
    writeSync(bare, events[i]);
    fdatasyncSync(bare);
  }
});
closeSync(bare);
const opened = await openStore(join(dir, 'state'), { clock: systemClock, command: 'bench' });
const event = JSON.parse(lines[1]);
const grouped = async (writers) =>
  timed(async () => {
    const each = n / writers;
    await Promise.all(
      Array.from({ length: writers }, async () => {
        for (let i = 0; i < each; i += 1) await opened.store.append(event);
      }),
    );
  });
const rate = (ms) => Math.round((n / ms) * 1000);
console.log(`bare append + fdatasync: ${rate(bareMs)} records/s`);
for (const writers of [1, 10, 50]) {
  const ms = await grouped(writers);
  console.log(
    `store, ${writers} writers: ${rate(ms)} records/s, ratio ${(bareMs / ms).toFixed(2)}`,
  );
}
await opened.store.close();
rmSync(dir, { recursive: true, force: true });
