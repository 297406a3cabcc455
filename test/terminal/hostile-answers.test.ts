import { expect, test } from 'vitest';
import { pixel } from '../support/graph.js';
import { projects } from '../support/opened.js';

const start = projects();

/** Sets the title, clears the screen, hides what follows, turns text round. */
const msg = 'bad\u001b]0;title\u0007\u001b[2J\u001b[8m\u009b31m\u202e news\r\nerror: forged';

test.each([
  ['task', ['task', '1980237776367083521'], 1001],
  ['list', ['list', 'loras'], 1001],
  ['account', ['account'], 1001],
  ['webhook', ['webhook', 'details', '1980237776367083521'], 1001],
  ['upload', ['upload', 'a.png'], 301],
  ['pull', ['pull', '1980237776367083521'], 380],
  ['apply', ['apply'], 301],
  ['apply', ['apply'], 802],
] as const)(
  '%s: %j, answered with code %i, says nothing to the terminal',
  async (_, argv, code) => {
    const p = await start({
      manifest: 'set: { KSampler.seed: 1 }\nexecution: { retries: 0 }',
      files: { 'a.png': pixel(1) },
      emulator: { faults: [{ endpoint: '*', kind: 'code', code, msg, probability: 1 }] },
    });
    const { out, err } = await p.run(...argv);
    expect(out + err).toContain('news');
    expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(out + err).not.toContain('\nerror: forged');
  },
);
