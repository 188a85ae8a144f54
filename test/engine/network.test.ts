import { describe, expect, test } from 'vitest';
import { parsePacket } from '../../src/engine/notation.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { readHost } from '../../src/host/read.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { links, own, pods } from './two-uplinks.ts';

// What Linux 6.18 did with these packets, a node in a network namespace, its wires veth pairs.

/** `verdict interface-or-nothing share from source`, of each outcome. */
function ask(rules: string, hosts: readonly string[], packet: string): string[] {
  const family = packet.includes('[') ? 'ipv6' : 'ipv4';
  const program = buildProgram(readDump({ name: 'rules', text: rules }, { family }).ruleset);
  const host = buildHost(
    family,
    hosts.map((text) => readHost({ name: 'host', text }, family).fields),
  );
  const { outcomes } = tracePacket(program, host, parsePacket({ name: 'packet', text: packet }));
  return outcomes.map(({ verdict, interface: name, weight, src }) =>
    [verdict, name, src, weight].filter((part) => part !== null).join(' '),
  );
}

const none = '*filter\nCOMMIT\n';

describe('a route of two ways', () => {
  const ways = `default\n\tnexthop via 192.168.0.1 dev eth0 weight 1\n\tnexthop via 192.168.1.1 dev eth1 weight 3\n${own}`;
  const packet = 'udp 10.180.0.6:1000 -> 203.0.113.1:80 from pod';

  test('which way a flow takes is by a hash: both, with their shares', () => {
    const masked = '*nat\n-A POSTROUTING -o eth+ -j MASQUERADE\nCOMMIT\n';
    expect(ask(masked, [links, ways, pods], packet).sort()).toEqual([
      'accept eth0 192.168.0.2 1/4',
      'accept eth1 192.168.1.2 3/4',
    ]);
    expect(ask(none, [links, ways, pods], 'udp 192.168.0.2:1000 -> 203.0.113.1:80 from host').sort()).toEqual(
      ['accept eth0 192.168.0.2 1/4', 'accept eth1 192.168.0.2 3/4'],
    );
  });

  test('what is the same on both is certain', () => {
    const both = '*filter\n-A FORWARD -o eth0 -j DROP\n-A FORWARD -o eth1 -j DROP\nCOMMIT\n';
    expect(ask(both, [links, ways, pods], packet)).toEqual(['drop 1/1']);
  });

  test('rp_filter takes a packet from any of the ways back', () => {
    const strict = 'sysctls: {net.ipv4.conf.all.rp_filter: 1}\n';
    expect(ask(none, [links, ways, pods, strict], 'udp 203.0.113.1:1 -> 10.180.0.6:80 from eth1')).toEqual([
      'accept cni0 203.0.113.1 1/1',
    ]);
  });
});

describe('policy routing', () => {
  const routes = `default via 192.168.0.1 dev eth0\n${own}default via 192.168.1.1 dev eth1 table 100\n`;
  const rules = `0:\tfrom all lookup local\n32764:\tfrom 10.180.0.7 lookup 100\n32765:\tfrom all fwmark 0x1/0x1 lookup 100\n32766:\tfrom all lookup main\n`;
  const marked =
    '*mangle\n-A PREROUTING -p udp -j MARK --set-mark 1\n-A OUTPUT -p udp -j MARK --set-mark 1\nCOMMIT\n';
  const node = [links, routes, rules, pods];

  test.each([
    ['udp 10.180.0.6:1000 -> 203.0.113.1:80 from pod', 'accept eth1 10.180.0.6 1/1'],
    ['tcp 10.180.0.6:1000 -> 203.0.113.1:80 from pod', 'accept eth0 10.180.0.6 1/1'],
    ['tcp 10.180.0.7:1000 -> 203.0.113.1:80 from pod', 'accept eth1 10.180.0.7 1/1'],
    // A mark of mangle OUTPUT routes anew.
    ['udp 192.168.0.2:1000 -> 203.0.113.1:80 from host', 'accept eth1 192.168.0.2 1/1'],
    ['tcp 192.168.0.2:1000 -> 203.0.113.1:80 from host', 'accept eth0 192.168.0.2 1/1'],
  ])('%s: %s', (packet, said) => expect(ask(marked, node, packet)).toEqual([said]));

  // As fixtures/kernel-diffs/mark-in-output-*: only mangle, and nat where it gives another destination, look again.
  const mark = '-A OUTPUT -p udp -j MARK --set-mark 1';
  const to = (address: string) => `*nat\n-A OUTPUT -p udp -j DNAT --to-destination ${address}\nCOMMIT\n`;
  test.each([
    ['raw', `*raw\n${mark}\nCOMMIT\n`, 'eth0'],
    ['nat', `*nat\n${mark}\nCOMMIT\n`, 'eth0'],
    ['filter', `*filter\n${mark}\nCOMMIT\n`, 'eth0'],
    ['security', `*security\n${mark}\nCOMMIT\n`, 'eth0'],
    ['raw, and the same in mangle', `*raw\n${mark}\nCOMMIT\n*mangle\n${mark}\nCOMMIT\n`, 'eth0'],
    ['raw, and DNAT', `*raw\n${mark}\nCOMMIT\n${to('203.0.113.2')}`, 'eth1'],
    ['raw, and DNAT to where it goes', `*raw\n${mark}\nCOMMIT\n${to('203.0.113.1')}`, 'eth0'],
    ['filter, after DNAT', `*filter\n${mark}\nCOMMIT\n${to('203.0.113.2')}`, 'eth0'],
  ])('a mark set in OUTPUT by %s', (_table, rules, egress) => {
    expect(ask(rules, node, 'udp 192.168.0.2:1000 -> 203.0.113.1:80 from host').join()).toContain(
      `accept ${egress} `,
    );
  });

  test('without rules given, it is said that there are none', () => {
    const host = buildHost(
      'ipv4',
      [links, routes].map((text) => readHost({ name: 'host', text }, 'ipv4').fields),
    );
    expect(host.assumed).toContainEqual({ code: 'usual-policy-routing' });
  });
});

