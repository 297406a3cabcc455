import { expect, test } from 'vitest';
import { seeded } from '../../src/emulator/random.js';
import { graph } from '../support/graph.js';
import { Project } from '../support/project.js';

/** `npm run test:fuzz` asks for 10,000. */
const cases = Number(process.env['FUZZ_CASES'] ?? 300);

const manifest = `version: 1
workflowId: "1980237776367083521"
api: api.json
vars: { suffix: "8k" }
matrix:
  rows: [p.csv, q.jsonl]
  style: [anime, { w: 1 }]
  exclude: [{ style: anime, n: 2 }]
  include: [{ extra: yes }]
set:
  Positive Prompt.text: \${{ text | default('x') }} \${{ vars.suffix }}
  KSampler.seed: \${{ n | default(7) }}
run: { name: "\${{ run.index | pad(3) }}" }
execution: { retries: 2, timeout: { run: 10m } }
`;
const originals: Readonly<Record<string, string>> = {
  'manifest.yaml': manifest,
  'p.csv': 'text,n\n"a ""fox""",1\n"two\nlines",2\n',
  'q.jsonl': '{"text": "heron", "n": 3}\n{"text": "x"}\n',
  'api.json': JSON.stringify(graph, null, 1),
};

const pieces = [
  '__proto__',
  '{',
  '[',
  '"',
  '\\',
  '\0',
  '\t',
  '- ',
  ': ',
  '&a ',
  '*a',
  '${{',
  '}}',
  '1e999',
  '-0',
  '99999999999999999999',
  '\ud800',
  '\u202e',
  'null',
  '!!binary ',
  '<<: ',
  '[['.repeat(300),
  '#',
  '|',
  '>',
];

const mutate = (text: string, random: () => number): string | Uint8Array => {
  const at = Math.floor(random() * (text.length + 1));
  const length = Math.floor(random() * 12);
  const piece = pieces[Math.floor(random() * pieces.length)] ?? '';
  switch (Math.floor(random() * 7)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at);
    case 2:
      return text.slice(0, at) + piece + text.slice(at);
    case 3:
      return text.slice(0, at) + text.slice(Math.max(0, at - 40), at) + text.slice(at);
    case 4: {
      const bytes = Buffer.from(text);
      const where = Math.floor(random() * bytes.length);
      bytes[where] = (bytes[where] ?? 0) ^ (1 << Math.floor(random() * 8));
      return bytes;
    }
    case 5: {
      const lines = text.split('\n');
      const [line = ''] = lines.splice(Math.floor(random() * lines.length), 1);
      lines.splice(Math.floor(random() * (lines.length + 1)), 0, line, line);
      return lines.join('\n');
    }
    default:
      return text.slice(0, at) + piece + text.slice(at + piece.length);
  }
};

test(
  `${cases} mutated projects: exit 0 or 2, never a stack trace, never a request`,
  { timeout: 3_600_000 },
  async () => {
    const p = await Project.start();
    const random = seeded(Number(process.env['FUZZ_SEED'] ?? 1));
    const names = Object.keys(originals);
    const exits = new Map<number, number>();
    try {
      for (let n = 0; n < cases; n += 1) {
        for (const name of names) p.write(name, originals[name] ?? '');
        const name = names[Math.floor(random() * names.length)] ?? '';
        let text: string | Uint8Array = originals[name] ?? '';
        for (let times = 0; times < 1 + Math.floor(random() * 3); times += 1)
          text = mutate(
            typeof text === 'string' ? text : Buffer.from(text).toString('latin1'),
            random,
          );
        p.write(name, text);
        const ended = await p.run('validate');
        const shown = `case ${n} (${name}):\n${typeof text === 'string' ? text : Buffer.from(text).toString('latin1')}\n${ended.err}`;
        expect([0, 2], shown).toContain(ended.exit);
        expect(ended.err + ended.out, shown).not.toMatch(/\n\s+at .*:\d+:\d+/);
        if (ended.exit === 2) expect(ended.err, shown).toMatch(/error: /);
        exits.set(ended.exit, (exits.get(ended.exit) ?? 0) + 1);
      }
      console.log(
        `fuzz: ${cases} cases, exit 0: ${exits.get(0) ?? 0}, exit 2: ${exits.get(2) ?? 0}`,
      );
      expect(p.service.requests()).toEqual([]);
    } finally {
      await p.close();
    }
  },
);
