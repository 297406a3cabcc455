import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Durations } from '../../src/forecast/durations.js';
import { forecast } from '../../src/forecast/forecast.js';
import { maxGroups } from '../../src/forecast/durations.js';
import { Mix } from '../../src/forecast/mix.js';

const sizes = (size: string): [string, string][] => [['size', size]];

/** Small takes 10 s for 2 coins, large 60 s for 12. */
const learned = (): Durations => {
  const known = new Durations();
  for (let n = 0; n < 5; n += 1) {
    known.learn(sizes('small'), 10_000, 2);
    known.learn(sizes('large'), 60_000, 12);
  }
  return known;
};

const mixOf = (small: number, large: number): Mix => {
  const mix = new Mix();
  for (let n = 0; n < small; n += 1) mix.add(() => sizes('small'));
  for (let n = 0; n < large; n += 1) mix.add(() => sizes('large'));
  return mix;
};

describe('the forecast', () => {
  test('tells sizes apart that take different times', () => {
    const known = learned();
    expect(known.axis).toBe('size');
    expect(forecast(known, mixOf(10, 0), [], 1)).toMatchObject({ wallTimeMs: 100_000, coins: 20 });
    expect(forecast(known, mixOf(0, 10), [], 1)).toMatchObject({ wallTimeMs: 600_000, coins: 120 });
    expect(forecast(known, mixOf(3, 2), [], 1)).toMatchObject({ taskTimeMs: 150_000, coins: 30 });
  });

  test('counts no more slots than there are tasks, whatever it is told', () => {
    for (const slots of [NaN, -1, 0, 1e12, Infinity])
      for (const runs of [0, 3]) {
        const made = forecast(learned(), mixOf(runs, 0), [{ ageMs: 0, value: 'small' }], slots);
        expect(made?.wallTimeMs).toBeGreaterThan(9_000);
        expect(made?.wallTimeMs).toBeLessThan(50_000);
      }
  });

  test('takes the mean for a value that it never saw', () => {
    const mix = new Mix();
    mix.add(() => sizes('huge'));
    expect(forecast(learned(), mix, [], 1)?.taskTimeMs).toBeCloseTo(35_000);
  });

  test('counts down what is in flight, and never to nothing', () => {
    const known = learned();
    const left = (ageMs: number): number =>
      forecast(known, new Mix(), [{ ageMs, value: 'large' }], 1)?.wallTimeMs ?? 0;
    expect(left(20_000)).toBe(40_000);
    expect(left(500_000)).toBeGreaterThan(0);
  });

  test('what waits in the queue of the service has no slot of its own', () => {
    const flying = Array.from({ length: 6 }, () => ({ ageMs: 0, value: 'small' }));
    expect(forecast(learned(), new Mix(), flying, 2)?.wallTimeMs).toBe(30_000);
  });

  test('a change of speed is believed when it is too large for chance', () => {
    const known = new Durations();
    for (let n = 0; n < 100; n += 1) known.learn([], n % 2 === 0 ? 28_000 : 32_000, 6);
    const steady = forecast(known, Mix.of(10), [], 1)?.taskTimeMs ?? 0;
    expect(steady).toBeCloseTo(300_000);
    for (let n = 0; n < 60; n += 1) known.learn([], n % 2 === 0 ? 9_000 : 11_000, 2);
    const after = forecast(known, Mix.of(10), [], 1);
    expect(after?.taskTimeMs).toBeGreaterThan(90_000);
    expect(after?.taskTimeMs).toBeLessThan(120_000);
    expect(after?.coins).toBeLessThan(25);
  });

  test('lies between the work over the slots and one run after the other', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1_000, max: 600_000 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 1, max: 40 }),
        (seen, runs, slots) => {
          const known = new Durations();
          for (const ms of seen) known.learn([], ms, null);
          const made = forecast(known, Mix.of(runs), [], slots);
          if (made === null) throw new Error('something is known');
          const slack = 1 + 1e-9;
          expect(made.wallTimeMs * slack).toBeGreaterThanOrEqual(made.taskTimeMs / slots);
          expect(made.wallTimeMs).toBeLessThanOrEqual(made.taskTimeMs * slack);
          expect(made.coins).toBeNull();
          expect(made.observations).toBe(seen.length);
        },
      ),
    );
  });
});

test('a mix counts values down as it counted them up, and forgets columns of prompts', () => {
  const mix = new Mix();
  for (let n = 0; n <= maxGroups; n += 1)
    mix.add(() => [
      ['prompt', `a fox, number ${n}`],
      ['size', n % 3 === 0 ? 'small' : 'large'],
    ]);
  expect(mix.total).toBe(maxGroups + 1);
  expect(mix.groups('prompt')).toEqual([[undefined, maxGroups + 1]]);
  const copy = mix.copy();
  for (let n = 0; n < 60; n += 1) mix.add(() => [['size', 'small']], -1);
  expect(new Map(mix.groups('size')).get('small')).toBe(7);
  expect(new Map(copy.groups('size')).get('small')).toBe(67);
});
