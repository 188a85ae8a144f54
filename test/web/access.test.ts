import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { violations } from './axe.ts';
import {
  dataOf,
  dump,
  goTo,
  inBrowser,
  local,
  open,
  serviceTest,
  shoot,
  versionOf,
  withBrowser,
  withIngress,
} from './browser.ts';

const everywhere = ['services', 'chains', 'packet', 'cluster', 'sources', 'diff'];

/** What the page is given, and the screens that are something else with it. */
const subjects = {
  change: { data: dataOf(local, { before: serviceTest }), views: everywhere },
  ingress: { data: dataOf(withIngress), views: ['cluster', 'sources'] },
  dump: { data: dataOf(dump), views: ['services', 'chains', 'packet'] },
  faulty: { data: dataOf(versionOf(['a'], { a: 'kind: [' })), views: ['services'] },
} as const;
/** A desk, a tablet and a telephone. */
const widths = { light: [1440, 390], dark: [1024, 390] } as const;
const more = '&node=node-2&rule=nat/KUBE-NODEPORTS/1';

inBrowser('everybody can use the page', () => {
  withBrowser();

  test.each([
    ['light', 'en-US'],
    ['dark', 'en-US'],
    ['light', 'ko-KR'],
    ['dark', 'ko-KR'],
  ] as const)(
    'axe finds nothing, %s, %s, wide and narrow',
    async (colorScheme, locale) => {
      for (const width of widths[colorScheme]) {
        const options = {
          colorScheme,
          locale,
          reducedMotion: 'reduce',
          viewport: { width, height: 900 },
        } as const;
        for (const [subject, { data, views }] of Object.entries(subjects)) {
          const { page, trouble } = await open(data, '', options);
          for (const view of views) {
            await goTo(page, `view=${view}${more}`);
            await shoot(page, `${subject}-${view}-${width}-${colorScheme}-${locale.slice(0, 2)}`);
            expect(await violations(page), `${subject}, ${view} at ${width}`).toEqual([]);
            // Nothing is wider than the window but what scrolls by itself.
            const wide = await page.evaluate(() => document.documentElement.scrollWidth);
            expect(wide, `${subject}, ${view}`).toBeLessThanOrEqual(width);
          }
          expect(trouble).toEqual([]);
          await page.context().close();
        }
      }
    },
    300_000,
  );

  test('by keyboard alone: from the list to a packet and a node that is off', async () => {
    const { page, trouble } = await open(dataOf(serviceTest));
    await press(page, 'Tab');
    expect(await focused(page)).toBe('Skip to the content');
    await press(page, 'Enter');
    await tabTo(page, 'name, type');
    await page.keyboard.type('service-test');
    await tabTo(page, 'default/service-test');
    await press(page, 'Enter');
    await page.locator('.graph').waitFor();
    await tabTo(page, 'KUBE-SVC');
    await press(page, 'Enter');
    await tabTo(page, 'KUBE-SVC[default/service-test] 1');
    await press(page, 'Enter');
    await page.getByText('In the compiled rules', { exact: false }).first().waitFor();
    await page.evaluate(() => scrollTo(0, 0));
    await page.locator('nav a', { hasText: 'Packet' }).focus();
    await press(page, 'Enter');
    await tabTo(page, 'Follow it');
    await press(page, 'Enter');
    await page.locator('.ribbon').first().waitFor();
    await page.locator('nav a', { hasText: 'Cluster' }).focus();
    await press(page, 'Enter');
    await tabTo(page, 'State of node-3');
    await press(page, 'ArrowDown');
    await page.getByText('before 33.33 %').first().waitFor();
    expect(trouble).toEqual([]);
  }, 300_000);
});

const press = (page: Page, key: string) => page.keyboard.press(key);

/** The name of what has the focus, as far as it matters here. */
async function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    const isUsed = element?.matches('a, button, input, select, summary') ?? false;
    const own = isUsed ? (element?.closest('label') ?? element)?.textContent : '';
    return `${element?.getAttribute('placeholder') ?? ''}${own}`.trim();
  });
}

/** Tabs on until something of that name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let steps = 0; steps < 80; steps += 1) {
    await press(page, 'Tab');
    if ((await focused(page)).includes(name)) return;
  }
  throw new Error(`Tab does not lead to ${name}`);
}
