import { expect, test } from 'vitest';
import { packProgram } from '../../src/engine/pack.ts';
import { openProgram } from '../../src/session/program.ts';
import { fixture, goTo, inBrowser, open, withBrowser } from './browser.ts';

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
});
