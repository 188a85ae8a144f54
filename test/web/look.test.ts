import { expect, test } from 'vitest';
import { dataOf, inBrowser, open, serviceTest, shoot, withBrowser } from './browser.ts';

inBrowser('look', () => {
  withBrowser();
  test.each(['services', 'chains', 'packet', 'cluster', 'sources'])('%s', async (view) => {
    const { page, trouble } = await open(
      dataOf(serviceTest),
      `#view=${view}&service=default/service-test&node=node-2`,
    );
    await page.waitForTimeout(300);
    await shoot(page, `look-${view}`);
    expect(trouble).toEqual([]);
  });
});