test('an interface that does not forward', () => {
  const host = [
    'addresses: [192.168.0.2/24]\npodCIDR: 10.180.0.0/24\nsysctls: {net.ipv4.conf.eth0.forwarding: 0}\n',
  ];
  expect(ask(none, host, 'udp 203.0.113.9:1 -> 10.180.0.5:80 from external')).toEqual(['drop 1/1']);
  expect(ask(none, host, 'udp 10.180.0.5:80 -> 203.0.113.9:1 from pod')).toEqual([
    'accept eth0 10.180.0.5 1/1',
  ]);
});

test('an interface with an address of its own alone still leads to the pods', () => {
  const host = [
    'podCIDR: 10.180.0.0/24\ninterfaces: [{name: eth0, addresses: [192.168.0.2/24]}, {name: cni0, addresses: [10.180.0.1/32]}]\n',
  ];
  expect(ask(none, host, 'udp 203.0.113.9:1 -> 10.180.0.5:80 from external')).toEqual([
    'accept cni0 203.0.113.9 1/1',
  ]);
});

test.each([
  ['routes: []', 'drop 1/1'],
  ['gateway: "fd00:192::1"', 'accept cni0 2001:db8:113::9 1/1'],
])('IPv6 calls unreachable what no route leads to: %s', (more, said) => {
  const host = [`addresses: ["fd00:192::2/64"]\npodCIDR: "fd00:10:180::/64"\n${more}\n`];
  const rules = '*filter\n-A FORWARD -m addrtype --src-type UNREACHABLE -j DROP\nCOMMIT\n';
  expect(ask(rules, host, 'udp [2001:db8:113::9]:1 -> [fd00:10:180::5]:80 from external')).toEqual([said]);
});

describe('ports of a bridge (br_netfilter)', () => {
  const rules =
    '*filter\n:FORWARD DROP [0:0]\n-A FORWARD -m physdev --physdev-is-bridged -j ACCEPT\n-A FORWARD -m physdev ! --physdev-is-in -j ACCEPT\nCOMMIT\n';
  const node = 'addresses: [192.168.0.2/24]\npodCIDR: 10.180.0.0/24\n';
  const bridge =
    'interfaces: [{name: cni0, kind: bridge, addresses: [10.180.0.1/24]}, {name: veth1, master: cni0}]\nsysctls: {net.bridge.bridge-nf-call-iptables: 1}\n';
  const inside = 'udp 10.180.0.5:1000 -> 10.180.0.9:80 from pod';
  const outside = 'udp 10.180.0.5:1000 -> 203.0.113.9:80 from pod';

  test.each([
    [node, inside, 'unknown 1/1'],
    [node, outside, 'unknown 1/1'],
    [node, 'udp 203.0.113.9:1 -> 10.180.0.5:80 from external', 'accept cni0 203.0.113.9 1/1'],
    [`${node}${bridge}`, outside, 'drop 1/1'],
    [`${node}sysctls: {net.bridge.bridge-nf-call-iptables: 0}\n`, outside, 'accept eth0 10.180.0.5 1/1'],
  ])('%#', (host, packet, said) => expect(ask(rules, [host], packet)).toEqual([said]));

  test('a packet from a port comes from the bridge, and by that port', () => {
    const byPort =
      '*filter\n:FORWARD DROP [0:0]\n-A FORWARD -i cni0 -m physdev --physdev-in veth1 -j ACCEPT\nCOMMIT\n';
    const from = (port: string) =>
      ask(
        byPort,
        [`${node}${bridge.replace('{name: veth1', '{name: veth2, master: cni0}, {name: veth1')}`],
        outside.replace('pod', port),
      );
    expect(from('veth1')).toEqual(['accept eth0 10.180.0.5 1/1']);
    expect(from('veth2')).toEqual(['drop 1/1']);
  });
});
