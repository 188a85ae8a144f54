import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  dataOf,
  dump,
  fixture,
  goTo,
  inBrowser,
  local,
  open,
  serviceTest,
  versionOf,
  withBrowser,
  withIngress,
} from './browser.ts';

/** Two words of English in a row, where no name, no rule and no comment of kube-proxy's stands. */
async function englishIn(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const isOwn = (node: Node) =>
      !node.parentElement?.closest('code, pre, textarea, .problems, .share-box, title, .kind.file');
    const walker = document.createTreeWalker(document.getElementById('page') as Node, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    while (walker.nextNode()) if (isOwn(walker.currentNode)) found.push(walker.currentNode.textContent ?? '');
    return found;
  });
  return texts
    .map((text) => text.replaceAll(/“[^”]*”/g, ''))
    .filter((text) => /[a-z]{2,}['’]?[a-z]* [a-z]{2,}/.test(text));
}

const sourceIp = versionOf(['cluster.yaml'], { 'cluster.yaml': fixture('path/source-ip/cluster.yaml') });
const shop = (name: string) => versionOf(['shop.yaml'], { 'shop.yaml': fixture(`diff/${name}/shop.yaml`) });
const conformance = (name: string) =>
  versionOf(['cluster.yaml'], { 'cluster.yaml': fixture(`conformance/named/${name}/cluster.yaml`) });

inBrowser('Korean readers are told everything in Korean', () => {
  withBrowser();

  test.each([
    ['a change of a policy', dataOf(local, { before: serviceTest })],
    ['an Ingress', dataOf(withIngress)],
    ['many services', dataOf(sourceIp)],
    ['what a shop changes', dataOf(shop('source-range-widened'), { before: shop('before') })],
    ['a service that is no longer there', dataOf(shop('scale-to-zero'), { before: shop('before') })],
    ['a dump', dataOf(dump)],
    [
      'a dump before',
      dataOf(dump, { before: { ...dump, rules: { name: 'empty', text: '*nat\nCOMMIT\n' } } }),
    ],
    ['ranges', dataOf(conformance('load-balancer-source-ranges'))],
    ['affinity', dataOf(conformance('session-affinity'))],
    ['IPv6', dataOf(conformance('dual-stack-v6'), { options: { family: 'ipv6' } })],
    ['no service', dataOf(conformance('no-services'))],
  ])(
    '%s',
    async (_, data) => {
      const { page, trouble } = await open(data, '', { locale: 'ko-KR', reducedMotion: 'reduce' });
      const left = new Map<string, string[]>();
      for (const view of ['services', 'chains', 'packet', 'cluster', 'sources', 'diff']) {
        await goTo(page, `view=${view}${view === 'chains' ? '&rule=nat/KUBE-SERVICES/1' : ''}`);
        const english = await englishIn(page);
        if (english.length > 0) left.set(view, [...new Set(english)]);
      }
      expect(Object.fromEntries(left)).toEqual({});
      expect(trouble).toEqual([]);
    },
    300_000,
  );
});
