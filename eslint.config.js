import tseslint from 'typescript-eslint';

const bannedGlobals = [
  {
    name: 'fetch',
    message: 'undici with our own Agent: Node may otherwise use its older built-in client.',
  },
  {
    name: 'FormData',
    message: 'Import FormData from undici: the global one does not work with our Agent.',
  },
];

export default tseslint.config(
  { ignores: ['dist/', 'out/', '**/*.generated.*', 'coverage/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'no-restricted-globals': ['error', ...bannedGlobals],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: false },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'as' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-console': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // Each of these has one subject that falls into no two: a list of commands, of endpoints, of
    // events. They may shrink, not grow.
    files: [
      'src/batch/apply/apply-batch.ts',
      'src/commands/table.ts',
      'src/journal/fold.ts',
      'src/matrix/tables/csv.ts',
      'src/runninghub/client.ts',
    ],
    rules: { 'max-lines': ['error', { max: 380, skipBlankLines: true, skipComments: true }] },
  },
  {
    // Of some fifty kinds of faults each place plays the few that it can.
    files: ['src/emulator/**/*.ts'],
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    // The page of the report: text of others must never become markup.
    files: ['src/report/page/**/*.ts'],
    rules: {
      'no-eval': 'error',
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'write'].map((property) => ({
          property,
          message: 'Text enters the page by textContent and attributes only.',
        })),
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
