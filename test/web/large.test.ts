import { expect, test } from 'vitest';
import { generateCluster } from '../../bench/generate.ts';
import { dataOf, inBrowser, open, versionOf, withBrowser } from './browser.ts';

// How long it takes and what memory, `npm run bench page` says.
inBrowser('ten thousand services', () => {
  withBrowser();

  test('are listed, scrolled, found and drawn, and only those in sight exist', {
    timeout: 120_000,
  }, async () => {
    const { json } = generateCluster(10_000, 10);
    const { page, trouble } = await open(dataOf(versionOf(['cluster.json'], { 'cluster.json': json })));
    await page.getByText('10000 services').waitFor();
    expect(await page.locator('.list tbody tr').count()).toBeLessThan(60);
    await page.locator('.list').evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await page.getByText('team-9/service-09959').first().waitFor();
    expect(await page.locator('.list tbody tr').count()).toBeLessThan(60);
    await page.getByRole('searchbox').fill('service-07777');
    await page.getByText('1 of 10000 services').waitFor();
    await page.getByRole('link', { name: 'team-27/service-07777' }).click();
    await page.locator('.graph').waitFor();
    expect(trouble).toEqual([]);
  });
});
