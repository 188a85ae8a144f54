import { expect, test } from 'vitest';
import { dataOf, inBrowser, open, versionOf, withBrowser } from './browser.ts';

const attack = `"><img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script></script><svg onload=globalThis.hacked=1>`;

/** Names that Kubernetes would refuse are not read at all; what is free text is all the attacker's. */
const manifests = {
  'nodes.yaml': `apiVersion: v1
kind: Node
metadata: {name: node-1, labels: {topology.kubernetes.io/zone: ${JSON.stringify(attack)}}}
spec: {podCIDR: 10.0.1.0/24}
status: {addresses: [{type: InternalIP, address: 10.100.0.2}]}
`,
  [attack]: `# ${attack}
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations: {note: ${JSON.stringify(attack)}, service.kubernetes.io/topology-mode: ${JSON.stringify(attack)}}
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.1
  ports: [{port: 80, nodePort: 30080}]
status: {loadBalancer: {ingress: [{hostname: ${JSON.stringify(attack)}}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.0.1.7], nodeName: node-1}]
ports: [{port: 8080}]
---
apiVersion: ${JSON.stringify(attack)}
kind: ${JSON.stringify(attack)}
metadata: {name: ${JSON.stringify(attack)}}
`,
};

const comment = attack.replaceAll('"', "'");
const dump = `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]
-A PREROUTING -d 10.96.0.1/32 -p tcp -m comment --comment "${comment}" -m tcp --dport 80 -j KUBE-SVC-AAAAAAAAAAAAAAAA
-A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "default/${comment}" -p tcp -j DNAT --to-destination 10.0.1.7:8080
COMMIT
`;

const version = versionOf([attack], manifests);
const places = [
  '#view=services',
  '#view=chains&rule=nat/KUBE-SERVICES/1',
  '#view=packet',
  '#view=cluster',
  '#view=sources',
  '#view=diff',
  `#view=packet&packet=${encodeURIComponent(attack)}&search=${encodeURIComponent(attack)}`,
  `#view=cluster&entry=${encodeURIComponent(attack)}&off=${encodeURIComponent(attack)}&client=${encodeURIComponent(attack)}`,
  `#view=${encodeURIComponent(attack)}&service=${encodeURIComponent(attack)}`,
  `#view=chains&rule=${encodeURIComponent(attack)}&node=${encodeURIComponent(attack)}&port=__proto__`,
];

inBrowser('what is in a manifest or a dump is never run', () => {
  withBrowser();

  test.each(places)('manifests, at %s', async (place) => {
    const { page, trouble } = await open(
      dataOf(version, { title: attack, before: version, state: attack }),
      place,
    );
    await page.waitForTimeout(100);
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
    expect(await page.locator('img, iframe, object, [onload], [onerror]').count()).toBe(0);
    expect(trouble).toEqual([]);
  });

  test.each(['chains&rule=nat/PREROUTING/1', 'packet'])('a dump, at %s', async (view) => {
    const data = dataOf(
      { words: [], manifests: [], rules: { name: attack, text: dump }, config: null },
      { title: attack },
    );
    const { page, trouble } = await open(data, `#view=${view}`);
    await page.getByText('onerror', { exact: false }).first().waitFor();
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
    expect(await page.locator('img, iframe, object, [onload], [onerror]').count()).toBe(0);
    expect(trouble).toEqual([]);
  });

  test('what would act on the reader is shown as a sign', async () => {
    // A terminal's title and colours, lines that are none, and marks that turn the writing direction.
    const acting =
      '\u001b]0;owned\u0007\u001b[31m \u2028 \u2029 \u202egnp.exe\u202c \u2066x\u2069 \u200f\u009b';
    const named = versionOf([acting], {
      ...manifests,
      [acting]: (manifests[attack] as string).replaceAll(JSON.stringify(attack), JSON.stringify(acting)),
      'nodes.yaml': manifests['nodes.yaml'].replaceAll(JSON.stringify(attack), JSON.stringify(acting)),
    });
    const rules = { name: acting, text: dump.replaceAll(comment, 'x \u202egnp.exe \u2028 \u001b[31m') };
    const places = [
      ...['services', 'chains&rule=nat/KUBE-SERVICES/1', 'packet', 'cluster', 'sources', 'diff'].map(
        (view) => [dataOf(named, { title: acting, before: named }), view] as const,
      ),
      ...['chains&rule=nat/PREROUTING/1', 'packet'].map(
        (view) =>
          [dataOf({ words: [], manifests: [], rules, config: null }, { title: acting }), view] as const,
      ),
      [dataOf(named), `packet&packet=${encodeURIComponent(`tcp ${acting}`)}`] as const,
    ];
    for (const [data, view] of places) {
      const { page, trouble } = await open(data, `#view=${view}`);
      const read = await page.evaluate(() => {
        const attributes = [...document.querySelectorAll('[title], [aria-label]')];
        const also = attributes.map(
          (one) => `${one.getAttribute('title')} ${one.getAttribute('aria-label')}`,
        );
        return [document.title, document.getElementById('page')?.textContent, ...also].join('\n');
      });
      expect(read, view).not.toMatch(
        /[^\n\P{Cc}]|[\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u,
      );
      expect(read, view).toMatch(/[\u2400-\u2421\ufffd]/);
      expect(trouble).toEqual([]);
      await page.context().close();
    }
  }, 300_000);

  test('the policy stops what would run all the same', async () => {
    const { page } = await open(dataOf(version));
    const stopped = await page.evaluate(async () => {
      const script = document.createElement('script');
      const attempts = {
        script: () => {
          script.append('globalThis.hacked = 1');
          document.body.append(script);
        },
        markup: () => {
          document.body.innerHTML = '<b>x</b>';
        },
      };
      const names: string[] = [];
      for (const [name, attempt] of Object.entries(attempts)) {
        try {
          attempt();
        } catch {
          names.push(name);
        }
      }
      const fetched = await fetch('https://example.org/').catch(() => 'refused');
      return { names, fetched, hacked: (globalThis as { hacked?: unknown }).hacked };
    });
    // Trusted types refuse texts that would become markup or scripts before the policy is even asked.
    expect(stopped.names).toContain('markup');
    expect(stopped.fetched).toBe('refused');
    expect(stopped.hacked).toBeUndefined();
  });
});
