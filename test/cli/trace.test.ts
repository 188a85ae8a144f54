import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kubenat } from './harness.ts';

const folder = join(import.meta.dirname, '../../fixtures/conformance/named/node-port-local');
const rules = join(folder, 'iptables.save');
const node = ['--rules', rules, '--cluster', join(folder, 'cluster.yaml'), '--node', 'worker-1'];

const flows = (packets: object[], host: object = {}) => JSON.stringify({ host, packets });
const host = { addresses: ['192.168.10.11/24'], podCIDR: '10.244.1.0/24', clusterCIDR: '10.244.0.0/16' };

describe('kubenat trace, for people', () => {
  test('says whether the server sees the client, and by whose doing', async () => {
    const { out, status } = await kubenat([
      'trace',
      ...node,
      '--packet',
      'tcp 198.51.100.7:40000 -> 10.96.0.10:80',
    ]);
    expect(status).toBe(0);
    expect(out).toContain("The server does not see the client's address 198.51.100.7 but 192.168.10.11");
    // The rule that asked for the masquerade, and the one that did it, with their lines in the dump.
    expect(out).toMatch(/rule 1 of nat KUBE-SVC\[default\/web\] \(line 62, .* marks the packet/);
    expect(out).toMatch(/rule 3 of nat KUBE-POSTROUTING \(line 53, .* replaces the source/);
    expect(out).toContain('198.51.100.7 is not of this node, so the packet comes from eth0');
  });

  const single = (...args: readonly string[]) =>
    kubenat([
      'trace',
      ...node,
      '--packet',
      'tcp 198.51.100.7:40000 -> 192.168.10.11:30080 from external',
      ...args,
    ]);

  test('the first packet alone, where it is asked for', async () => {
    const { out } = await single('--first');
    expect(out).toContain('The way of the answer leads back through this node');
    expect(out).not.toContain('SYN-ACK');
  });

  test('what opens no connection is one packet', async () => {
    for (const packet of [
      'tcp 198.51.100.7:40000 -> 192.168.10.11:30080 from external flags ACK',
      'tcp 198.51.100.7:40000 -> 192.168.10.11:30080 from external state established',
      'udp 198.51.100.7:40000 -> 192.168.10.11:30080 from external',
    ]) {
      const { out, status } = await kubenat(['trace', ...node, '--packet', packet]);
      expect(status).toBe(0);
      expect(out).not.toContain('SYN-ACK');
    }
  });

  test('--first is of a packet', async () => {
    const { status, err } = await kubenat([
      'trace',
      ...node,
      '--first',
      '--connection',
      'tcp 1.1.1.1 -> 2.2.2.2:80',
    ]);
    expect(status).toBe(2);
    expect(err).toContain('--first goes with --packet');
  });

  test('a client that is seen', async () => {
    const { out } = await kubenat([
      'trace',
      ...node,
      '--packet',
      'tcp 198.51.100.7:40000 -> 192.168.10.11:30080 from external',
    ]);
    expect(out).toContain('   100 %  established, with 10.244.1.5:8080, which sees 198.51.100.7\n');
    expect(out).toContain("The server sees the client's own address, 198.51.100.7.");
    expect(out).toMatch(
      /SYN-ACK +tcp 10\.244\.1\.5:8080 -> 198\.51\.100\.7:40000 .*, from 192\.168\.10\.11; ACK, .* likewise; ICMP errors .*\n/,
    );
    expect(out).toContain('  The packets after it match: filter FORWARD: KUBE-FORWARD ');
  });

  test('why a rule does not match', async () => {
    const packet = ['--packet', 'tcp 198.51.100.7:40000 -> 192.168.10.11:30080 from external'];
    const { out } = await kubenat(['trace', ...node, ...packet, '--why-not', 'nat/KUBE-SERVICES/1']);
    expect(out).toContain('-d 10.96.0.10/32 does not hold: the destination is 192.168.10.11.');
    const matched = await kubenat(['trace', ...node, ...packet, '--why-not', 'nat/KUBE-SERVICES/2']);
    expect(matched.out).toContain('It matches.');
    const beyond = await kubenat(['trace', ...node, ...packet, '--why-not', 'nat/KUBE-SERVICES/9']);
    expect(beyond).toMatchObject({ status: 2, out: '' });
    expect(beyond.err).toContain('nat/KUBE-SERVICES has 2 rules');
  });
});

describe('kubenat trace, for programs', () => {
  test('answers in the documented shape', async () => {
    const packet = {
      id: 'a',
      proto: 'tcp',
      src: '198.51.100.7',
      dst: '192.168.10.11',
      dport: 30080,
      from: 'external',
    };
    const files = { 'flows.json': flows([packet], host) };
    const { out } = await kubenat(
      ['trace', '--rules', rules, '--flows', 'flows.json', '--format', 'json'],
      files,
    );
    const { results } = JSON.parse(out);
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({
      id: 'a',
      outcomes: [
        {
          verdict: 'accept',
          dnat: '10.244.1.5:8080',
          src: '198.51.100.7',
          masqueraded: false,
          delivered: 'pod',
          probability: 1,
          weight: '1/1',
        },
      ],
    });
    expect(results[0].assumed).toContain('the pod interface is cni0');
  });

  test('packets with times are one sequence: a client sticks to its endpoint, until it is forgotten', async () => {
    const dump = [
      '*nat',
      ':A - [0:0]',
      ':B - [0:0]',
      '-A PREROUTING -m recent --name A --rcheck --seconds 60 -j A',
      '-A PREROUTING -m recent --name B --rcheck --seconds 60 -j B',
      '-A PREROUTING -m statistic --mode nth --every 2 --packet 0 -j A',
      '-A PREROUTING -j B',
      '-A A -p tcp -m recent --name A --set -j DNAT --to-destination 10.244.1.5:80',
      '-A B -p tcp -m recent --name B --set -j DNAT --to-destination 10.244.1.6:80',
      'COMMIT',
      '',
    ].join('\n');
    const packet = { proto: 'tcp', dst: '10.96.0.1', dport: 80, from: 'external' };
    const list = [
      { ...packet, src: '198.51.100.7', sport: 1, at: 0 },
      { ...packet, src: '198.51.100.8', sport: 2, at: 10 },
      { ...packet, src: '198.51.100.7', sport: 3, at: 30 },
      { ...packet, src: '198.51.100.7', sport: 4, at: 200 },
    ];
    const files = { dump, 'flows.json': flows(list, host) };
    const { out } = await kubenat(
      ['trace', '--rules', 'dump', '--flows', 'flows.json', '--format', 'json'],
      files,
    );
    const { results } = JSON.parse(out);
    // Where the counter stands is not known: each answer alone is even.
    for (const { outcomes } of results)
      expect(outcomes.map(({ weight }: { weight: string }) => weight)).toEqual(['1/2', '1/2']);
    const sticky = results[2].outcomes.map(({ dnat, sticks }: { dnat: string; sticks: object }) => ({
      dnat,
      ...sticks,
    }));
    expect(sticky).toContainEqual({ dnat: '10.244.1.5:80', list: 'A', until: 90 });
    expect(sticky).toContainEqual({ dnat: '10.244.1.6:80', list: 'B', until: 90 });
  });

  test('the host comes field by field: --host, the flows, the Node', async () => {
    const packet = { proto: 'tcp', src: '198.51.100.7', dst: '10.244.1.5', dport: 80, from: 'external' };
    const files = { 'flows.json': flows([packet], { podIf: 'veth9' }), 'host.yaml': 'uplink: bond0\n' };
    const { out } = await kubenat(
      ['trace', ...node, '--flows', 'flows.json', '--host', 'host.yaml', '--format', 'json'],
      files,
    );
    const [{ outcomes, assumed }] = JSON.parse(out).results;
    expect(outcomes).toMatchObject([{ delivered: 'pod', interface: 'veth9' }]);
    expect(assumed.join()).not.toMatch(/uplink is|pod interface is/);
    expect(assumed.join()).toContain('the pod gateway is 10.244.1.1');
  });
});

describe('bad input ends with status 2 and says where', () => {
  const refused: readonly (readonly [string, readonly string[], Record<string, string>, string])[] = [
    [
      'a packet of the other family',
      [...node, '--packet', 'tcp [fd00::1]:1 -> [fd00::2]:2'],
      {},
      'packet-family',
    ],
    [
      'an interface that is not there',
      [...node, '--packet', 'tcp 1.1.1.1:1 -> 2.2.2.2:2 from eth7'],
      {},
      'no interface eth7',
    ],
    ['no packet', node, {}, '--packet'],
    ['no rules', ['--packet', 'tcp 1.1.1.1:1 -> 2.2.2.2:2'], {}, '--rules'],
    [
      'a flow without an address',
      ['--rules', rules, '--flows', 'f'],
      { f: '{"packets": [{"proto": "tcp", "dst": "1.1.1.1"}]}' },
      'f:1:14',
    ],
    [
      'a port that is none',
      ['--rules', rules, '--flows', 'f'],
      { f: flows([{ proto: 'tcp', src: '1.1.1.1', dst: '2.2.2.2', dport: 65536 }]) },
      'port-range',
    ],
    ['no list of packets', ['--rules', rules, '--flows', 'f'], { f: 'a: 1' }, 'field-missing'],
    ['flows that are no JSON', ['--rules', rules, '--flows', 'f'], { f: '{"packets": [' }, 'json-syntax'],
    [
      'a host with a wrong prefix',
      [...node, '--host', 'h', '--packet', 'tcp 1.1.1.1:1 -> 2.2.2.2:2'],
      { h: 'podCIDR: 10.0.0.0/33\n' },
      'h:1:10',
    ],
  ];

  test.each(refused)('%s', async (_name, args, files, words) => {
    const { status, out, err } = await kubenat(['trace', ...args], files);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(words);
    expect(err).not.toMatch(/^\s+at /m);
  });
});

test('of what the node sends to a group, a rule that may hold leaves open what becomes of its own copy', async () => {
  const rules = (target: string) => `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT ${target}
COMMIT
`;
  const copyOf = async (target: string) => {
    const packet = 'udp 192.168.10.11:7 -> 239.1.2.3:9 from host';
    const flags = ['--rules', 'node.save', '--host', 'host.json', '--packet', packet, '--format', 'json'];
    const { out } = await kubenat(['trace', ...flags], {
      'node.save': rules(target),
      'host.json': JSON.stringify({ addresses: ['192.168.10.11/24'], podCIDR: '10.244.1.0/24' }),
    });
    const [outcome] = JSON.parse(out).results[0].outcomes;
    return [outcome.verdict, outcome.copy.verdict];
  };
  expect(await copyOf('-j DROP')).toEqual(['accept', 'drop']);
  expect(await copyOf('-p tcp -j DROP')).toEqual(['accept', 'accept']);
  expect(await copyOf('-m time --timestart 01:00 --timestop 02:00 -j DROP')).toEqual(['accept', 'unknown']);
});
