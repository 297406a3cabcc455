import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expand } from '../support/expand.js';

test.each<[string, string, object[]]>([
  [
    "GitHub's documented example",
    'matrix: { fruit: [apple, pear], animal: [cat, dog], include: [{ color: green }, { color: pink, animal: cat }, { fruit: apple, shape: circle }, { fruit: banana }, { fruit: banana, animal: cat }] }',
    [
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ],
  ],
  [
    'a partial exclude',
    'matrix: { os: [mac, win], version: [12, 14, 16], exclude: [{ os: mac, version: 12 }, { version: 16 }] }',
    [
      { os: 'mac', version: '14' },
      { os: 'win', version: '12' },
      { os: 'win', version: '14' },
    ],
  ],
  [
    'include alone',
    'matrix: { include: [{ a: 1 }, { a: 2, b: 3 }] }',
    [{ a: '1' }, { a: '2', b: '3' }],
  ],
  [
    'include after exclude may bring a combination back',
    'matrix: { a: [1, 2], exclude: [{ a: 2 }], include: [{ a: 2, b: x }] }',
    [{ a: '1' }, { a: '2', b: 'x' }],
  ],
  [
    'what was added may be overwritten, what is original never',
    'matrix: { a: [1], include: [{ b: x }, { b: y }, { a: 2, b: z }] }',
    [
      { a: '1', b: 'y' },
      { a: '2', b: 'z' },
    ],
  ],
  [
    'a number and the same text are one value',
    'matrix: { a: [1, 2], exclude: [{ a: "1" }] }',
    [{ a: '2' }],
  ],
])('%s', async (_, matrix, expected) => {
  const { values, problems } = await expand(matrix);
  expect(problems.errors).toBe(0);
  expect(values).toEqual(expected);
});

test('an unknown exclude key is an error, one that removes nothing a warning', async () => {
  const unknown = await expand('matrix: { style: [a], exclude: [{ stile: a }] }');
  expect(unknown.problems.kept[0]).toMatchObject({
    code: 'E0313',
    severity: 'error',
    hint: 'did you mean "style"?',
  });
  const idle = await expand('matrix: { style: [a], exclude: [{ style: b }] }');
  expect(idle.problems.kept[0]).toMatchObject({ code: 'E0314', severity: 'warning' });
});

type Values = Record<string, string>;

/** GitHub's rules again, written down the naive way. */
const naive = (axes: Record<string, string[]>, exclude: Values[], include: Values[]): Values[] => {
  let combos: Values[] = Object.keys(axes).length === 0 ? [] : [{}];
  for (const [name, values] of Object.entries(axes))
    combos = combos.flatMap((combo) => values.map((value) => ({ ...combo, [name]: value })));
  combos = combos.filter(
    (combo) =>
      !exclude.some((entry) => Object.entries(entry).every(([key, value]) => combo[key] === value)),
  );
  const extended = combos.map((combo) => ({ ...combo }));
  const added: Values[] = [];
  for (const entry of include) {
    const fitting = combos.flatMap((original, index) =>
      Object.entries(entry).some(([key, value]) => key in axes && original[key] !== value)
        ? []
        : [index],
    );
    for (const index of fitting) Object.assign(extended[index]!, entry);
    if (fitting.length === 0) added.push({ ...entry });
  }
  return [...extended, ...added];
};

const value = fc.constantFrom('x', 'y', 'z');
const entry = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), value, { minKeys: 1, maxKeys: 3 });

test('any matrix expands as the naive rules say', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.uniqueArray(value, { minLength: 1 }), {
        minKeys: 1,
        maxKeys: 3,
      }),
      fc.array(entry, { maxLength: 3 }),
      fc.array(entry, { maxLength: 4 }),
      async (axes, exclude, include) => {
        const own = exclude.filter((candidate) =>
          Object.keys(candidate).every((key) => key in axes),
        );
        const matrix = `matrix: ${JSON.stringify({ ...axes, exclude: own, include })}`;
        const { values } = await expand(matrix);
        expect(values).toEqual(naive(axes, own, include));
      },
    ),
    { numRuns: 200 },
  );
});
