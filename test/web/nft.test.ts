import { expect, test } from 'vitest';
import { packProgram } from '../../src/engine/pack.ts';
import { openProgram } from '../../src/session/program.ts';
import type { Source } from '../../src/text/source.ts';
import { dataOf, fixture, goTo, inBrowser, open, serviceTest, withBrowser } from './browser.ts';

const name = 'conformance/nftables/1.36.3/external-ips-local.nft';

inBrowser('a ruleset of nft in the page', () => {
  withBrowser();

  test('packets are walked, and chains drawn', async () => {
    const source = { name, text: fixture(name) };
    const { program } = openProgram({ dumps: [source], objects: [], config: null }, {});
    const version = { words: [], manifests: [], rules: source, config: null, lowered: packProgram(program) };
    const { page, trouble } = await open({
      title: name,
      version,
      before: null,
      options: {},
      state: '',
      live: null,
    });
    await goTo(page, '#view=packet&packet=tcp 10.244.1.9:40000 -> 10.96.0.10:80 from pod');
    await page.locator('.node.endpoint', { hasText: '10.244.2.7:8080' }).first().waitFor();
    expect(await page.getByText('meta l4proto tcp dnat ip to numgen random mod 2').count()).toBeGreaterThan(
      0,
    );
    await goTo(page, '#view=chains&service=default/web');
    await page.locator('.node.endpoint', { hasText: '10.244.3.9:8080' }).first().waitFor();
    expect(trouble).toEqual([]);
  });

  test('of manifests in nftables mode, the views are those that rules of one node can answer', async () => {
    const { manifests } = serviceTest;
    const { program, texts } = openProgram(
      { dumps: [], objects: manifests, config: null },
      { mode: 'nftables', node: 'node-2' },
    );
    const version = { ...serviceTest, lowered: packProgram(program), compiled: texts[0]?.source as Source };
    const { page, trouble } = await open(
      dataOf(version, { options: { mode: 'nftables', node: 'node-2' } }),
      '#view=cluster&service=default/service-test',
    );
    const views = page.getByRole('navigation').getByRole('link');
    expect(await views.allTextContents()).toEqual(['Services', 'Chains', 'Packet']);
    await page.getByRole('heading', { name: 'Services' }).waitFor();
    await goTo(page, '#view=packet&packet=tcp 198.51.100.7:40000 -> 10.100.0.3:32213 from external');
    await page.getByText('rule 1 of ip kube-proxy masquerading').first().waitFor();
    await page.getByText('kubenat trace --node node-2 --mode nftables').first().waitFor();
    expect(trouble).toEqual([]);
  });
});
