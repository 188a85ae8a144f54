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
