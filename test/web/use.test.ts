import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';
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

const packet = 'tcp 198.51.100.7:40000 -> 10.100.0.3:32213 from external';

inBrowser('what people do with the page', () => {
  withBrowser();

  test('they search for a service and look at its chains', async () => {
    const { page, trouble } = await open(dataOf(serviceTest));
    await page.getByRole('searchbox').fill('nothing of the kind');
    await expectText(page, 'No service matches.');
    await page.getByRole('searchbox').fill('loadbalancer 32213');
    await page.getByRole('link', { name: 'default/service-test' }).click();
    await page.getByRole('combobox', { name: 'Node', exact: true }).selectOption('node-2');
    const graph = page.getByRole('region', { name: /^Chains of default\/service-test on node-2/ });
    await graph.waitFor();
    // Two endpoints, each with half of the connections.
    expect(await graph.getByText('50 %').count()).toBe(2);
    expect(await graph.locator('.node.endpoint', { hasText: '10.0.3.2:8080' }).count()).toBe(1);
    await graph.getByRole('link', { name: /KUBE-NODEPORTS/ }).click();
    await page.getByRole('link', { name: /--dport 32213/ }).click();
    await expectText(page, '-A KUBE-NODEPORTS -p tcp');
    await expectText(page, 'Service default/service-test');
    await expectText(page, 'spec.ports[0].nodePort');
    // svc.txt, the table, is where the port is written.
    expect(await page.locator('.chosen-rule .excerpt mark').last().innerText()).toContain('32213');
    expect(trouble).toEqual([]);
  });

  test("a dump's rules, too, are led back to the manifests beside it, and not where those say otherwise", async () => {
    const both = { ...serviceTest, rules: dump.rules };
    const at = '#view=chains&node=node-2&rule=';
    const { page } = await open(dataOf(both, { options: { node: 'node-2' } }), `${at}nat/KUBE-NODEPORTS/1`);
    await expectText(page, 'spec.ports[0].nodePort');
    await goTo(page, 'view=chains&node=node-2&rule=nat/KUBE-MARK-MASQ/1');
    await expectText(page, 'No single field of a manifest');
  });

  test('they follow a packet: what the README shows of the command line', async () => {
    const { page, trouble } = await open(dataOf(serviceTest), '#view=packet&node=node-2');
    await page.getByLabel('The packet as text').fill(packet);
    await page.getByRole('button', { name: 'Follow it' }).click();
    expect(await page.getByText('50.00 %').count()).toBe(2);
    await expectText(page, "The server does not see the client's address 198.51.100.7 but 10.100.0.3");
    // The ribbon: called, translated, masqueraded, and back.
    const steps = await page.locator('.ribbon li').allInnerTexts();
    expect(steps.map((text) => text.split('\n')[0])).toEqual([
      'the client sends',
      'the destination is replaced',
      'the source is replaced',
      'it arrives',
      'the server answers',
      'this node translates it back',
    ]);
    expect(steps[5]).toContain('from 10.100.0.3:32213');
    expect(steps[5]).toContain('to 198.51.100.7:40000');
    // The path is lit, and the other endpoint is not.
    const lit = (await page.locator('.graph .node.lit').allTextContents()).join(' ');
    expect(lit).toContain('KUBE-NODEPORTS');
    expect(lit).toContain('10.0.3.2:8080');
    expect(lit).not.toContain('10.0.1.2:8080');
    await page.locator('.outcomes a').nth(1).click();
    expect((await page.locator('.graph .node.lit').allTextContents()).join(' ')).toContain('10.0.1.2:8080');
    // A rule that was tried in vain says why.
    await expectText(page, '-d 10.3.241.52/32 does not hold: the destination is 10.100.0.3');
    expect(trouble).toEqual([]);
  });

  test('the link and the command give the same again', async () => {
    const { page } = await open(dataOf(serviceTest), '#view=packet&node=node-2');
    await page.getByLabel('The packet as text').fill(packet);
    await page.getByRole('button', { name: 'Follow it' }).click();
    const shown = await page.locator('[data-json]').textContent();
    const command = (await page.locator('.share-box code').first().innerText()).slice('kubenat '.length);
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    expect((await kubenat([...words, '--format', 'json'])).out).toBe(shown);
    const link = await page.locator('.share-box code').nth(1).innerText();
    await page.goto('about:blank');
    await page.goto(link);
    expect(await page.locator('[data-json]').textContent()).toBe(shown);
  });

  test('a packet that is none is refused with its place, as on the command line', async () => {
    const { page, trouble } = await open(dataOf(serviceTest), '#view=packet&node=node-2');
    await page.getByLabel('The packet as text').fill('tcp 198.51.100.7 -> nowhere');
    await page.getByRole('button', { name: 'Follow it' }).click();
    const { err } = await kubenat([
      'trace',
      '--node',
      'node-2',
      '--packet',
      'tcp 198.51.100.7 -> nowhere',
      'fixtures/service-test',
    ]);
    expect(err).toContain((await page.locator('.problems pre').first().innerText()).trim());
    expect(trouble).toEqual([]);
  });

  test('of a dump alone, what is not known is said to be unknown, and not to be lost', async () => {
    const rules = { name: 'node.save', text: fixture('conformance/named/node-port-local/iptables.save') };
    const given = dataOf({ words: [], manifests: [], rules, config: null });
    const { page, trouble } = await open(given, '#view=packet');
    const outcomes = await page.locator('.outcomes li').allInnerTexts();
    expect(outcomes).toHaveLength(3);
    for (const text of outcomes) {
      expect(text).toMatch(/33\.33 %.*unknown: it is not known whether/s);
      expect(text).not.toContain('nothing arrives');
    }
    expect(trouble).toEqual([]);
  });

  test('of a dump alone they choose one of the services that its chains are named after', async () => {
    const rules = {
      name: 'node.save',
      text: fixture('conformance/named/small-real-cluster/iptables.save'),
    };
    const { page, trouble } = await open(
      dataOf({ words: [], manifests: [], rules, config: null }),
      '#view=chains&service=prod/shop',
    );
    const drawn = () => page.locator('.graph .node').allTextContents();
    expect((await drawn()).filter((text) => text.includes('KUBE-SEP'))).toHaveLength(3);
    await page
      .getByRole('combobox', { name: 'Service', exact: true })
      .selectOption('kube-system/kube-dns:dns-tcp');
    expect((await drawn()).join()).toContain('10.244.1.2:53');
    expect((await drawn()).join()).not.toContain('10.244.1.2:9153');
    // What the page does not know, it says how to give it.
    await page.getByRole('link', { name: 'Cluster' }).click();
    await expectText(page, 'kubenat report --rules node.save --cluster cluster.yaml');
    expect(trouble).toEqual([]);
  });

  test('they go from one service to another, on whichever screen they are', async () => {
    const many = versionOf(['c.yaml'], {
      'c.yaml': fixture('conformance/named/small-real-cluster/cluster.yaml'),
    });
    const { page, trouble } = await open(dataOf(many), '#view=sources');
    await page.getByRole('combobox', { name: 'Service', exact: true }).selectOption('prod/postgres');
    await expectText(page, 'Who reaches prod/postgres, port 5432/TCP');
    await page.getByRole('link', { name: 'Packet' }).click();
    await page.getByRole('link', { name: 'outside of the cluster → cluster address' }).click();
    expect(await page.locator('.share-box code').first().innerText()).toContain(
      'tcp 198.51.100.7:40000 -> 10.96.7.8:5432 from external',
    );
    expect(trouble).toEqual([]);
  });

  test('they print it: all rows, nothing cut, and no controls', async () => {
    const texts = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [
        `${index}.yaml`,
        `apiVersion: v1\nkind: Service\nmetadata: {name: service-${index}}\nspec: {ports: [{port: 80}]}\n`,
      ]),
    );
    const { page } = await open(dataOf(versionOf(['.'], texts)));
    const rows = page.locator('.list tbody tr:not(.spacer)');
    expect(await rows.count()).toBeLessThan(60);
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    await page.getByText('default/service-99', { exact: true }).waitFor();
    expect(await rows.count()).toBe(200);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    await page.emulateMedia({ media: 'screen' });
    for (const view of ['services', 'chains', 'packet', 'cluster', 'sources', 'diff']) {
      const { page: printed } = await open(dataOf(local, { before: serviceTest }), `#view=${view}`);
      await printed.setViewportSize({ width: 720, height: 1000 });
      await printed.emulateMedia({ media: 'print' });
      const cut = await printed.evaluate(() =>
        [...document.querySelectorAll('.list, .graph-box, .table-box, main')]
          .filter((box) => box.scrollWidth > box.clientWidth + 1)
          .map(({ className }) => className),
      );
      expect(cut, view).toEqual([]);
      expect(await printed.locator('nav:visible, button:visible').allInnerTexts(), view).toEqual([]);
      await printed.context().close();
    }
  });

  test('they switch a node off, and change a policy', async () => {
    const { page, trouble } = await open(dataOf(serviceTest), '#view=cluster');
    const card = (name: string) => page.locator('.card', { hasText: name }).first();
    expect(await card('node-1').innerText()).toContain('33.33 %');
    await page.getByLabel('State of node-3').selectOption('off');
    expect(await card('node-1').innerText()).toContain('50 %');
    expect(await card('node-1').innerText()).toContain('before 33.33 %');
    // The only pod that is left gets everything.
    expect(await card('10.0.1.2:8080').innerText()).toContain('100 %');
    await page.getByLabel(/externalTrafficPolicy/).selectOption('Local');
    expect(await card('10.0.1.2:8080').innerText()).toContain('the client’s own address');
    expect(await card('node-2').innerText()).toContain('0 %');
    await expectText(page, 'kubenat explain --without-node node-3');
    await page.getByRole('button', { name: 'As it was' }).click();
    expect(await card('node-1').innerText()).toContain('33.33 %');
    expect(trouble).toEqual([]);
  });

  test('they follow a request through an Ingress', async () => {
    const { page, trouble } = await open(dataOf(withIngress), '#view=cluster&service=default/service-test');
    await page.getByRole('heading', { name: 'Ingress default/test-ingress' }).waitFor();
    expect(await page.locator('.card', { hasText: '10.0.1.2:8080' }).count()).toBeGreaterThan(0);
    expect(trouble).toEqual([]);
  });

  test('they read the matrix: every verdict is a word, and no colour alone', async () => {
    const { page } = await open(dataOf(serviceTest), '#view=sources');
    const cells = await page.locator('td').allInnerTexts();
    expect(cells.length).toBeGreaterThan(20);
    expect(
      cells.every((text) => /client (?:seen|hidden)|depends|refused|not routed|not a way/.test(text)),
    ).toBe(true);
  });

  test('they sort and search the matrix, and send a link to what they see', async () => {
    const { page } = await open(dataOf(serviceTest), '#view=sources');
    const entries = () => page.locator('tbody th').allInnerTexts();
    const all = await entries();
    await page.getByRole('button', { name: 'Entry / client' }).click();
    await expect.poll(entries).toEqual([...all].sort());
    await page.getByRole('button', { name: 'Entry / client' }).click();
    await expect.poll(async () => (await entries())[0]).toBe([...all].sort().at(-1));
    await page.getByRole('searchbox').fill('node port');
    await expect.poll(async () => (await entries()).length).toBeLessThan(all.length);
    const shown = await entries();
    const { page: other } = await open(dataOf(serviceTest), new URL(page.url()).hash);
    await expect.poll(() => other.locator('tbody th').allInnerTexts()).toEqual(shown);
    // Another view begins with all of its rows.
    await page.getByRole('link', { name: 'Cluster' }).click();
    await page.getByRole('link', { name: 'Source addresses' }).click();
    await expect.poll(entries).toEqual(all);
  });

  test('they sort and search the classes of a change, each with its number', async () => {
    const { page } = await open(dataOf(local, { before: serviceTest }), '#view=diff&node=node-2');
    const classes = () => page.locator('.classes li').allInnerTexts();
    await expect.poll(async () => (await classes()).length).toBeGreaterThan(1);
    const all = await classes();
    const byService = page.getByRole('button', { name: 'Service', exact: true });
    await byService.click();
    await expect.poll(() => page.url()).toContain('order=service');
    const upwards = await classes();
    expect([...upwards].sort()).toEqual([...all].sort());
    await byService.click();
    await expect.poll(classes).toEqual([...upwards].reverse());
    const [wanted = ''] = /port \d+/.exec(all.at(-1) ?? '') ?? [];
    await page.getByRole('searchbox', { name: 'Search' }).fill(wanted);
    await expect.poll(classes).toEqual(all.filter((text) => text.includes(wanted)));
  });

  test('they read what a change does', async () => {
    const { page, trouble } = await open(dataOf(local, { before: serviceTest }), '#view=diff&node=node-2');
    await expectText(page, 'now dropped');
    expect(await page.locator('.classes li').first().innerText()).toContain('high');
    const sides = page.locator('.steps');
    expect(await sides.first().innerText()).toContain('KUBE-SVC');
    expect(await sides.last().innerText()).toContain('has no local endpoints');
    // The witness walks along both ways at once.
    const at = () =>
      page
        .locator('.steps')
        .first()
        .locator('li')
        .evaluateAll((all) => all.findIndex((one) => one.classList.contains('here')));
    const first = await at();
    await page.waitForFunction(
      (old) =>
        [...document.querySelectorAll('.steps')][0]
          ?.querySelectorAll('li')
          [old]?.classList.contains('here') === false,
      first,
    );
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(trouble).toEqual([]);
  });

  test('who wants no motion gets none', async () => {
    const { page } = await open(dataOf(local, { before: serviceTest }), '#view=diff&node=node-2', {
      reducedMotion: 'reduce',
    });
    await page.getByRole('button', { name: 'Play' }).waitFor();
    expect(await page.locator('.steps li.here').count()).toBe(2);
    await page.waitForTimeout(1600);
    expect(await page.locator('.steps').first().locator('li').first().getAttribute('class')).toContain(
      'here',
    );
  });

  test('Korean readers get the page’s own words in Korean, and can switch', async () => {
    const { page } = await open(dataOf(serviceTest), '', { locale: 'ko-KR' });
    expect(await page.locator('html').getAttribute('lang')).toBe('ko');
    await expectText(page, '서비스 1개');
    await page.getByRole('button', { name: 'English' }).click();
    await expectText(page, '1 service');
  });

  test('a page without readable files says what is wrong with them', async () => {
    const manifests = [
      {
        name: 'svc.yaml',
        text: 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 70000}]}\n',
      },
    ];
    const { page, trouble } = await open(
      dataOf({ words: ['svc.yaml'], manifests, rules: null, config: null }),
    );
    await expectText(page, 'This cannot be shown');
    await expectText(page, 'svc.yaml:4');
    expect(trouble).toEqual([]);
  });
});

async function expectText(page: Page, text: string): Promise<void> {
  await page.getByText(text).first().waitFor();
}
