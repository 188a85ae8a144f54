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

  test('diff', async () => {
    const local = {
      ...serviceTest,
      manifests: serviceTest.manifests.map(({ name, text }) => ({
        name,
        text: text.replace('type: LoadBalancer', 'type: LoadBalancer\n  externalTrafficPolicy: Local'),
      })),
    };
    const { page, trouble } = await open(dataOf(local, { before: serviceTest }), '#view=diff&node=node-2');
    await page.waitForTimeout(1500);
    await shoot(page, 'look-diff');
    expect(trouble).toEqual([]);
  });
});
