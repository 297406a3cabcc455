import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { painter, plain } from '../../src/terminal/colour.js';
import { jsonProgress } from '../../src/terminal/live/json.js';
import { plainProgress } from '../../src/terminal/live/plain.js';
import type { Progress } from '../../src/terminal/live/progress.js';
import { chooseMode, noProgress } from '../../src/terminal/live/progress.js';
import { ttyProgress } from '../../src/terminal/live/tty.js';
import { VirtualClock } from '../support/virtual-clock.js';
import type { Shown } from './events.js';
import {
  accepted,
  cancelled,
  failed,
  intent,
  lost,
  memory,
  nameOf,
  observed,
  phase,
  refused,
  run,
  saved,
  step,
  succeeded,
  whole,
} from './events.js';
import { FakeTerminal } from './fake-terminal.js';

/** Feeds events, each a second after the one before, and stops. */
const play = async (
  clock: VirtualClock,
  progress: Progress,
  events: readonly Shown[],
  gapMs = 1000,
): Promise<void> =>
  clock.drive(
    (async () => {
      for (const event of events) {
        progress.on(event);
        await clock.sleep(gapMs);
      }
      await progress.stop();
    })(),
  );

describe('plain', () => {
  const lines = async (events: readonly Shown[], heartbeatMs = 1e9): Promise<string[]> => {
    const clock = new VirtualClock();
    let text = '';
    const progress = plainProgress({
      write: (more) => (text += more),
      clock,
      total: () => 4,
      nameOf,
      heartbeatMs,
      forecast: () => ({ observations: 9, wallTimeMs: 65_000, taskTimeMs: 65_000, coins: null }),
    });
    await play(clock, progress, events);
    expect(text).toMatch(/^(?:[^\n\u001b]+\n)*$/u);
    return text.split('\n').slice(0, -1);
  };

  test('tells each change in one line', async () => {
    expect(
      await lines([phase('plan'), phase('run', '4 runs'), ...whole(0), accepted(1), failed(1)]),
    ).toEqual([
      '   0:01  run        4 runs',
      '   0:03  submitted  0000-水乡 · task 1980471280073846785',
      '   0:06  done       0000-水乡 · 1s · 1 file · 1/4',
      '   0:07  submitted  0001-水乡 · task 1980471280073846786',
      '   0:08  failed     0001-水乡 · node 3: CUDA out of memory Tried to allocate 2 GiB (805) · 2/4',
    ]);
  });

  test('tells retries, unknown, cancelled and blocked runs, uploads and the reason of a stop', async () => {
    const found = await lines([
      failed(0, 'retry'),
      lost(1),
      cancelled(2),
      { type: 'blocked', run: run(3), error: memory },
      { type: 'uploading', sha256: 's', path: 'cats/a.png', bytes: 2_100_000 },
      { type: 'uploaded', sha256: 's', path: 'cats/a.png', reused: false },
      { type: 'uploaded', sha256: 't', path: 'cats/b.png', reused: true },
      { type: 'end', exitCode: 3, stop: 'budget.coins is spent' },
    ]);
    expect(found.map((line) => line.slice(9).replace(/ {2,}.*? · /, ' · '))).toEqual([
      expect.stringContaining('retry'),
      'unknown · cut off · 1/4',
      'cancelled · by timeout · 2/4',
      expect.stringContaining('blocked'),
      'uploaded · 2.1 MB',
      'stopped    budget.coins is spent',
    ]);
  });

  test('a file that is refused is told once with its runs, which are counted as they come', async () => {
    const error = { ...memory, node: null, message: 'a.png: it is refused', code: '1' };
    const found = await lines([
      { type: 'uploadFailed', sha256: 's', error, runs: 2 },
      { type: 'blocked', run: run(0), error },
      { type: 'blocked', run: run(1), error },
      ...whole(2),
    ]);
    expect(found).toEqual([
      '   0:00  no upload  a.png: it is refused (1) · 2 runs need it',
      expect.stringContaining('submitted'),
      expect.stringMatching(/ done .* 3\/4$/u),
    ]);
  });

  test('a task that is tried again is not counted as failed', async () => {
    const found = await lines([failed(0, 'again'), failed(0, 'retry'), ...whole(0)]);
    expect(found.at(-1)).toMatch(/done .* 1\/4$/u);
  });

  test('a full account is told once, not once per refusal', async () => {
    const wait: Shown = { type: 'waiting', for: 'capacity', message: 'no free slot' };
    const found = await lines([refused(0, 'capacity'), wait, refused(0, 'capacity'), wait]);
    expect(found).toEqual(['   0:01  waiting    no free slot']);
  });

  test('has a heartbeat with counts, also when nothing happens', async () => {
    const clock = new VirtualClock();
    let text = '';
    const progress = plainProgress({
      write: (more) => (text += more),
      clock,
      total: () => 4,
      nameOf,
      forecast: () => ({ observations: 9, wallTimeMs: 65_000, taskTimeMs: 65_000, coins: null }),
    });
    await clock.drive(
      (async () => {
        for (const event of whole(0)) progress.on(event);
        progress.on(accepted(1));
        await clock.sleep(95_000);
        await progress.stop();
      })(),
    );
    const beats = text.split('\n').filter((line) => line.includes('…'));
    expect(beats).toEqual(
      ['0:30', '1:00', '1:30'].map(
        (at) =>
          `   ${at}  …          1 done · 1 in flight · 2 waiting · 12 coins · about 65 s left · estimate from 9 tasks`,
      ),
    );
  });

  test('is silent after it was stopped', async () => {
    const clock = new VirtualClock();
    let text = '';
    const progress = plainProgress({
      write: (more) => (text += more),
      clock,
      total: () => 1,
      nameOf,
    });
    await clock.drive(progress.stop());
    progress.on(accepted(0));
    expect(text).toBe('');
  });
});

