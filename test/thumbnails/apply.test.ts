import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PageData } from '../../src/report/html/page-data.js';
import { Project } from '../support/project.js';
import { ask, dataOf, listen, view } from '../view/pages.js';
import { until } from '../support/until.js';
import { hasSharp } from './sharp.js';

/** Pictures that are worth thumbnails, and a small one. */
const files = {
  'rows.csv':
    'Positive Prompt.text,Size.width,Size.height\na red fox,1500,1000\nan owl,1000,1500\na snail,64,64\n',
};
const manifest = 'matrix: { rows: rows.csv }';
const folder = 'out/manifest';

const pageOf = (p: Project): PageData => {
  const [, json = ''] =
    /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(
      p.read(`${folder}/report.html`),
    ) ?? [];
  return JSON.parse(json) as PageData;
};
const thumbsOf = ({ runs }: PageData) => runs.map(({ outputs }) => outputs[0]?.thumb);
const named = /^\.\/\.thumbnails\/[0-9a-f]{16}-[0-9a-f]{22}\.webp$/;

/** Width and height of a lossy WebP without transparency. */
const webpSize = (bytes: Uint8Array): readonly number[] => {
  const view = Buffer.from(bytes);
  expect(view.toString('latin1', 8, 16)).toBe('WEBPVP8 ');
  return [view.readUInt16LE(26) & 0x3fff, view.readUInt16LE(28) & 0x3fff];
};

describe.skipIf(!hasSharp)('thumbnails', () => {
  test('an apply makes them of large pictures, small and upright, and the page uses them', async () => {
    const p = await Project.start({ manifest, files });
    const { exit, err } = await p.apply();
    expect([exit, err]).toEqual([0, expect.not.stringContaining('thumbnail')]);
    const [fox, owl, snail] = thumbsOf(pageOf(p));
    expect(fox).toMatch(named);
    expect(owl).toMatch(named);
    expect(snail).toBeUndefined();
    const sizes = [fox, owl].map((path) => webpSize(p.bytes(`${folder}/${path!}`)));
    expect(sizes).toEqual([
      [384, 256],
      [256, 384],
    ]);
    await p.close();
  });

  test('a picture that is none is told once; its run is a success all the same', async () => {
    const p = await Project.start({ manifest, files });
    await p.apply();
    p.remove(`${folder}/.thumbnails`);
    for (const { outputs } of p.results()) {
      const { path, bytes } = outputs[0]!;
      writeFileSync(join(p.dir, folder, path), Buffer.alloc(bytes, '<svg>'));
    }
    const { exit, err } = await p.run('report');
    expect(exit).toBe(0);
    expect(
      err.match(/notice: no thumbnail of \S+ \(it is no PNG, JPEG, WebP, GIF or AVIF\)/g),
    ).toHaveLength(1);
    expect(thumbsOf(pageOf(p))).toEqual([undefined, undefined, undefined]);
    await p.close();
  });

  test('report makes those that are missing', async () => {
    const p = await Project.start({ manifest, files });
    await p.apply();
    const before = thumbsOf(pageOf(p));
    p.remove(`${folder}/.thumbnails`);
    await p.run('report');
    expect(thumbsOf(pageOf(p))).toEqual(before);
    expect(p.list(`${folder}/.thumbnails`)).toHaveLength(2);
    await p.close();
  });

  test('view makes those that are missing, tells its pages, and serves them', async () => {
    const p = await Project.start({ manifest, files });
    await p.apply();
    p.remove(`${folder}/.thumbnails`);
    const { address, stop } = await view(p);
    const feed = await listen(address, dataOf(await ask(address, '')).live!.since);
    const told = (): Map<number, string | undefined> =>
      new Map(
        feed
          .changes()
          .flatMap(({ runs }) => runs)
          .map(([place, { outputs }]) => [place, outputs[0]?.thumb]),
      );
    // They may have been there before the page was asked for.
    const page = dataOf(await ask(address, '')) as unknown as PageData;
    const thumbOf = (place: number) => told().get(place) ?? thumbsOf(page)[place];
    await until(() => thumbOf(0) !== undefined && thumbOf(1) !== undefined);
    feed.close();
    const fox = thumbOf(0)!;
    expect(fox).toMatch(named);
    const served = await ask(address, fox.replace('./', ''));
    expect([served.status, served.headers['content-type']]).toEqual([200, 'image/webp']);
    expect(served.body.equals(Buffer.from(p.bytes(`${folder}/${fox}`)))).toBe(true);
    // One of another batch in the same folder.
    p.write(`${folder}/.thumbnails/${'0'.repeat(16)}-${'0'.repeat(22)}.webp`, 'RIFF');
    for (const path of [
      `.thumbnails/${'0'.repeat(16)}-${'0'.repeat(22)}.webp`,
      '.thumbnails/../results.jsonl',
      '.thumbnails',
    ])
      expect((await ask(address, path)).status).toBe(404);
    await stop();
    await p.close();
  });

  test('clean --orphans removes the thumbnails of what it removes, and no other', async () => {
    const p = await Project.start({ manifest, files });
    await p.apply();
    const [fox, owl] = thumbsOf(pageOf(p));
    p.write('rows.csv', files['rows.csv'].replace(/^a red fox.*\n/m, ''));
    await p.run('clean', '--orphans', '--yes');
    expect(p.exists(`${folder}/${fox!}`)).toBe(false);
    expect(p.exists(`${folder}/${owl!}`)).toBe(true);
    await p.close();
  });
});

test('many pictures without thumbnails: the page says what is missing, in one calm line', async () => {
  const { thumbnailHint } = await import('../../src/batch/reports/thumbnails.js');
  const { plannedRun, record, reportOf } = await import('../report/sample.js');
  const sample = (many: number) =>
    reportOf(
      Array.from({ length: many }, (_, index) => [plannedRun(index), record(index)] as const),
    );
  const { runs } = sample(60);
  const large = {
    runs: runs.map((run, at) => ({
      ...run,
      outputs: [
        {
          path: `${at}.png`,
          url: null,
          node: null,
          type: 'png',
          bytes: 1_700_000,
          sha256: String(at).padStart(64, '0'),
        },
      ],
    })),
  };
  const none = new Map<string, string>();
  expect(thumbnailHint(large, none, 'rh-batch report', false)).toBe(
    '60 pictures (102 MB) shown from their full files, which makes a page of this size slow. The package sharp makes thumbnails: npm install sharp where rh-batch is installed, then rh-batch report.',
  );
  expect(thumbnailHint(large, none, 'rh-batch report', true)).toMatch(
    / rh-batch report makes thumbnails of them\.$/,
  );
  expect(thumbnailHint({ runs }, none, 'rh-batch report', false)).toBeUndefined();
  expect(thumbnailHint({ runs: large.runs.slice(0, 9) }, none, '', false)).toBeUndefined();
});
