import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { violations } from './axe.ts';
import { dataOf, inBrowser, local, open, serviceTest, shoot, versionOf, withBrowser } from './browser.ts';

const endpoints = Array.from(
  { length: 16 },
  (_, at) => `  - { addresses: [10.244.1.${at + 10}], nodeName: node-1, conditions: { ready: true } }`,
);

/** A service with more endpoints than anybody tells apart, and one with none. */
const wide = versionOf(['wide.yaml'], {
  'wide.yaml': `apiVersion: v1
kind: Node
metadata: { name: node-1 }
spec: { podCIDR: 10.244.1.0/24 }
status: { addresses: [{ type: InternalIP, address: 192.0.2.11 }] }
---
apiVersion: v1
kind: Service
metadata: { name: wide, namespace: default }
spec: { type: NodePort, clusterIP: 10.96.0.10, ports: [{ name: http, port: 80, targetPort: 8080, nodePort: 30080 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: wide-1, namespace: default, labels: { kubernetes.io/service-name: wide } }
addressType: IPv4
ports: [{ name: http, port: 8080, protocol: TCP }]
endpoints:
${endpoints.join('\n')}
---
apiVersion: v1
kind: Service
metadata: { name: none, namespace: default }
spec: { clusterIP: 10.96.0.20, ports: [{ port: 80 }] }
`,
});

const packet = 'tcp 198.51.100.7:40000 -> 10.100.0.3:32213 from external';
const isWithin = async (page: Page) =>
  (await page.evaluate(() => document.documentElement.scrollWidth)) <= (page.viewportSize()?.width ?? 0);

/** What is on the screen now is for everybody, and no wider than the window. */
async function isSound(page: Page, name: string): Promise<void> {
  for (const width of [1440, 1024, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await shoot(page, `tries-${name}-${width}`);
    expect(await isWithin(page), `${name} at ${width}`).toBe(true);
  }
  expect(await violations(page), name).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
}

inBrowser('what people try on the page', () => {
  withBrowser();

  test('the list is sorted by a column, and a link keeps the order', async () => {
    const { page, trouble } = await open(dataOf(wide));
    const first = () => page.locator('tbody th').first().innerText();
    expect(await first()).toBe('default/none');
    const column = page.getByRole('columnheader', { name: 'Endpoints' });
    await column.getByRole('button').click();
    expect(await column.getAttribute('aria-sort')).toBe('ascending');
    expect(await first()).toBe('default/none');
    await column.getByRole('button').click();
    expect(await column.getAttribute('aria-sort')).toBe('descending');
    expect(await first()).toBe('default/wide');
    expect(page.url()).toContain('sort=-endpoints');
    await page.reload();
    await page.locator('tbody th').first().waitFor();
    expect(await first()).toBe('default/wide');
    await isSound(page, 'sorted');
    expect(trouble).toEqual([]);
  });

  test('endpoints beyond eight are one, which opens; the picture is made larger, and searched', async () => {
    const { page, trouble } = await open(dataOf(wide), '#view=chains&service=default/wide');
    const nodes = page.locator('.graph .node.endpoint');
    expect(await nodes.count()).toBe(9);
    const more = page.getByRole('link', { name: '8 more endpoints' });
    // Half of the connections go to the half that is not drawn.
    expect(await page.locator('.graph .said', { hasText: '50 %' }).count()).toBe(1);
    const width = async () => (await page.locator('svg.graph').boundingBox())?.width ?? 0;
    const before = await width();
    await page.getByRole('button', { name: 'Larger' }).click();
    await page.getByRole('button', { name: 'Larger' }).click();
    expect(await width()).toBeGreaterThan(before * 1.2);
    await isSound(page, 'bundle');
    await page.getByLabel('Find in the picture').fill('10.244.1.11');
    expect(await page.locator('.graph .node.found').count()).toBeGreaterThan(0);
    await more.click();
    expect(await nodes.count()).toBe(16);
    await page.getByRole('link', { name: 'Fewer endpoints' }).click();
    expect(await nodes.count()).toBe(9);
    expect(trouble).toEqual([]);
  });

  test('a rule is left out, and another is tried in its place: the packet is answered at once', async () => {
    const at = `#view=packet&node=node-2&packet=${encodeURIComponent(packet)}&rule=nat/KUBE-NODEPORTS/1`;
    const { page, trouble } = await open(dataOf(serviceTest), at);
    expect(await page.locator('.outcomes').first().innerText()).toContain('10.0.3.2:8080');
    await page.getByRole('button', { name: 'Leave it out' }).click();
    // Nobody listens on the node port: the packet is the node's own.
    const now = page.locator('.outcomes').last();
    await page.getByRole('region', { name: 'Rules that are tried' }).waitFor();
    expect(await page.locator('.outcomes.was').innerText()).toContain('10.0.3.2:8080');
    expect(await now.innerText()).toContain('to the node itself');
    expect(page.url()).toContain('edits=');
    await isSound(page, 'rule');
    await page.reload();
    await page.getByRole('region', { name: 'Rules that are tried' }).waitFor();
    expect(await now.innerText()).toContain('to the node itself');
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await page.locator('.outcomes').first().innerText()).toContain('10.0.3.2:8080');

    const text = page.getByLabel('Try another rule in its place');
    await text.fill('-p tcp -m tcp --dport -j ACCEPT');
    await page.getByRole('button', { name: 'Try it' }).click();
    expect(await page.locator('.problems').innerText()).toContain('--dport');
    await text.fill('-p tcp -m tcp --dport 1 -j ACCEPT');
    await page.getByRole('button', { name: 'Try it' }).click();
    expect(await now.innerText()).toContain('to the node itself');
    expect(trouble).toEqual([]);
  });

  test('an endpoint is taken out, and put back', async () => {
    const { page, trouble } = await open(dataOf(serviceTest), '#view=cluster');
    const card = (name: string) => page.locator('.card', { hasText: name }).first();
    expect(await card('10.0.1.2:8080').innerText()).toContain('50 %');
    await page.getByRole('button', { name: 'Take out 10.0.1.2:8080' }).click();
    expect(await card('10.0.3.2:8080').innerText()).toContain('100 %');
    expect(await card('10.0.1.2:8080').innerText()).toContain('before 50 %');
    expect(page.url()).toContain('gone=10.0.1.2');
    await isSound(page, 'endpoint');
    await page.getByRole('button', { name: 'Put back 10.0.1.2:8080' }).click();
    expect(await card('10.0.1.2:8080').innerText()).toContain('50 %');
    expect(trouble).toEqual([]);
  });

  test('a change is drawn: where packets went, and where they go', async () => {
    const { page, trouble } = await open(dataOf(local, { before: serviceTest }), '#view=diff&node=node-2', {
      reducedMotion: 'reduce',
    });
    const picture = page.getByRole('region', { name: 'What moved' });
    expect(await picture.getByText('10.0.3.2:8080').count()).toBeGreaterThan(0);
    expect(await picture.locator('.edge.was').count()).toBeGreaterThan(0);
    expect(await picture.locator('.edge.now').count()).toBeGreaterThan(0);
    expect(await picture.getByText('50 % → 0 %').count()).toBeGreaterThan(0);
    await isSound(page, 'moved');
    expect(trouble).toEqual([]);
  });
});