describe('json', () => {
  test('tells every event as one line, each with its time', async () => {
    const clock = new VirtualClock(0);
    let text = '';
    const recorded = { ...intent(0), seq: 7, at: '2026-11-24T05:00:00.000Z' };
    const events = [phase('run', 'two\nlines'), recorded, ...whole(1)];
    await play(clock, jsonProgress({ write: (more) => (text += more), clock }), events);
    const found: unknown[] = text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown);
    expect(found).toHaveLength(events.length);
    expect(found[0]).toEqual({
      ...phase('run', 'two\nlines'),
      at: '1970-01-01T00:00:00.000Z',
      progress: 1,
    });
    expect(found[1]).toEqual({ ...recorded, progress: 1 });
  });
});

describe('tty', () => {
  const start = (columns: number, total: number, colour = false, rows = 24) => {
    const clock = new VirtualClock();
    const terminal = new FakeTerminal(columns);
    const progress = ttyProgress({
      write: terminal.write,
      clock,
      total: () => total,
      nameOf,
      columns: () => terminal.columns,
      forecast: () => ({ observations: 2, wallTimeMs: 240_000, taskTimeMs: 1, coins: 72 }),
      rows: () => rows,
      paint: colour ? painter({}, true) : plain,
    });
    return { clock, terminal, progress };
  };

  test('shows phases, a bar with counts, and the runs in flight with state and age', async () => {
    const { clock, terminal, progress } = start(80, 8);
    let seen: string[] = [];
    await clock.drive(
      (async () => {
        progress.on(phase('plan', '8 runs: 8 to run'));
        progress.on(phase('run'));
        for (const event of [...whole(0), ...whole(1), accepted(2), observed(2), accepted(3)])
          progress.on(event);
        await clock.sleep(12_000);
        progress.on(intent(4));
        await clock.sleep(200);
        seen = [...terminal.screen];
        await progress.stop();
      })(),
    );
    expect(seen).toEqual([
      '✔ plan    8 runs: 8 to run',
      expect.stringMatching(/^[⠀-⣿] run$/u),
      `  ${'━'.repeat(6)}${'╌'.repeat(19)}  2/8  25%  24 of about 96 coins  about 4 min left`,
      '  2 done · 3 in flight · 3 waiting · estimate from 2 tasks',
      expect.stringMatching(/^ {2}● 0002-水乡 +running +12s$/u),
      expect.stringMatching(/^ {2}○ 0003-水乡 +queued +12s$/u),
      expect.stringMatching(/^ {2}○ 0004-水乡 +submitting$/u),
      '· report',
    ]);
  });

  test('shows the node at work and its percent, where a name has room beside it', async () => {
    const shown = async (columns: number): Promise<string[]> => {
      const { clock, terminal, progress } = start(columns, 4);
      let seen: string[] = [];
      await clock.drive(
        (async () => {
          progress.on(phase('run'));
          for (const at of [0, 1, 2, 3])
            for (const event of [accepted(at), observed(at)]) progress.on(event);
          progress.on(step(0, 'KSampler', 45));
          progress.on(step(1, '\u001b[2J一个很长的节点标题'.repeat(4), 100));
          progress.on(step(2, null, null));
          // Of a run that is over, or of none: nothing to show it beside.
          for (const event of whole(3)) progress.on(event);
          progress.on(step(3, 'late', 1));
          progress.on(step(9, 'never', 1));
          await clock.sleep(1_500);
          seen = terminal.screen.filter((line) => line.includes('running'));
          expect([terminal.unknown, terminal.tooWide]).toEqual([[], []]);
          await progress.stop();
        })(),
      );
      return seen;
    };
    expect(await shown(100)).toEqual([
      expect.stringMatching(/^ {2}● 0000-水乡 +running +1s {2}KSampler 45%$/u),
      expect.stringMatching(/^ {2}● 0001-水乡 +running +1s {2}一个很长的节点标题.*… 100%$/u),
      expect.stringMatching(/^ {2}● 0002-水乡 +running +1s {2}node 57:30$/u),
    ]);
    expect((await shown(60)).map((line) => line.slice(-2))).toEqual(['1s', '1s', '1s']);
  });

  test('failures scroll by in one line each, and the end state stays', async () => {
    const { clock, terminal, progress } = start(80, 4);
    await play(clock, progress, [
      phase('plan', '4 runs'),
      phase('check', 'no drift'),
      phase('run'),
      ...whole(0),
      ...whole(1),
      accepted(2),
      failed(2),
      accepted(3),
      lost(3),
      phase('report', 'out/report.html'),
    ]);
    expect(terminal.screen).toEqual([
      '✖ 0002-水乡  node 3: CUDA out of memory Tried to allocate 2 GiB (805)',
      '? 0003-水乡  cut off',
      '✔ plan    4 runs',
      '✔ check   no drift',
      '✖ run',
      `  ${'━'.repeat(40)}  4/4  100%  36 coins  in 18s`,
      '  2 done · 1 failed · 1 unknown',
      '✔ report  out/report.html',
    ]);
  });

  test('a phase that was left out is not shown, and one without failures is ticked', async () => {
    const { clock, terminal, progress } = start(60, 1);
    await play(clock, progress, [phase('plan', 'p'), phase('run'), ...whole(0)]);
    expect(terminal.screen.map((line) => line.slice(0, 8))).toEqual([
      '✔ plan  ',
      '✔ run',
      '  ━━━━━━',
      '  1 done',
    ]);
  });

  test.each([20, 24, 33, 40, 60, 79, 80, 100, 120, 200])(
    'never writes a line that a terminal of %i columns would wrap',
    async (columns) => {
      const { clock, terminal, progress } = start(columns, 40, true);
      const many = Array.from({ length: 20 }, (_, at) => [accepted(at), observed(at)]).flat();
      const events: Shown[] = [
        phase('plan', '40 runs: 40 to run (40 new) · 2 uploads 4.1 MB · about 70 s'),
        phase('run', '一个很长的说明'.repeat(9)),
        ...many,
        { type: 'notice', message: '通知'.repeat(60) },
        { type: 'waiting', for: 'capacity', message: '账户没有空位，'.repeat(9) },
        failed(0),
        phase('report'),
      ];
      await play(clock, progress, events, 60);
      expect(terminal.tooWide).toEqual([]);
      expect(terminal.raw).toContain('\u001b[');
    },
  );

  test('follows a resize', async () => {
    const { clock, terminal, progress } = start(80, 4);
    await clock.drive(
      (async () => {
        progress.on(phase('run'));
        for (const event of [...whole(0), accepted(1)]) progress.on(event);
        await clock.sleep(500);
        // The fake does not wrap what is there, as a terminal would; wider is safe to check.
        terminal.columns = 120;
        await clock.sleep(500);
        await progress.stop();
      })(),
    );
    expect(terminal.screen.filter((line) => line.includes('run'))).toHaveLength(1);
    expect([terminal.unknown, terminal.tooWide]).toEqual([[], []]);
  });

  test.each([
    [120, 100],
    [120, 39],
    [100, 80],
    [100, 40],
    [80, 60],
    [60, 40],
    [40, 27],
    [40, 120],
    [60, 100],
  ])(
    'resized from %i to %i columns, with wide characters, it leaves nothing of what it had drawn',
    async (before, after) => {
      const { clock, terminal, progress } = start(before, 9, true);
      const odd = Array.from({ length: 6 }, (_, at) => [accepted(at), observed(at)]).flat();
      await clock.drive(
        (async () => {
          progress.on(phase('plan', '一个很长的说明'.repeat(9)));
          progress.on(phase('run', `x${'一个很长的说明'.repeat(9)}`));
          for (const event of odd) progress.on(event);
          progress.on({
            type: 'waiting',
            for: 'capacity',
            message: '账户没有空位，'.repeat(9),
          });
          await clock.sleep(500);
          terminal.resize(after);
          await clock.sleep(500);
          expect(stripVTControlCharacters(terminal.screen[0] ?? '')).toMatch(/^✔ plan/u);
          expect(terminal.screen).toHaveLength(4 + 7 + 1);
          terminal.resize(before);
          await clock.sleep(500);
          await progress.stop();
        })(),
      );
      const shown = terminal.screen.map((line) => stripVTControlCharacters(line));
      expect(shown).toHaveLength(4);
      expect(shown.map((line) => line.slice(0, 5))).toEqual(['✔ pla', '✔ run', '  ╌╌╌', '  0 d']);
      expect(shown.slice(0, 2).map((line) => line.at(-1))).toEqual(['…', '…']);
      expect([terminal.unknown, terminal.tooWide]).toEqual([[], []]);
    },
  );

  test('draws at most ten times a second, however many events come', async () => {
    const { clock, terminal, progress } = start(80, 100_000);
    await clock.drive(
      (async () => {
        progress.on(phase('run'));
        for (let at = 0; at < 3000; at += 1) {
          for (const event of whole(at)) progress.on(event);
          if (at % 30 === 0) await clock.sleep(10);
        }
        await progress.stop();
      })(),
    );
    expect(terminal.writes).toBeLessThanOrEqual(12);
  });

  test.each([2, 4, 6, 7, 8, 9, 12])(
    'a terminal of %i lines holds the whole block: what is taller would scroll by for ever',
    async (rows) => {
      const { clock, terminal, progress } = start(80, 40, false, rows);
      const many = Array.from({ length: 20 }, (_, at) => [accepted(at), observed(at)]).flat();
      const wait: Shown = { type: 'waiting', for: 'capacity', message: 'no free slot' };
      await play(clock, progress, [
        phase('plan', 'p'),
        phase('check'),
        phase('run'),
        ...many,
        wait,
      ]);
      const moves = [...terminal.raw.matchAll(/\u001b\[(\d+)A/gu)].map(([, up]) => Number(up));
      expect(moves.length).toBeGreaterThan(5);
      expect(Math.max(...moves)).toBeLessThan(rows);
      expect(terminal.screen.join('\n')).toContain('0/40');
    },
  );

  test('what others say stands above the block, whole lines at a time, and is drawn over by nothing', async () => {
    const { clock, terminal, progress } = start(80, 4);
    await clock.drive(
      (async () => {
        progress.on(phase('plan', '4 runs'));
        await clock.sleep(500);
        progress.print?.('manifest.yaml:7:6 warning: not compared\n    7 | api: x\nhalf a ');
        await clock.sleep(500);
        progress.print?.('line\n');
        progress.on(phase('run'));
        for (const event of [...whole(0), accepted(1)]) progress.on(event);
        await clock.sleep(500);
        progress.print?.('without an end');
        await progress.stop();
      })(),
    );
    expect(terminal.screen.slice(0, 5)).toEqual([
      'manifest.yaml:7:6 warning: not compared',
      '    7 | api: x',
      'half a line',
      'without an end',
      '✔ plan    4 runs',
    ]);
    expect(terminal.screen.filter((line) => line.includes('plan'))).toHaveLength(1);
  });

  test('a long name leaves room for the reason, and a narrow bar for what is spent', async () => {
    const clock = new VirtualClock();
    const terminal = new FakeTerminal(44);
    const progress = ttyProgress({
      write: terminal.write,
      clock,
      total: () => 1400,
      nameOf: () => 'x'.repeat(80),
      columns: () => 44,
      paint: plain,
    });
    await play(clock, progress, [phase('run'), ...whole(0), accepted(1), failed(1)]);
    expect(terminal.screen[0]).toMatch(/^✖ x+…  node 3: CUDA out of/u);
    expect(terminal.screen.join('\n')).toMatch(/ {2}24 coins {2}in \d+s$/mu);
    expect(terminal.tooWide).toEqual([]);
  });

  test('what the service sends cannot move the cursor', async () => {
    const { clock, terminal, progress } = start(80, 1);
    await play(clock, progress, [
      phase('run', '\u001b[2Jgone\r\n\u202eevil'),
      { type: 'notice', message: '\u001b]0;title\u0007\u001b[1A\nx' },
    ]);
    expect(terminal.raw).not.toMatch(/\u001b\[2J|\u001b\]|\u0007|\u202e/u);
    expect(terminal.unknown).toEqual([]);
  });

  test('without colour no colour codes are written', async () => {
    const { clock, terminal, progress } = start(80, 2);
    await play(clock, progress, [phase('run'), ...whole(0), accepted(1), failed(1)]);
    expect(terminal.raw).not.toMatch(/\u001b\[[\d;]*m/u);
  });
});

test.each([plainProgress, jsonProgress, ttyProgress])(
  'a terminal that went away ends nothing (%o)',
  async (make) => {
    const clock = new VirtualClock();
    let writes = 0;
    const progress = make({
      write: () => {
        writes += 1;
        throw new Error('EPIPE');
      },
      clock,
      total: () => 1,
      nameOf,
      columns: () => 80,
      paint: plain,
    });
    await play(clock, progress, [phase('run', 'x'), ...whole(0)]);
    expect(writes).toBe(1);
  },
);

test('none says nothing', async () => {
  noProgress.on(succeeded(0));
  noProgress.on(saved(0, memory));
  await expect(noProgress.stop()).resolves.toBeUndefined();
});

test.each([
  ['auto', true, {}, 'tty'],
  ['auto', false, {}, 'plain'],
  ['auto', true, { CI: 'true' }, 'plain'],
  ['auto', true, { CI: 'false' }, 'tty'],
  ['auto', true, { TERM: 'dumb' }, 'plain'],
  ['json', true, {}, 'json'],
  ['tty', false, { CI: '1' }, 'tty'],
] as const)('--progress %s, terminal %s, %j: %s', (asked, isTTY, env, mode) => {
  expect(chooseMode(asked, isTTY, env)).toBe(mode);
});
