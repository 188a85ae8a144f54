import { expect, test } from 'vitest';
import { dataOf, inBrowser, megabytesOfPages, open, versionOf, withBrowser } from './browser.ts';

const count = 10_000;
const endpointsEach = 10;

/** A cluster as kubectl prints it: 10,000 services with 10 endpoints each. */
function bigCluster(): string {
  const items: object[] = [];
  for (let node = 0; node < 100; node += 1) {
    const status = { addresses: [{ type: 'InternalIP', address: `172.16.0.${node + 1}` }] };
    items.push({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: `node-${node}` },
      spec: { podCIDR: `10.${node}.0.0/16` },
      status,
    });
  }
  for (let index = 0; index < count; index += 1) {
    const name = `service-${index}`;
    const address = `11.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
    const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
    items.push({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'default' },
      spec: { clusterIP: address, clusterIPs: [address], ports },
    });
    const endpoints = Array.from({ length: endpointsEach }, (_, at) => ({
      addresses: [`10.${(index + at) % 100}.${index >> 8}.${index & 255}`],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: `node-${(index + at) % 100}`,
    }));
    const metadata = {
      name: `${name}-x`,
      namespace: 'default',
      labels: { 'kubernetes.io/service-name': name },
    };
    items.push({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata,
      addressType: 'IPv4',
      endpoints,
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    });
  }
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 1);
}

inBrowser('ten thousand services', () => {
  withBrowser();

  // The machine may be busy with something else: one time of three must do.
  test('open in under 3 s and 500 MB, and stay smooth', { retry: 2, timeout: 120_000 }, async () => {
    const text = bigCluster();
    const began = performance.now();
    const { page, trouble } = await open(dataOf(versionOf(['cluster.json'], { 'cluster.json': text })));
    await page.getByText('10000 services').waitFor();
    const opened = performance.now() - began;
    const listed = await megabytesOfPages();
    // Of ten thousand rows only those in sight exist.
    expect(await page.locator('.list tbody tr').count()).toBeLessThan(60);
    await page.locator('.list').evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await page.getByText('default/service-9999').first().waitFor({ timeout: 1000 });
    const searching = performance.now();
    await page.getByRole('searchbox').fill('service-7777');
    await page.getByText('1 of 10000 services').waitFor();
    expect(performance.now() - searching).toBeLessThan(1000);
    await page.getByRole('link', { name: 'default/service-7777' }).click();
    await page.locator('.graph').waitFor({ timeout: 20_000 });
    const drawn = await megabytesOfPages();
    console.log(`list after ${Math.round(opened)} ms, ${listed} MB; chains ${drawn} MB`);
    expect(opened).toBeLessThan(3000);
    expect(listed).toBeLessThan(500);
    expect(drawn).toBeLessThan(500);
    expect(trouble).toEqual([]);
  });
});
