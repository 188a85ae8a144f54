// The page of a cluster of ten thousand services in Chromium: until its list is there, until a search is answered, until the
// chains of one service are drawn, and the memory that it holds. Beside bare JSON.parse of the same text in this process.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { PageData } from '../src/report/page.ts';
import { embedData } from '../src/report/page.ts';
import { generateCluster } from './generate.ts';
import { best, row } from './measure.ts';

const second = 1000;
const mostMegabytes = 500;
const executablePath = process.env.KUBENAT_CHROMIUM ?? '/usr/bin/chromium';

function dataOf(text: string): PageData {
  const version = { words: ['cluster.json'], manifests: [{ name: 'cluster.json', text }], rules: null };
  return {
    title: 'bench',
    version: { ...version, config: null },
    before: null,
    options: {},
    state: '',
    live: null,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** What the processes of the pages hold of the machine's memory, in MB. */
async function megabytesOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const kilobytes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'))?.[1]));
  return Math.round((Math.max(...kilobytes) * 1024) / 1e6);
}

async function measure(browser: Browser, page: Page, url: string): Promise<void> {
  const opened = await timed(async () => {
    await page.goto(url);
    await page.getByText('10000 services').waitFor();
  });
  row('the list of 10,000 services', opened, 'one second', second, 3);
  console.log(`memory with the list ${await megabytesOf(browser)} MB (at most ${mostMegabytes})`);
  const searched = await timed(async () => {
    await page.getByRole('searchbox').fill('service-07777');
    await page.getByText('1 of 10000 services').waitFor();
  });
  row('a search', searched, 'one second', second, 1);
  const drawn = await timed(async () => {
    await page.getByRole('link', { name: /service-07777$/ }).click();
    await page.locator('.graph').waitFor({ timeout: 120_000 });
  });
  row('the chains of one service', drawn, 'one second', second);
  console.log(`memory with the chains ${await megabytesOf(browser)} MB (at most ${mostMegabytes})`);
}

if (!existsSync(executablePath)) console.log(`left out: there is no ${executablePath} (KUBENAT_CHROMIUM)`);
else {
  const { json } = generateCluster(10_000, 10);
  const folder = mkdtempSync(join(tmpdir(), 'kubenat-'));
  const file = join(folder, 'page.html');
  const template = resolve(import.meta.dirname, '../../dist/web/page.html');
  writeFileSync(file, embedData(readFileSync(template, 'utf8'), dataOf(json)));
  const parse = best(3, () => JSON.parse(json));
  row('JSON.parse of the same cluster', parse, 'one second', second);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    await measure(browser, await browser.newPage(), pathToFileURL(file).href);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}
