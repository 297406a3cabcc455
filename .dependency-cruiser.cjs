/**
 * Data flows one way: manifest → matrix → template → plan → engine → journal → report.
 * `may` lists, for each room, the rooms that it may import (beside itself and the leaves).
 *
 * Above them stand, from below: `batch`, the use cases, which put the rooms together;
 * `init`, `completion` and `commands`, which read argv, call a use case and print;
 * then the two doors, `cli.ts` over the commands and `index.ts` over `batch`.
 */
const leaves = ['values', 'diagnostics', 'edges'];
const may = {
  values: [],
  diagnostics: ['values'],
  edges: ['values'],
  manifest: [],
  workflow: [],
  matrix: ['manifest', 'assets'],
  assets: [],
  journal: [],
  runninghub: [],
  comfyui: ['runninghub'],
  targets: ['manifest', 'workflow', 'runninghub'],
  template: ['manifest', 'matrix'],
  picks: [],
  thumbnails: [],
  forecast: ['journal'],
  plan: [
    'manifest',
    'matrix',
    'template',
    'workflow',
    'targets',
    'assets',
    'journal',
    'forecast',
    'picks',
  ],
  engine: ['manifest', 'plan', 'forecast', 'assets', 'runninghub', 'journal'],
  report: ['plan', 'journal', 'picks', 'thumbnails'],
  view: ['report'],
  terminal: ['plan', 'forecast', 'journal', 'report', 'picks'],
  emulator: [],
};

const below = Object.keys(may);
may.batch = below;
may.init = [...below, 'batch', 'commands'];
may.completion = [...below, 'batch', 'init', 'commands'];
may.commands = [...below, 'batch', 'init', 'completion'];

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
        pathNot: `^src/(${Object.keys(may).join('|')})/`,
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
      name: 'nothing-imports-the-doors',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/(cli|index)[.]ts$' },
    },
    {
      name: 'the-library-imports-no-command',
      severity: 'error',
      comment: 'index.ts is the face of the use cases; it knows no argv.',
      from: { path: '^src/index[.]ts$' },
      to: { path: '^src/(commands|init|completion|terminal)/' },
    },
    {
      name: 'the-command-line-imports-commands',
      severity: 'error',
      from: { path: '^src/cli[.]ts$' },
      to: { path: '^src/[^/]+/', pathNot: '^src/(commands|batch|edges)/' },
    },
    {
      name: 'page-imports-words-only',
      severity: 'error',
      comment:
        'It runs in a browser: beside itself it has the amounts, the words, the looks, the zip format and the data type.',
      from: { path: '^src/report/page/', pathNot: '[.]mjs$' },
      to: {
        pathNot:
          '^src/(report/page/|values/|picks/|thumbnails/look[.]ts$|report/terms[.]ts$|report/files/formula[.]ts$|edges/files/zip-format[.]ts$|report/html/page-data[.]ts$)',
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
