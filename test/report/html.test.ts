import { createHash } from 'node:crypto';
import { Linter } from 'eslint';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareBatches } from '../../src/report/compare/compare.js';
import { planEmbedding } from '../../src/report/html/embed.js';
import { mediumOf, relativeUrl, webUrl } from '../../src/report/html/media.js';
import type { HtmlOptions } from '../../src/report/html/page.js';
import { script, servedScript } from '../../src/report/html/page.generated.js';
import { reportHtml } from '../../src/report/html/page.js';
import type { BatchReport } from '../../src/report/model.js';
import { failed, outOfMemory, plainReport, plannedRun, record, reportOf, saved } from './sample.js';

const page = (report: BatchReport, options?: HtmlOptions): string =>
  [...reportHtml(report, options)].join('');

const dataOf = (html: string): unknown =>
  JSON.parse(/<script type="application\/json" id="data">([^<]*)<\/script>/.exec(html)?.[1] ?? '');

const withText = (text: string): BatchReport =>
  reportOf(
    [
      [
        plannedRun(0, {
          name: text,
          tags: [text],
          values: new Map([[text, text]]),
          overrides: [
            {
              node: text,
              title: text,
              class: text,
              field: text,
              value: { is: 'json', json: text },
            },
          ],
        }),
        record(0, failed(0, { ...outOfMemory, message: text, traceback: text })),
      ],
    ],
    { title: text, name: text, stop: text },
  );

describe('report.html', () => {
  test('has the same elements whatever the text in it', () => {
    const tags = (html: string) => html.match(/<[/!a-z]/g)?.length;
    const calm = tags(page(withText('x')));
    const withBefore = (text: string): string => {
      const { runs } = withText(text);
      const earlier = { shown: text, name: text, target: text, startedAt: null, runs };
      const output = { path: text, url: text, node: text, type: text, bytes: 1, sha256: null };
      const report = withText('x');
      return page(
        { ...report, runs: report.runs.map((run) => ({ ...run, outputs: [output] })) },
        {
          command: text,
          comparison: compareBatches(earlier, report.runs),
          embedding: planEmbedding([output], 10),
          read: () => Buffer.from(text),
        },
      );
    };
    const calmBefore = tags(withBefore('x'));
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '</script><script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        '<!--<script>',
        "' onload='alert(1)",
      ),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        expect(tags(page(withText(text)))).toBe(calm);
        expect(tags(withBefore(text))).toBe(calmBefore);
      }),
    );
  });

  test('carries every run to the letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(dataOf(page(withText(text)))).toMatchObject({
          variables: [text],
          fields: [{ node: text, title: text, class: text, field: text }],
          runs: [{ name: text, values: [text], overrides: [[0, text]], error: { message: text } }],
        });
      }),
    );
  });

  test('its policy allows our script and our style by their digests and nothing of elsewhere', () => {
    const html = page(plainReport(1));
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    const script = /<script>([^]*?)<\/script>/.exec(html)?.[1] ?? '';
    const style = /<style>([^]*?)<\/style>/.exec(html)?.[1] ?? '';
    const digest = (text: string) => createHash('sha256').update(text).digest('base64');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src 'sha256-${digest(script)}'`);
    expect(policy).toContain(`style-src 'sha256-${digest(style)}'`);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  test('asks nothing of the network', () => {
    const html = page(plainReport(1))
      .replace(/<script type="application\/json"[^]*?<\/script>/, '')
      .replace('http://www.w3.org/2000/svg', '');
    expect(html).not.toMatch(/https?:\/\/|\bfetch\(|XMLHttpRequest|\bimport\(|url\(/);
  });

  test('says that it is emulated, why it stopped, and what may have been paid twice', () => {
    expect(page(plainReport(1))).not.toContain('class="badge"');
    const html = page(plainReport(1, { emulated: true, stop: 'budget.coins is spent' }));
    expect(html).toContain('class="badge"');
    expect(html).toContain('budget.coins is spent');
  });

  test('shows small texts', () => {
    const report = reportOf([[plannedRun(0), record(0, { state: saved(0, ['a.txt']) })]]);
    const html = page(report, { read: () => Buffer.from('a poem') });
    expect(dataOf(html)).toMatchObject({
      runs: [{ outputs: [{ src: './a.txt', text: 'a poem', kind: 'text' }] }],
    });
  });

  test('comes in pieces, so that thousands of runs need no single string', () => {
    const pieces = [...reportHtml(plainReport(500))];
    expect(pieces.length).toBeGreaterThan(500);
  });
});

describe('links', () => {
  test.each([
    ['a b.png', './a%20b.png'],
    ['水乡 #1/100%.png', './%E6%B0%B4%E4%B9%A1%20%231/100%25.png'],
    ['javascript:alert(1).png', './javascript%3Aalert(1).png'],
    ['\ud800.png', './%EF%BF%BD.png'],
  ])('%j is %j', (path, url) => {
    expect(relativeUrl(path)).toBe(url);
  });

  test('of the service are followed only where they are http', () => {
    expect(webUrl('https://x.example/a.png')).toBe('https://x.example/a.png');
    for (const url of [
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      ' http://x',
      null,
    ])
      expect(webUrl(url)).toBeNull();
  });

  test.each([
    ['a.PNG', '', 'image'],
    ['a.mp4', 'png', 'video'],
    ['a.flac', '', 'audio'],
    ['a.txt', '', 'text'],
    [null, 'webp', 'image'],
    ['a.psd', '', 'file'],
  ])('%j (%j) is shown as %s', (path, type, medium) => {
    expect(mediumOf(path, type)).toBe(medium);
  });
});

test.each([
  ['on a disk', script, []],
  ['that view serves', servedScript, ['EventSource', 'fetch', 'DOMParser']],
])(
  'the script of a page %s is sound: no unknown name, nothing unused, no markup from text',
  (_, text, asks) => {
    const browser = [
      'document',
      'window',
      'navigator',
      'history',
      'location',
      'Node',
      'Element',
      'HTMLImageElement',
      'requestAnimationFrame',
      'URLSearchParams',
      'setTimeout',
      'clearTimeout',
      'localStorage',
      'Blob',
      'TextEncoder',
      'createImageBitmap',
      'HTMLVideoElement',
      'HTMLInputElement',
      'HTMLButtonElement',
      'clearInterval',
      'devicePixelRatio',
      'atob',
      'crypto',
      'CSS',
      'URL',
    ];
    const problems = new Linter().verify(text, {
      languageOptions: {
        ecmaVersion: 2022,
        sourceType: 'script',
        globals: Object.fromEntries(
          [...browser, ...asks].map((name) => [name, 'readonly'] as const),
        ),
      },
      rules: {
        'no-undef': 'error',
        'no-unused-vars': 'error',
        'no-redeclare': 'error',
        'no-const-assign': 'error',
        'no-eval': 'error',
        'no-restricted-properties': [
          'error',
          ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'write'].map((property) => ({
            property,
          })),
        ],
      },
    });
    expect(problems).toEqual([]);
  },
);
