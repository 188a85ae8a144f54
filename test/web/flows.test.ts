import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cases, readCase } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';
import { dataOf, inBrowser, open, serviceTest, withBrowser } from './browser.ts';

inBrowser('the same packet gives the same JSON', () => {
  withBrowser();
  test('in the page and on the command line, for all recorded flows', async () => {
    const { page, trouble } = await open(dataOf(serviceTest));
    let packets = 0;
    for (const recorded of cases) {
      const { folder, node, family, id } = recorded;
      const source = (name: string) => ({ name: join(folder, name), text: readCase(recorded, name) });
      const data = dataOf(
        { words: [], manifests: [source('cluster.yaml')], rules: null, config: source('kube-proxy.yaml') },
        { options: { node, family } },
      );
      const flows = source('flows.json');
      const inPage = await page.evaluate(
        ([given, asked]) => {
          const { kubenat } = globalThis as unknown as { kubenat: { traceFlows(...all: unknown[]): string } };
          return kubenat.traceFlows(given, asked);
        },
        [data, flows] as const,
      );
      const flags = ['--node', node, '--family', family, '--config', join(folder, 'kube-proxy.yaml')];
      const files = ['--flows', flows.name, '--format', 'json', join(folder, 'cluster.yaml')];
      const { out } = await kubenat(['trace', ...flags, ...files]);
      expect(inPage, id).toBe(out);
      packets += JSON.parse(out).results.length;
    }
    expect(packets).toBeGreaterThan(5000);
    expect(trouble).toEqual([]);
  }, 300_000);
});
