import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, vi } from 'vitest';
import type { PageData } from '../../src/report/page.ts';
import { embedData } from '../../src/report/page.ts';
import type { VersionTexts } from '../../src/session/version.ts';

const root = resolve(import.meta.dirname, '../..');
export const template = join(root, 'dist/web/page.html');
const executablePath = process.env.KUBENAT_CHROMIUM ?? '/usr/bin/chromium';
const required = process.env.KUBENAT_BROWSER === 'required';

// A browser on a machine that is busy with other tests takes its time.
vi.setConfig({ testTimeout: 300_000 });

/** Tests in a real browser: run by CI, and where somebody asks for them. */
export const inBrowser = required ? describe : describe.skip;

/** Pictures to be looked at; never compared. */
const shots = join(root, 'build/screenshots');

let browser: Browser;
const folder = mkdtempSync(join(tmpdir(), 'kubenat-page-'));

/** One browser for a file of tests. */
export function withBrowser(): void {
  beforeAll(async () => {
    if (!existsSync(executablePath))
      throw new Error(`there is no ${executablePath}: KUBENAT_CHROMIUM names another`);
    const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
    browser = await chromium.launch({
      executablePath,
      args: [...args, '--disable-background-networking', '--disable-component-update', '--disable-sync'],
      // Signals are the tests' own: one ends the server.
      handleSIGINT: false,
      handleSIGTERM: false,
    });
  }, 60_000);
  afterAll(() => browser?.close());
}

/** Manifests as the page is given them: files of a folder, or texts by their names. */
export function versionOf(words: readonly string[], texts: Readonly<Record<string, string>>): VersionTexts {
  const manifests = Object.entries(texts).map(([name, text]) => ({ name, text }));
  return { words, manifests, rules: null, config: null };
}

export function fixture(path: string): string {
  return readFileSync(join(root, 'fixtures', path), 'utf8');
}

const example = ['nodes.yaml', 'pods.yaml', 'service.yaml', 'svc.txt'];

/** The cluster of the README: a node port on two of three nodes. */
export const serviceTest = versionOf(
  ['fixtures/service-test', 'fixtures/service-test/svc.txt'],
  Object.fromEntries(
    example.map((name) => [`fixtures/service-test/${name}`, fixture(`service-test/${name}`)]),
  ),
);

/** The same with an Ingress in front of it. */
export const withIngress: VersionTexts = {
  ...serviceTest,
  manifests: [
    ...serviceTest.manifests,
    { name: 'fixtures/service-test/ingress.yaml', text: fixture('service-test/ingress.yaml') },
  ],
};

/** The same after the service's policy was changed. */
export const local: VersionTexts = {
  ...serviceTest,
  manifests: serviceTest.manifests.map(({ name, text }) => ({
    name,
    text: text.replace('type: LoadBalancer', 'type: LoadBalancer\n  externalTrafficPolicy: Local'),
  })),
};

/** The rules of one node, and nothing beside them. */
export const dump: VersionTexts = {
  words: [],
  manifests: [],
  rules: { name: 'node.save', text: fixture('service-test/expected/node-2.save') },
  config: null,
};

export function dataOf(version: VersionTexts, more: Partial<PageData> = {}): PageData {
  return { title: 'test', version, before: null, options: {}, state: '', live: null, ...more };
}

export interface Open {
  readonly page: Page;
  /** Everything that a page must not do: errors, and requests of any kind. */
  readonly trouble: readonly string[];
}

let count = 0;

/** Opens a page from disk, as whoever was sent one does. */
export async function open(data: PageData, hash = '', options: BrowserContextOptions = {}): Promise<Open> {
  const file = join(folder, `page-${++count}.html`);
  writeFileSync(file, embedData(readFileSync(template, 'utf8'), data));
  return openAddress(`${pathToFileURL(file).href}${hash}`, options);
}

/** Opens a page wherever it is. */
export async function openAddress(address: string, options: BrowserContextOptions = {}): Promise<Open> {
  const [url = ''] = address.split('#');
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') trouble.push(`console: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', (request) => {
    const asked = request.url().split('#')[0] ?? '';
    if (![url, `${url}events`].includes(asked) && !asked.startsWith('data:'))
      trouble.push(`request: ${request.url()}`);
  });
  const failed = new Promise<never>((_, reject) => page.once('pageerror', reject));
  await page.goto(address);
  // A page that does not start is not waited for.
  await Promise.race([page.locator('main h2').first().waitFor(), failed]);
  failed.catch(() => {});
  return { page, trouble };
}

/** Goes to another place of an open page, and waits until it is there. */
export async function goTo(page: Page, place: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, place);
  await page.locator('main h2').first().waitFor();
  await page.locator('main [role=status]').waitFor({ state: 'detached' });
}

export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}
