import { describe, expect, test } from 'vitest';
import { projects } from '../support/opened.js';

const project = projects();
const prompts = (count: number): string =>
  ['Positive Prompt.text', ...Array.from({ length: count }, () => '[emulate:oom]'), ''].join('\n');
const table = (text: string): { manifest: string; files: Record<string, string> } => ({
  manifest:
    'matrix: { rows: data/prompts.csv, KSampler.seed: [1] }\nrun: { name: "r-${{ row.line }}" }',
  files: { 'data/prompts.csv': text },
});

describe('on GitHub', () => {
  const env = { GITHUB_ACTIONS: 'true', CI: 'true' };

  test('the progress is folded up; failures are marked where the repository has them', async () => {
    const p = await project({
      ...table('Positive Prompt.text\n[emulate:oom]\nfine\n'),
      env: { ...env, GITHUB_WORKSPACE: '' },
    });
    const { err, exit } = await p.apply();
    expect(exit).toBe(1);
    const lines = err.trimEnd().split('\n');
    expect(lines[0]).toBe('::group::rh-batch: progress');
    const end = lines.indexOf('::endgroup::');
    expect(lines.slice(1, end).some((line) => line.includes('submitted'))).toBe(true);
    expect(lines.slice(end + 1)).toEqual([
      expect.stringMatching(
        /^::error file=data\/prompts.csv,line=2,title=E0890::r-2 failed: node 3/,
      ),
    ]);
  });

  test('a path is told from the root of the repository, wherever the command runs', async () => {
    const p = await project(table('Positive Prompt.txt\nfox\n'));
    p.write('sub/.keep', '');
    const inside = await project({
      ...table('Positive Prompt.txt\nfox\n'),
      env: { ...env, GITHUB_WORKSPACE: `${p.dir}/..` },
    });
    const name = inside.dir.split('/').at(-1) ?? '';
    const { err, exit } = await inside.run('validate');
    expect(exit).toBe(2);
    expect(err).toMatch(new RegExp(`^::error file=${name}/data/prompts.csv,line=1,`, 'm'));
  });

  test('ten mistakes are marked, the rest is counted, and warnings crowd out no error', async () => {
    const rows = Array.from({ length: 30 }, () => 'x,y').join('\n');
    const p = await project({
      manifest: 'matrix: { rows: p.csv }',
      files: { 'p.csv': `KSampler.steps,unused\n${rows}\n` },
      env,
    });
    const { err } = await p.run('validate');
    const commands = err.split('\n').filter((line) => line.startsWith('::'));
    expect(commands.filter((line) => line.startsWith('::error '))).toHaveLength(10);
    expect(commands.filter((line) => line.startsWith('::notice::'))).toEqual([
      expect.stringContaining('and 20 more'),
    ]);
  });

  test('eleven failures in eleven rows: ten errors and a notice', async () => {
    const p = await project({ ...table(prompts(11)), env: { ...env } });
    const { err } = await p.apply();
    const commands = err.split('\n').filter((line) => /^::(error|notice)/.test(line));
    expect(commands.map((line) => line.slice(0, 8))).toEqual([
      ...Array.from({ length: 10 }, () => '::error '),
      '::notice',
    ]);
  });
});

test('on GitLab the progress is a section of its own', async () => {
  const p = await project({
    manifest: 'matrix: { KSampler.seed: [1] }',
    env: { GITLAB_CI: 'true', CI: 'true' },
  });
  const { err } = await p.apply();
  expect(err).toMatch(/^\u001b\[0Ksection_start:\d+:rh_batch\r\u001b\[0Krh-batch: progress\n/);
  expect(err).toMatch(/\u001b\[0Ksection_end:\d+:rh_batch\r\u001b\[0K\n$/);
});

test('elsewhere there is neither', async () => {
  const p = await project({ manifest: 'matrix: { KSampler.seed: [1] }' });
  const { err } = await p.apply();
  expect(err).not.toMatch(/::|\u001b/);
});
