import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { en } from '../../src/web/page/words/en.ts';
import { kubenat } from '../cli/harness.ts';
import { dataOf, fixture, inBrowser, open, serviceTest, versionOf, withBrowser } from './browser.ts';

/** What the page says to type, as a shell splits it, without the command's own name. */
async function commandOf(page: Page): Promise<string[]> {
  const text = await page.locator('.share-box code').first().innerText();
  const words = [...text.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  expect(words[0]).toBe('kubenat');
  return words.slice(1);
}

interface ExplainJson {
  readonly services: readonly {
    readonly ports: readonly {
      readonly entries: readonly {
        readonly address: string;
        readonly via?: string;
        readonly cells: readonly {
          readonly client: { readonly kind: string; readonly address: string };
          readonly results: readonly {
            readonly result: keyof typeof en.cell | 'reached';
            readonly preserved: boolean | null;
            readonly probability: number;
            readonly server?: string;
          }[];
        }[];
      }[];
    }[];
  }[];
}

async function explained(page: Page): Promise<ExplainJson> {
  const { status, out } = await kubenat([...(await commandOf(page)), '--format', 'json']);
  expect(status).toBeLessThan(2);
  return JSON.parse(out);
}

inBrowser('the commands that the page tells print the same', () => {
  withBrowser();

  test('explain: every cell of the matrix', async () => {
    const { page } = await open(dataOf(serviceTest), '#view=sources');
    const shown = await page.locator('table').evaluate((table) => {
      const [, ...clients] = [...table.querySelectorAll('thead th code')].map((one) => one.textContent);
      const heads = [...table.querySelectorAll('thead th')].slice(1);
      const names = heads.map((head) => head.querySelector('code')?.textContent ?? '');
      const rows = [...table.querySelectorAll('tbody tr')];
      return clients.length === 0
        ? []
        : rows.flatMap((row) => {
            const entry = row.querySelector('th code')?.textContent ?? '';
            const cells = [...row.querySelectorAll('td')];
            return cells.map((cell, index) => {
              const said = cell.querySelector('.cell')?.textContent?.replace(/^\S+ /, '') ?? '';
              return `${entry} ${names[index]}: ${said}`;
            });
          });
    });
    const { services } = await explained(page);
    const printed = services.flatMap(({ ports }) =>
      ports.flatMap(({ entries }) =>
        entries.flatMap(({ address, cells }) =>
          // Requests through an Ingress are named by their addresses on the web.
          (address.includes('//') ? [] : cells).map(({ client, results }) => {
            const verdicts = results.map(({ result, preserved }) =>
              result === 'reached' ? (preserved ? 'kept' : 'hidden') : result,
            );
            const [first = 'unknown', ...others] = new Set(verdicts);
            return `${address} ${client.address}: ${en.cell[others.length === 0 ? first : 'mixed']}`;
          }),
        ),
      ),
    );
    expect(printed.length).toBeGreaterThan(30);
    expect(shown).toEqual(expect.arrayContaining(printed));
  });

  test('explain: the shares of a cluster with a node off', async () => {
    const place = '#view=cluster&off=node-3&entry=load-balancer 35.184.97.156:80';
    const { page, trouble } = await open(dataOf(serviceTest), place);
    await page.getByRole('heading', { name: 'Pods' }).waitFor();
    const pods = await page.locator('.columns > div').last().locator('.card').allInnerTexts();
    const shown = pods.map((text) => text.split('\n').map((line) => line.split(' (')[0]));
    const { services } = await explained(page);
    const entry = services[0]?.ports[0]?.entries.find(({ address }) => address === '35.184.97.156:80');
    const outside = entry?.cells.find(({ client }) => client.kind === 'outside');
    const shares = new Map<string, number>();
    for (const { server, probability } of outside?.results ?? [])
      if (server) shares.set(server, (shares.get(server) ?? 0) + probability);
    expect([...shares]).toEqual([['10.0.1.2:8080', 1]]);
    expect(shown.map(([name, share]) => `${name} ${share}`)).toEqual([
      '10.0.1.2:8080 node-1 100 %',
      '10.0.3.2:8080 node-3 0 %',
    ]);
    // The picture shows the ways that are left.
    const picture = page.locator('.flow .graph');
    expect(await picture.locator('.node').allTextContents()).not.toContain('node-3');
    expect(await picture.getByText('50 %').count()).toBe(4);
    expect(trouble).toEqual([]);
  });

  test('diff: the classes, also with another configuration before', async () => {
    const side = (name: string) => ({
      ...versionOf([`fixtures/diff/${name}/shop.yaml`], {
        [`fixtures/diff/${name}/shop.yaml`]: fixture(`diff/${name}/shop.yaml`),
      }),
      config: {
        name: `fixtures/diff/${name}/kube-proxy.yaml`,
        text: fixture(`diff/${name}/kube-proxy.yaml`),
      },
    });
    const { page } = await open(dataOf(side('policy-local'), { before: side('before') }), '#view=diff');
    const classes = await page.locator('.classes li').count();
    const command = await commandOf(page);
    expect(command).toContain('--config-after');
    const { status, out } = await kubenat(command);
    expect(status).toBe(1);
    expect(out).toContain(`${classes} classes of packets`);
  });

  test('where no command can say it, none is told', async () => {
    const more = { ...serviceTest, words: ['a.yaml', 'b.yaml', 'c.yaml'] };
    const { page } = await open(dataOf(serviceTest, { before: more }), '#view=diff');
    await page.getByText('Proved: no packet changes fate.').waitFor();
    expect(await page.locator('.share-box').count()).toBe(0);
  });
});
