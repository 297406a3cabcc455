import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Job, Step } from '../support/workflow-runner.js';
import { readYaml } from '../support/workflow-runner.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8');

interface ReleaseJob extends Omit<Job, 'needs'> {
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
}
interface Release {
  readonly on: { readonly push: Readonly<Record<string, unknown>> };
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, ReleaseJob>>;
}
const release = readYaml('.github/workflows/release.yml') as Release;
const stepsOf = (job: string): readonly Step[] => release.jobs[job]?.steps ?? [];
const scriptOf = (job: string): string =>
  stepsOf(job)
    .map(({ run }) => run ?? '')
    .join('\n');
const manifest = JSON.parse(read('package.json')) as {
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
};

describe('the release', () => {
  test('comes from a tag alone, once the tests of every system and the installation passed', () => {
    expect(Object.keys(release.on)).toEqual(['push']);
    expect(Object.keys(release.on.push)).toEqual(['tags']);
    expect(release.jobs['publish']?.needs).toEqual(['test', 'install']);
    expect(release.jobs['install']?.needs).toBe('package');
    expect(scriptOf('package')).toContain('$GITHUB_REF_NAME');
  });

  test('has provenance, a list of what it depends on, and no token', () => {
    expect(scriptOf('publish')).toMatch(/npm publish \S+\.tgz --provenance/);
    expect(release.jobs['publish']?.permissions).toEqual({
      contents: 'write',
      'id-token': 'write',
    });
    expect(release.permissions).toEqual({ contents: 'read' });
    // With --omit=dev npm leaves out what development needs as well.
    expect(scriptOf('package')).toMatch(
      /npm pkg delete devDependencies\s+npm prune .*\s+npm sbom --sbom-format=cyclonedx/,
    );
    expect(scriptOf('package')).toContain('npm audit --omit=dev');
    expect(read('.github/workflows/release.yml')).not.toContain('secrets.');
  });

  test('no script takes in what others wrote', () => {
    for (const job of Object.keys(release.jobs)) expect(scriptOf(job), job).not.toMatch(/\$\{\{/);
  });

  test('is tried on every version of Node that the package names', () => {
    const tried = (read('.github/workflows/release.yml').match(/node: \[(.*)\]/g) ?? []).map(
      (line) => line.match(/[\d.]+/g),
    );
    expect(tried.length).toBe(2);
    for (const versions of tried) expect(versions).toEqual(['20.19', '22', '24', '26']);
    expect(manifest.engines.node).toBe('>=20.19');
  });
});

test('everything that it depends on is pinned by content, and its licence allows to pass it on', () => {
  interface Locked {
    readonly license?: string;
    readonly integrity?: string;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly hasInstallScript?: true;
  }
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Readonly<Record<string, Locked>>;
  };
  /** As Node looks for it: beside the one who wants it, then further up. */
  const placeOf = (name: string, from: string): string => {
    const here = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
    if (here in packages) return here;
    return placeOf(name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))));
  };
  const found = new Set<string>();
  const walk = (dependencies: object, from: string): void => {
    for (const name of Object.keys(dependencies)) {
      const place = placeOf(name, from);
      if (found.has(place)) continue;
      found.add(place);
      walk(packages[place]?.dependencies ?? {}, place);
    }
  };
  walk(manifest.dependencies, '');
  expect(found.size).toBeGreaterThan(30);
  expect(found.size).toBeLessThan(60);
  const wrong = [...found].filter((place) => {
    const { license = '', integrity, hasInstallScript } = packages[place] ?? {};
    const isFree = /^(?:MIT|ISC|BSD-[23]-Clause|Apache-2\.0)$/.test(license);
    return !isFree || integrity === undefined || hasInstallScript === true;
  });
  expect(wrong).toEqual([]);
});

describe('the container', () => {
  const lines = read('manifests/container/Containerfile')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));

  test('runs as another user than root, and its image holds the package alone', () => {
    const users = last.filter((line) => line.startsWith('USER '));
    expect(users).toEqual(['USER node']);
    expect(last.findIndex((line) => line.startsWith('USER '))).toBeLessThan(
      last.findIndex((line) => line.startsWith('ENTRYPOINT ')),
    );
    expect(last.filter((line) => line.startsWith('COPY '))).toEqual([
      'COPY --from=build /package/ /package/',
    ]);
    expect(last.join('\n')).toContain('--omit=dev --ignore-scripts');
    expect(lines.filter((line) => /^(?:ADD|ENV|ARG) /.test(line))).toEqual([]);
  });

  test('no key, state or output gets into what it is built from', () => {
    const left = read('.dockerignore').trim().split('\n');
    expect(left).toEqual(
      expect.arrayContaining(['.git', 'node_modules', 'dist', '**/.env', '**/out', '**/.rh-batch']),
    );
  });

  test('the compose file gives it no rights, the key from outside, and time to stop', () => {
    const { services } = readYaml('manifests/container/compose.yaml') as {
      services: { batch: Readonly<Record<string, unknown>> };
    };
    expect(services.batch).toMatchObject({
      init: true,
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      hostname: 'batch-host',
      stop_grace_period: '60s',
      environment: { RUNNINGHUB_API_KEY: expect.stringContaining('${RUNNINGHUB_API_KEY:?') },
    });
    expect(services.batch['build']).toEqual({
      context: '../..',
      dockerfile: 'manifests/container/Containerfile',
    });
  });
});
