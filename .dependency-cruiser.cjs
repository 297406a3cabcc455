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
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-the-api',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(api/|index)' },
      to: { path: '^src/(api/|index)' },
    },
    ...rooms,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
