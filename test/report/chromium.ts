import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { HtmlOptions } from '../../src/report/html/page.js';
import { reportHtml } from '../../src/report/html/page.js';
import type { BatchReport } from '../../src/report/model.js';

const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Debian's; CI installs it. Elsewhere the tests that need it are counted as skipped. */
export const browserPath: string | undefined = (
  process.env['CHROMIUM'] === undefined ? known : [process.env['CHROMIUM']]
).find(existsSync);

if (browserPath === undefined)
  console.warn('no Chromium here: the tests of report.html in a browser are skipped (CHROMIUM=…)');

/** A browser, and a folder in which reports lie beside their outputs. */
export class Reader {
  /** What the page under test complained about. */
  said: string[] = [];

  private constructor(
    private readonly browser: Browser,
    readonly dir: string,
  ) {}

  static async start(): Promise<Reader> {
    const { chromium } = await import('playwright-core');
    const browser = await chromium.launch({
      executablePath: browserPath ?? '',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    return new Reader(browser, await mkdtemp(join(tmpdir(), 'rh-report-')));
  }

  async write(path: string, bytes: Uint8Array | string): Promise<void> {
    const file = join(this.dir, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }

  /** A fresh page on this report; `hash` is put behind its address. */
  async open(
    report: BatchReport,
    html: HtmlOptions = {},
    { hash = '', ...context }: BrowserContextOptions & { readonly hash?: string } = {},
  ): Promise<Page> {
    await this.write('report.html', [...reportHtml(report, html)].join(''));
    return this.visit('report.html', hash, context);
  }

  async visit(path: string, hash = '', context: BrowserContextOptions = {}): Promise<Page> {
    return this.visitUrl(pathToFileURL(join(this.dir, path)).href + hash, context);
  }

  async visitUrl(url: string, context: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.browser.newPage({
      viewport: { width: 1280, height: 900 },
      ...context,
    });
    page.setDefaultTimeout(15_000);
    this.said = [];
    page.on('console', (message) => this.said.push(message.text()));
    page.on('pageerror', (error) => this.said.push(error.message));
    await page.goto(url);
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}
