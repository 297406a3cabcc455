/**
 * Data flows one way: manifest → matrix → plan → engine → report.
 * `may` lists, for each room, the rooms that it may import (beside itself and the leaves).
 */
const leaves = ['values', 'diagnostics', 'edges'];
const may = {
  values: [],
  diagnostics: ['values'],
  edges: ['values'],
  manifest: [],
  workflow: [],
  matrix: ['manifest'],
  assets: [],
  journal: [],
  runninghub: [],
  targets: ['manifest', 'workflow', 'runninghub'],
  init: ['workflow', 'targets'],
  plan: ['manifest', 'matrix', 'workflow', 'targets', 'assets', 'journal'],
  engine: ['manifest', 'plan', 'assets', 'runninghub', 'journal'],
  report: ['plan', 'journal'],
  terminal: ['plan', 'journal'],
  emulator: ['workflow'],
};

const rooms = Object.entries(may).map(([room, allowed]) => {
  const inherited = ['values', 'edges'].includes(room)
    ? []
    : room === 'diagnostics'
      ? ['values']
      : leaves;
  const targets = [...new Set([room, ...allowed, ...inherited])];
  return {
    name: `${room}-imports-upstream-only`,
    severity: 'error',
    comment: `src/${room} may import only: ${targets.join(', ')}`,
    from: { path: `^src/${room}/` },
    to: { path: '^src/', pathNot: `^src/(${targets.join('|')})/` },
  };
});

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unknown-room',
      severity: 'error',
      comment: 'A new folder needs its line in `may` above.',
      from: { path: '^src/' },
      to: {
        path: '^src/[^/]+/',
        pathNot: `^src/(${[...Object.keys(may), 'commands', 'api'].join('|')})/`,
      },
    },
    {
      name: 'no-dev-dependency-in-src',
      severity: 'error',
      // The page of the report is bundled at build.
      from: { path: '^src/', pathNot: '^src/report/page/bundle[.]mjs$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-the-api',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(api/|index)' },
      to: { path: '^src/(api/|index)' },
    },
    {
      name: 'page-imports-words-only',
      severity: 'error',
      comment:
        'It runs in a browser: beside itself it has the amounts, the words and the data type.',
      from: { path: '^src/report/page/', pathNot: '[.]mjs$' },
      to: {
        pathNot: '^src/(report/page/|values/|report/terms[.]ts$|report/html/page-data[.]ts$)',
      },
    },
    {
      name: 'nothing-imports-the-page',
      severity: 'error',
      comment: 'It is bundled into src/report/html/page.generated.ts.',
      from: { path: '^src/', pathNot: '^src/report/page/' },
      to: { path: '^src/report/page/' },
    },
    ...rooms,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
