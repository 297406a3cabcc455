import { posixWord } from '../../values/shell-words.js';

export interface CiFile {
  readonly name: string;
  /** The manifest's folder from the root of the repository; '.': the root itself. */
  readonly folder: string;
  readonly manifest: string;
  /** Whether the repository says which rh-batch it takes. */
  readonly locked: boolean;
  readonly version: string;
  readonly baseUrl: string | null;
}

/** A workflow of GitHub Actions, as manifests/ci/github-nightly.yml. Texts are JSON, which is YAML. */
export const ciFileText = ({
  name,
  folder,
  manifest,
  locked,
  version,
  baseUrl,
}: CiFile): string => {
  const below = (path: string): string => (folder === '.' ? path : `${folder}/${path}`);
  const kept = JSON.stringify(`${below('.rh-batch')}\n${below('out')}\n`);
  const key = `${JSON.stringify(`rh-batch-${name}-`).slice(0, -1)}\${{ github.run_id }}-\${{ github.run_attempt }}"`;
  const apply = [
    `npx rh-batch apply ${posixWord(below(manifest))}`,
    ...(baseUrl === null ? [] : [`--base-url ${posixWord(baseUrl)}`]),
  ].join(' ');
  const install = locked ? 'npm ci' : `npm install --no-save rh-batch@${version}`;
  return `# Every night new pictures. Needs the secret RUNNINGHUB_API_KEY.
name: ${JSON.stringify(`rh-batch ${name}`)}
on:
  schedule:
    - cron: '17 2 * * *'
  workflow_dispatch:
permissions:
  contents: read
# Two at once would not know of each other's tasks.
concurrency:
  group: ${JSON.stringify(`rh-batch-${name}`)}
  cancel-in-progress: false
jobs:
  apply:
    runs-on: ubuntu-latest
    timeout-minutes: 300
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 22 }
      - run: ${install}
      # State and outputs belong together: an output that is gone for a day is made, and paid, again.
      - uses: actions/cache/restore@v4
        with:
          path: ${kept}
          key: ${key}
          restore-keys: ${JSON.stringify(`rh-batch-${name}-`)}
      - name: Apply
        env:
          RUNNINGHUB_API_KEY: \${{ secrets.RUNNINGHUB_API_KEY }}
        run: ${JSON.stringify(apply)}
      # Also after a failure or a cancelled job: what was submitted is paid for.
      - uses: actions/cache/save@v4
        if: always()
        with:
          path: ${kept}
          key: ${key}
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: ${JSON.stringify(`rh-batch-${name}`)}
          path: ${JSON.stringify(below('out'))}
`;
};
