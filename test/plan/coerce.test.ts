import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coerce } from '../../src/plan/values/coerce.js';
import type { Datum } from '../../src/values/datum.js';
import { text } from '../../src/values/datum.js';
import { jsonText } from '../../src/values/json-text.js';
import type { Field, FieldKind } from '../../src/workflow/workflow.js';

const field = (kind: FieldKind): Field => ({
  node: '3',
  name: 'x',
  value: null,
  kind,
  file: null,
  rules: null,
});

/** JSON text of what is sent, or why nothing is. */
const sent = (datum: Datum, kind: FieldKind, whole = false): string => {
  if (datum.is === 'absent') throw new Error('an absent value never gets here');
  const result = coerce(datum, field(kind), whole);
  return result.ok ? jsonText(result.json) : `${result.is}: ${result.takes}`;
};

const number = (source: string): Datum => ({ is: 'scalar', text: source, type: 'number' });
const flag = (source: string): Datum => ({ is: 'scalar', text: source, type: 'boolean' });
const list = (...items: Datum[]): Datum => ({ is: 'list', items });
const map = (entries: Record<string, Datum>): Datum => ({
  is: 'map',
  entries: new Map(Object.entries(entries)),
});

describe('a text field takes any scalar as written', () => {
  test.each<[Datum, string]>([
    [text('a cat'), '"a cat"'],
    [number('1.0'), '"1.0"'],
    [number('007'), '"007"'],
    [flag('no'), '"no"'],
    [flag('True'), '"True"'],
    [text(''), '""'],
    [text('  padded\r\n'), '"  padded\\r\\n"'],
    [text('${{ x }} {a|b} <lora:x:1> =1+1'), '"${{ x }} {a|b} <lora:x:1> =1+1"'],
    [text('e\u0301'), '"e\u0301"'],
    [list(text('a')), 'type: a text'],
    [map({ a: text('b') }), 'type: a text'],
    [text('a\u0000b'), 'text: text without NUL characters and broken surrogate pairs'],
    [text('a\ud83d'), 'text: text without NUL characters and broken surrogate pairs'],
  ])('%j → %s', (datum, expected) => {
    expect(sent(datum, 'text')).toBe(expected);
  });

  test('to the code unit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        fc.pre(!value.includes('\u0000'));
        expect(coerce({ is: 'scalar', text: value, type: 'text' }, field('text'), false)).toEqual({
          ok: true,
          json: value,
        });
      }),
    );
  });
});

test.each<[Datum, boolean, string]>([
  [text('42'), true, '42'],
  [text(' 42\n'), true, '42'],
  [text('18446744073709551615'), true, '18446744073709551615'],
  [text('1.10'), false, '1.10'],
  [text('20.5'), true, 'fraction: a whole number'],
  [text('20.0'), true, '20'],
  [text('1e-7'), false, '1e-7'],
  [text('1e-7'), true, 'fraction: a whole number'],
  [text('many'), true, 'type: a whole number'],
  [text('many'), false, 'type: a number'],
  [text(''), false, 'type: a number'],
  [text('0x10'), false, 'type: a number'],
  [text('1,5'), false, 'type: a number'],
  [flag('true'), false, 'type: a number'],
  [list(number('1')), false, 'type: a number'],
])('a number field given %j (whole: %s) → %s', (datum, whole, expected) => {
  expect(sent(datum, 'number', whole)).toBe(expected);
});

test.each<[Datum, string]>([
  [text('true'), 'true'],
  [text('FALSE'), 'false'],
  [flag('True'), 'true'],
  [text(' 1 '), 'true'],
  [number('0'), 'false'],
  [text('yes'), 'type: true or false'],
  [text('2'), 'type: true or false'],
  [text(''), 'type: true or false'],
  [map({}), 'type: true or false'],
])('a boolean field given %j → %s', (datum, expected) => {
  expect(sent(datum, 'boolean')).toBe(expected);
});

const takesList = 'type: a list (JSON text or a YAML list)';
const takesObject = 'type: an object (JSON text or a YAML mapping)';

test.each<[Datum, FieldKind, string]>([
  [text('[1, 18446744073709551615, "a"]'), 'list', '[1,18446744073709551615,"a"]'],
  [
    list(number('1.0'), text('1.0'), flag('true'), { is: 'absent' }),
    'list',
    '[1.0,"1.0",true,null]',
  ],
  [text('{"a": 1}'), 'list', takesList],
  [text('a, b'), 'list', takesList],
  [text('{"b":1,"a":{"__proto__":2}}'), 'object', '{"b":1,"a":{"__proto__":2}}'],
  [map({ on: flag('true'), n: list() }), 'object', '{"on":true,"n":[]}'],
  [text('[]'), 'object', takesObject],
  [list(), 'object', takesObject],
  [list(number('.nan')), 'list', takesList],
  [list(text('\u0000')), 'list', 'text: text without NUL characters and broken surrogate pairs'],
])('%j for a %s → %s', (datum, kind, expected) => {
  expect(sent(datum, kind)).toBe(expected);
});

test.each<[Datum, string]>([
  [text('a'), '"a"'],
  [text('1'), '"1"'],
  [number('1.50'), '1.50'],
  [flag('true'), 'true'],
  [list(), 'type: a text, a number, true or false'],
])('a field that is null given %j → %s', (datum, expected) => {
  expect(sent(datum, 'null')).toBe(expected);
});
