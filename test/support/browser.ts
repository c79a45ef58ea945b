import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { chromium, type Page } from 'playwright-core';

const PROGRAM = '/usr/bin/chromium';
/** A browser that does nothing but what the test asks of it. */
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const DESK = { width: 1366, height: 768 };
const PHONE = { width: 390, height: 844 };

export const hasBrowser = existsSync(PROGRAM);

export interface TestBrowser {
  readonly page: Page;
  /** What the pages complained about: scripts, what they could not load, pages that answer 500 and above. */
  readonly complaints: readonly string[];
  /**
   * Looks at the page as it stands, on a desk and on a phone: gives the widths at which it is wider than its window.
   * With PENDOPO_SHOTS=<folder> it leaves a picture of each there.
   */
  look(name: string, looked?: Page): Promise<readonly number[]>;
  /** What keeps somebody from reading or using the page as it stands: axe's serious and critical findings, each with its place. */
  barriers(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Headless Chromium with a profile of its own, in Indonesian. */
export async function openBrowser(): Promise<TestBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'pdp-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: PROGRAM,
    args: ARGS,
    viewport: DESK,
    locale: 'id-ID',
  });
  context.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('console', (message) => {
    // What failed to load is told below, with its address.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  context.on('response', (answer) => {
    const isPage = answer.request().resourceType() === 'document';
    if (answer.status() >= (isPage ? 500 : 400)) complaints.push(`${answer.status()} ${answer.url()}`);
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const shots = process.env.PENDOPO_SHOTS ?? '';
  if (shots !== '') mkdirSync(shots, { recursive: true });
  let pictures = 0;

  return {
    page,
    complaints,
    async look(name, looked = page) {
      const number = String(++pictures).padStart(2, '0');
      const tooWide: number[] = [];
      for (const size of [PHONE, DESK]) {
        await looked.setViewportSize(size);
        const width = await looked.evaluate<number>('document.documentElement.scrollWidth');
        if (width > size.width) tooWide.push(size.width);
        if (shots === '') continue;
        // A window as tall as the page: what sticks to its edges must not lie across the middle of the picture.
        const height = await looked.evaluate<number>('document.documentElement.scrollHeight');
        await looked.setViewportSize({ ...size, height: Math.max(size.height, height) });
        await looked.screenshot({ path: join(shots, `${number}-${name}-${size.width}.png`) });
        await looked.setViewportSize(size);
      }
      return tooWide;
    },
    async barriers() {
      await page.evaluate(axe.source);
      return page.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ' ' + target.join(' '))))`);
    },
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
