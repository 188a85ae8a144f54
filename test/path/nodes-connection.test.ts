import { describe, expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';
import { cluster, inFamily, rulesOf, scenarios, settings, withFirewall } from '../kernel/three-nodes.ts';

interface Outcome {
  readonly verdict: string;
  readonly at: Readonly<Record<string, unknown>> | null;
  readonly server: string | null;
  readonly seen: string | null;
  readonly weight: string;
  readonly steps: readonly { readonly step: string; readonly nodes: readonly { readonly node: string }[] }[];
}

/** Asks in one of the scenarios that test/kernel/connection.test.ts holds against real connections. */
async function connect(name: string, packet: string, ...more: readonly string[]) {
  const { config, serviceRoute, firewall } = scenarios.find(
    (one) => one.name === name,
  ) as (typeof scenarios)[number];
  const files: Record<string, string> = { 'cluster.yaml': cluster, 'kube-proxy.yaml': config };
  const flags = ['--config', 'kube-proxy.yaml', 'cluster.yaml'];
  const ownRules: Record<string, string> = {};
  for (const node of Object.keys(firewall ?? {}))
    ownRules[node] = (await kubenat(['compile', '--node', node, ...flags], files)).out;
  const route = serviceRoute === undefined ? [] : ['--service-route', serviceRoute];
  const firewalled = Object.entries(firewall ?? {}).flatMap(([node, more]) => {
    files[`${node}.save`] = withFirewall(ownRules[node] as string, more);
    return ['--node-rules', `${node}=${node}.save`];
  });
  const own = ['trace', '--nodes', 'all', ...firewalled, '--connection', packet];
  return kubenat([...own, ...route, ...more, ...flags], files);
}

async function outcomes(name: string, packet: string): Promise<readonly Outcome[]> {
  const { status, out, err } = await connect(name, packet, '--format', 'json');
  expect(status, err).toBe(0);
  const { results } = JSON.parse(out) as {
    readonly results: readonly { readonly outcomes: readonly Outcome[] }[];
  };
  return [...(results[0]?.outcomes ?? [])].sort((left, right) =>
    (left.server ?? '') < (right.server ?? '') ? -1 : 1,
  );
}

const answersDropped = 'a firewall on one node drops answers';
const dataDropped = 'a firewall on one node drops data';
const resetsDropped = 'one node rejects, and another one drops its resets';
const errorsDropped = 'one node rejects, and another one drops its errors to the outside';
const unmasked = 'a route for the cluster address, and nothing is masked';

describe('a connection through several nodes', () => {
  test.each(settings)('is followed in $family, under the rules of $mode', async ({ family, mode }) => {
    const told = (text: string) => inFamily(text, family);
    const own = {
      'node-3': [
        {
          chain: 'FORWARD',
          iptables: '-A FORWARD -s 10.0.3.2/32 -p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK -j DROP',
          nft: 'IP saddr 10.0.3.2 tcp flags syn,ack / syn,ack drop',
        },
      ],
    };
    const kind = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';
    const files: Record<string, string> = {
      'cluster.yaml': told(cluster),
      'kube-proxy.yaml': `${kind}mode: ${mode}\n`,
    };
    const flags = ['--config', 'kube-proxy.yaml', '--family', family, 'cluster.yaml'];
    const compiled = await kubenat(['compile', '--node', 'node-3', ...flags], files);
    files['own.rules'] = rulesOf(compiled.out, 'node-3', { name: '', config: '', own }, { family, mode });
    const args = ['trace', '--nodes', 'all', '--node-rules', 'node-3=own.rules', ...flags];
    const packet = told('tcp 10.0.2.9 -> 10.96.0.10:80');
    const asked = [...args, '--connection', packet];
    const { status, out, err } = await kubenat([...asked, '--format', 'json'], files);
    expect(status, err).toBe(0);
    const { outcomes } = (JSON.parse(out) as { results: { outcomes: Outcome[] }[] }).results[0] as {
      outcomes: Outcome[];
    };
    const verdicts = outcomes.map(({ verdict, server, at }) => [verdict, server, at?.node ?? null]);
    expect(verdicts.sort()).toEqual([
      ['established', told('10.0.1.2:8080'), null],
      ['no-answer', told('10.0.3.2:8080'), 'node-3'],
    ]);
    const text = await kubenat(asked, files);
    const rule = mode === 'iptables' ? /--tcp-flags SYN,ACK SYN,ACK -j DROP/ : /tcp flags .*syn.* drop/;
    expect(text.out).toMatch(rule);
  });

  test('is let in at one node and dropped at another', async () => {
    const [open, dropped] = await outcomes(
      answersDropped,
      'tcp 198.51.100.7 -> 10.100.0.3:32213 from external',
    );
    expect(open).toMatchObject({
      verdict: 'established',
      server: '10.0.1.2:8080',
      seen: '10.100.0.3',
      weight: '1/2',
    });
    expect(dropped).toMatchObject({
      verdict: 'no-answer',
      server: '10.0.3.2:8080',
      at: { step: 'SYN-ACK', node: 'node-3', table: 'filter', chain: 'FORWARD', rule: 1 },
    });
  });

  test('its translation is undone by the node that translated, packet by packet', async () => {
    const [open] = await outcomes(answersDropped, 'tcp 198.51.100.7 -> 10.100.0.3:32213 from external');
    const ways = open?.steps.map(({ step, nodes }) => `${step}: ${nodes.map(({ node }) => node).join(' ')}`);
    expect(ways).toEqual([
      'SYN: node-2 node-1',
      'SYN-ACK: node-1 node-2',
      'ACK: node-2 node-1',
      'data: node-2 node-1',
      'data back: node-1 node-2',
      'FIN: node-2 node-1',
      'FIN back: node-1 node-2',
    ]);
  });

  test('hangs where the handshake passes and data does not', async () => {
    const [, hanging] = await outcomes(dataDropped, 'tcp 10.0.2.9 -> 10.96.0.10:80');
    expect(hanging).toMatchObject({
      verdict: 'hangs',
      server: '10.0.3.2:8080',
      seen: '10.0.2.9',
      at: { step: 'data back', node: 'node-3', chain: 'FORWARD', rule: 1 },
    });
  });

  test('has no answer where that goes past the node that translated', async () => {
    const ways = await outcomes(unmasked, 'tcp 198.51.100.7 -> 10.96.0.10:80 from external');
    expect(ways.map(({ verdict, at }) => [verdict, at?.kind, at?.past])).toEqual([
      ['no-answer', 'strayed', ['node-2']],
      ['no-answer', 'strayed', ['node-2']],
    ]);
  });

  // The clients of the live kernel time out where a rejection is dropped on its way back, and are refused where it is not.
  test.each([
    [resetsDropped, 'tcp 198.51.100.7 -> 10.100.0.3:32213 from external', 'no-answer'],
    [resetsDropped, 'tcp 10.0.2.9 -> 10.96.0.10:80', 'no-answer'],
    [resetsDropped, 'tcp 10.0.2.9 -> 10.0.3.2:8080', 'refused'],
    [resetsDropped, 'tcp 198.51.100.7 -> 10.100.0.4:32213 from external', 'refused'],
    [errorsDropped, 'tcp 198.51.100.7 -> 10.100.0.3:32213 from external', 'no-answer'],
    [errorsDropped, 'tcp 10.0.2.9 -> 10.96.0.10:80', 'refused'],
    [errorsDropped, 'tcp 10.0.2.9 -> 10.0.3.2:8080', 'refused'],
    [errorsDropped, 'tcp 198.51.100.7 -> 10.100.0.4:32213 from external', 'refused'],
  ])('%s: %s: %s', async (scenario, packet, verdict) => {
    const [rejected] = await outcomes(scenario, packet);
    const by = { node: 'node-3', chain: 'FORWARD', rule: 1 };
    expect(rejected).toMatchObject({ verdict, server: null, at: { step: 'SYN', ...by } });
    const dropped = { node: 'node-2', chain: 'FORWARD', rule: 1 };
    if (verdict === 'refused') expect(rejected?.at).not.toHaveProperty('rejection');
    else expect(rejected?.at?.rejection).toMatchObject(dropped);
  });

  // On the live kernel, with the pod behind a bridge and br_netfilter loaded: a timeout, refused, and refused.
  test.each([
    ['tcp 10.0.2.9 -> 10.96.0.10:80', 'unknown'],
    ['tcp 10.0.2.9 -> 10.0.3.2:8080', 'refused'],
    ['tcp 198.51.100.7 -> 10.100.0.3:32213 from external', 'refused'],
  ])('a reset that the node of a pod translates may not reach it: %s: %s', async (packet, verdict) => {
    const [rejected] = await outcomes('the node of a pod resets its calls of one endpoint', packet);
    expect(rejected).toMatchObject({ verdict, server: null, at: { step: 'SYN', node: 'node-2' } });
  });

  // In both, clients of the live kernel on node-2 time out at the server of node-3, and others are served.
  test.each([
    ['one node leaves its packets no hop for the next one, which does not tell', 'no-answer'],
    ['one node writes a class into its packets that the next one drops', 'no-answer'],
  ])('what a node writes into a packet, the next one reads: %s', async (scenario, verdict) => {
    const service = await outcomes(scenario, 'tcp 10.0.2.9 -> 10.96.0.10:80');
    expect(service.map((one) => [one.verdict, one.weight])).toEqual([
      [verdict, '1/2'],
      ['established', '1/2'],
    ]);
    expect(service[0]).toMatchObject({ at: { step: 'SYN', node: 'node-3' } });
    const [passing] = await outcomes(scenario, 'tcp 10.0.2.9 -> 10.0.1.2:8080');
    expect(passing).toMatchObject({ verdict: 'established', weight: '1/1' });
  });

  test.each([
    ['-j TTL --ttl-set 2', 'established'],
    ['-j TTL --ttl-dec 254', 'refused'],
    ['-m time --timestart 08:00:00 --timestop 09:00:00 -j TTL --ttl-set 64', 'established'],
    ['-m time --timestart 08:00:00 --timestop 09:00:00 -j TTL --ttl-set 1', 'unknown'],
    ['-m statistic --mode random --probability 0.5 -j TTL --ttl-set 1', 'refused, hangs, established'],
    ['-j MARK --set-mark 1', 'established'],
  ])('%s on one node, for the next: %s', async (rule, verdicts) => {
    const own = `*mangle\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING ${rule}\nCOMMIT\n`;
    const marked = '*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -m mark --mark 1 -j DROP\nCOMMIT\n';
    const files = { 'cluster.yaml': cluster, 'node-2.save': own, 'node-3.save': marked };
    const rules = ['--node-rules', 'node-2=node-2.save', '--node-rules', 'node-3=node-3.save'];
    const packet = 'tcp 10.0.2.9 -> 10.0.3.2:8080';
    const args = ['trace', '--nodes', 'all', '--format', 'json', ...rules, '--connection', packet];
    const { out, err } = await kubenat([...args, 'cluster.yaml'], files);
    expect(out, err).not.toBe('');
    const ways = JSON.parse(out).results[0].outcomes as readonly Outcome[];
    expect(new Set(ways.map(({ verdict }) => verdict)), out).toEqual(new Set(verdicts.split(', ')));
  });

  // RFC 1122, 4.2.3.9: such errors are soft. Clients of the live kernel that block wait on.
  test('an ICMP error about what is open does not end it', async () => {
    const [, hanging] = await outcomes(
      'one node rejects what is open with errors',
      'tcp 10.0.2.9 -> 10.96.0.10:80',
    );
    const at = { step: 'ACK', node: 'node-3', chain: 'FORWARD', rule: 1 };
    expect(hanging).toMatchObject({ verdict: 'hangs', server: '10.0.3.2:8080', at });
  });

  test('what a balancer with connections of its own hears does not tell what its client hears', async () => {
    const balanced = cluster
      .replace('type: NodePort', 'type: LoadBalancer')
      .replace(
        /nodePort: 32213\}\]/,
        '$&\nstatus: {loadBalancer: {ingress: [{ip: 203.0.113.9, ipMode: Proxy}]}}',
      );
    const files = {
      'cluster.yaml': balanced,
      'node-3.save': '*filter\n:FORWARD ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n-A INPUT -j REJECT\nCOMMIT\n',
    };
    const packet = 'tcp 198.51.100.7 -> 203.0.113.9:80 from external';
    const args = ['trace', '--nodes', 'all', '--format', 'json', '--node-rules', 'node-3=node-3.save'];
    const { out } = await kubenat([...args, '--connection', packet, 'cluster.yaml'], files);
    const ways = JSON.parse(out).results[0].outcomes as readonly Outcome[];
    expect(new Set(ways.map(({ verdict, server }) => `${verdict} ${server}`))).toEqual(
      new Set(['established 10.0.1.2:8080', 'established 10.0.3.2:8080', 'unknown null']),
    );
  });

  test('UDP is a question and an answer', async () => {
    const [way] = await outcomes(answersDropped, 'udp 10.0.2.9 -> 10.0.1.2:53');
    expect(way).toMatchObject({ verdict: 'established', steps: [{ step: 'question' }, { step: 'answer' }] });
  });

  test('for people, all verdicts come first', async () => {
    const { out } = await connect(unmasked, 'tcp 198.51.100.7 -> 10.96.0.10:80 from external');
    expect(out.split('\n')[3]).toContain('the SYN-ACK comes from 10.0.');
    expect(out.split('\n')[3]).toContain('past node-2, which alone could translate it');
  });

  test('what does not fit together is refused', async () => {
    const { status, err } = await connect(unmasked, 'tcp 10.9.9.9 -> 10.96.0.10:80 from pod');
    expect(status).toBe(2);
    expect(err).toContain('sets out');
    const files = { 'cluster.yaml': cluster };
    const wrong = await kubenat(
      ['trace', '--nodes', 'all', '--packet', 'tcp 10.0.2.9 -> 10.96.0.10:80', 'cluster.yaml'],
      files,
    );
    expect(wrong.err).toContain('--connection');
    const unknown = [
      'trace',
      '--nodes',
      'all',
      '--connection',
      'tcp 10.0.2.9 -> 10.96.0.10:80',
      '--node-rules',
      'n=x',
      'cluster.yaml',
    ];
    expect((await kubenat(unknown, files)).err).toContain('there is no node n');
  });
});
