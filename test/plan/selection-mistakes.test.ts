import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameValue } from '../../src/plan/select/selector.js';
import { projects } from '../support/opened.js';

const project = projects();
const rows = [
  'style,KSampler.cfg,sku,_tags,_name',
  'anime,1.0,007,night,fox',
  'photo,7.5,7,day;raw,heron',
  'café,2,008,night,owl',
  '',
].join('\n');
const files = { 'rows.csv': rows };
const manifest =
  'matrix: { rows: rows.csv }\nset: { Positive Prompt.text: "${{ style }} ${{ sku }}" }';

describe('a selection that fits nothing is exit 2, with the nearest name, and nothing is written', () => {
  test.each([
    [['--where', 'stile=anime'], /there is no "stile"[^]*did you mean "style"/],
    [['--where', 'style=anme'], /--where style=anme fits no run[^]*did you mean "anime"/],
    [['--where', 'style=anime', '--where', 'KSampler.cfg=2'], /no run fits all that was asked for/],
    [['--only', 'hern'], /--only hern fits no run[^]*did you mean "heron"/],
    [['--only', 'fox', '--only', 'hern'], /--only hern fits no run/],
    [['--only', 'fox', '--where', 'style=photo'], /no run fits all that was asked for/],
    [['--force=hern'], /--force hern fits no selected run[^]*did you mean "heron"/],
    [['--only', 'fox', '--force=heron'], /--force heron fits no selected run/],
    [['--tag', 'nigt'], /--tag nigt fits no run[^]*did you mean "night"/],
    [['--where', 'style=anime', '--failed', '--where', 'sku=9'], /--where sku=9 fits no run/],
  ])('%j', async (flags, message) => {
    const p = await project({ manifest, files });
    const planned = await p.run('plan', ...flags);
    expect(planned, planned.err).toMatchObject({ exit: 2 });
    expect(planned.err).toMatch(message);
    const applied = await p.apply(...flags);
    expect(applied).toMatchObject({ exit: 2, out: '' });
    expect(applied.err).toMatch(message);
    expect(p.service.bill()).toHaveLength(0);
    expect(p.exists('out')).toBe(false);
  });
});

describe('a selection finds', () => {
  test.each([
    [['--where', 'KSampler.cfg=1'], ['fox']],
    [['--where', 'KSampler.cfg=7.50'], ['heron']],
    [['--where', 'KSampler.cfg=2e0'], ['owl']],
    [['--where', 'sku=7'], ['heron']],
    [['--where', 'sku=007'], ['fox']],
    [['--where', 'style=cafe\u0301'], ['owl']],
    [
      ['--tag', 'night'],
      ['fox', 'owl'],
    ],
    [['--tag', 'raw', '--tag', 'night', '--where', 'style=photo'], ['heron']],
    [['--tag', 'night', '--first', '1'], ['fox']],
  ])('%j', async (flags, names) => {
    const p = await project({ manifest, files });
    expect((await p.plan(...flags)).runs.map(({ name }) => name)).toEqual(names);
  });
});

test('--failed with nothing failed is done, says so, and leaves the reports whole', async () => {
  const p = await project({ manifest, files });
  expect((await p.apply('--failed')).exit).toBe(0);
  const applied = await p.apply('--failed');
  expect(applied.err).toContain('no run has failed or was cancelled');
  expect(p.results()).toHaveLength(3);
  expect(p.service.bill()).toHaveLength(0);
});

test('numbers are equal as numbers, everything else as text', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n }), fc.nat(4), (whole, zeros) => {
      expect(sameValue(`${whole}`, `${whole}.${'0'.repeat(zeros + 1)}`)).toBe(true);
      expect(sameValue(`${whole}`, `${whole + 1n}`)).toBe(false);
      expect(sameValue(`${whole}`, `0${whole}`)).toBe(false);
    }),
  );
  expect(sameValue('0.5', '.5')).toBe(true);
  expect(sameValue('', '0')).toBe(false);
});
