import { expect, test } from 'vitest';
import type { Clock } from '../../src/edges/clock.js';
import { steadyClock } from '../../src/edges/steady-clock.js';
import { OutageTimeout } from '../../src/engine/outage-timeout.js';

const minute = 60_000;

test('a silent service is waited for so long, and asked some times', () => {
  const timeout = new OutageTimeout(10 * minute);
  let now = 0;
  const look = (tries: number): boolean => timeout.expired((now += 5_000), 0, tries);
  for (let at = 0; at < 119; at += 1) expect(look(9)).toBe(false);
  const ends = Array.from({ length: 5 }, () => look(9));
  expect(ends.at(-1)).toBe(true);
});

test('a night of sleep is no patience: the service is asked anew after waking', () => {
  const timeout = new OutageTimeout(10 * minute);
  expect(timeout.expired(0, 0, 0)).toBe(false);
  let now = 8 * 3_600_000;
  expect(timeout.expired(now, 0, 3)).toBe(false);
  // Even with its patience nearly used up before.
  for (let at = 0; at < 200; at += 1) expect(timeout.expired((now += 5_000), 0, 3)).toBe(false);
  expect(timeout.expired((now += 5_000), 0, 7)).toBe(false);
  expect(timeout.expired((now += 5_000), 0, 8)).toBe(true);
});

test('one good answer begins it again', () => {
  const timeout = new OutageTimeout(minute);
  let now = 0;
  for (let at = 0; at < 13; at += 1) timeout.expired((now += 5_000), 0, 9);
  expect(timeout.expired((now += 5_000), 0, 9)).toBe(true);
  expect(timeout.expired((now += 5_000), now, 0)).toBe(false);
});

const clockOf = (now: () => number, monotonic?: () => number): Clock => ({
  now,
  sleep: () => Promise.resolve(),
  ...(monotonic === undefined ? {} : { monotonic }),
});

test('a clock that is set back makes no time go back, and time goes on', () => {
  let wall = 1_000_000;
  let passed = 0;
  const clock = steadyClock(
    clockOf(
      () => wall,
      () => passed,
    ),
  );
  const began = clock.now();
  wall -= 3_600_000;
  passed += 5_000;
  wall += 5_000;
  expect(clock.now() - began).toBe(5_000);
  wall += 7_000;
  passed += 7_000;
  expect(clock.now() - began).toBe(12_000);
  // A sleep, in which the monotonic clock stands still.
  wall += 7_200_000;
  expect(clock.now() - began).toBe(7_212_000);
});

test('many reads in one millisecond add up to no time', () => {
  let real = 0;
  const clock = steadyClock(
    clockOf(
      () => Math.floor(real),
      () => real,
    ),
  );
  for (let read = 0; read < 10_000; read += 1) {
    real += 0.1;
    clock.now();
  }
  expect(clock.now()).toBe(1000);
});

test('without a second clock it stands still for a moment and goes on', () => {
  let wall = 50_000;
  const clock = steadyClock(clockOf(() => wall));
  wall = 10_000;
  expect(clock.now()).toBe(50_000);
  wall = 11_000;
  expect(clock.now()).toBe(51_000);
});
