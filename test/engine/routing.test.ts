import { describe, expect, test } from 'vitest';
import { parsePrefix, type Subnet } from '../../src/address/subnet.ts';
import { parsePacket } from '../../src/engine/notation.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { parseInterfaceAddress } from '../../src/host/interface-address.ts';
import type { HostFields } from '../../src/host/model.ts';
import { readDump } from '../../src/iptables/dump/read.ts';

// What Linux' routing does to a packet without any rule: ip_route_input_slow and ip6_forward, and their documentation in
// ip-sysctl.rst.

const fields: Record<'ipv4' | 'ipv6', HostFields> = {
  ipv4: {
    addresses: [parseInterfaceAddress('192.168.0.2/24')].flatMap((one) => one ?? []),
    podCIDR: parsePrefix('10.180.0.0/24') as Subnet,
  },
  ipv6: {
    addresses: [parseInterfaceAddress('fd00:10::2/64')].flatMap((one) => one ?? []),
    podCIDR: parsePrefix('fd00:180::/64') as Subnet,
  },
};

function route(packet: string, sysctls: Record<string, number> = {}) {
  const family = packet.includes('[') || packet.includes('::') ? 'ipv6' : 'ipv4';
  const program = buildProgram(readDump({ name: 'rules', text: '*filter\nCOMMIT\n' }, { family }).ruleset);
  const host = buildHost(family, [{ ...fields[family], sysctls: new Map(Object.entries(sysctls)) }]);
  const { outcomes } = tracePacket(program, host, parsePacket({ name: 'packet', text: packet }));
  const [outcome] = outcomes;
  return `${outcome?.verdict}: ${outcome?.verdict === 'accept' ? outcome.delivered : outcome?.because}`;
}

describe('what routing does by itself', () => {
  test.each([
    ['tcp 203.0.113.9:1 -> 10.180.0.5:80 from external', 'accept: pod'],
    ['tcp 203.0.113.9:1 -> 192.168.0.2:80 from external', 'accept: local'],
    ['tcp 10.180.0.5:1 -> 203.0.113.9:80 from pod', 'accept: uplink'],
    ['tcp 192.168.0.2:1 -> 10.180.0.5:80 from external', 'drop: the source is an address of this node'],
    ['tcp 224.0.0.1:1 -> 192.168.0.2:80 from external', 'drop: the source is no address of a host'],
    ['tcp 255.255.255.255:1 -> 192.168.0.2:80 from external', 'drop: the source is no address of a host'],
    // Of 0.0.0.0/8 the kernel takes 0.0.0.0 alone for no address of a host, since 5.3.
    ['tcp 0.0.0.7:1 -> 192.168.0.2:80 from external', 'accept: local'],
    ['tcp 203.0.113.9:1 -> 0.0.0.7:80 from external', 'accept: uplink'],
    ['udp 203.0.113.9:1 -> 224.0.0.5:80 from external', 'unknown: whether the node listens'],
    ['udp 203.0.113.9:1 -> 0.0.0.0:80 from external', 'drop: the destination is 0.0.0.0'],
    ['udp 0.0.0.0:1 -> 10.180.0.5:80 from external', 'drop: the source is 0.0.0.0'],
    // What the node sends comes back to it, too, from the device's own queue (ip_mc_output, ip6_finish_output2).
    ['udp 192.168.0.2:1 -> 255.255.255.255:80 from host', 'accept: uplink'],
    ['udp 192.168.0.2:1 -> 192.168.0.255:80 from host', 'accept: uplink'],
    ['udp 192.168.0.2:1 -> 224.0.0.5:80 from host', 'accept: uplink'],
    ['udp [fd00:10::2]:1 -> [ff02::5]:80 from host', 'unknown: by which interface'],
    ['udp 203.0.113.9:1 -> 224.0.0.1:80 from external', 'accept: local'],
    ['2 203.0.113.9 -> 224.0.0.22 from external', 'accept: local'],
    ['udp 192.168.0.2:1 -> 224.0.0.1:80 from external', 'drop: the source is an address of this node'],
    ['udp 0.0.0.0:1 -> 239.1.1.1:80 from external', 'drop: the source is 0.0.0.0'],
    ['udp 0.0.0.0:1 -> 224.0.0.1:80 from external', 'accept: local'],
    ['udp [2001:db8::9]:1 -> [ff02::1]:80 from external', 'accept: local'],
    ['udp [2001:db8::9]:1 -> [ff01::1]:80 from external', 'drop: multicast of a node alone'],
    // Without a destination it is the node itself (ip_route_output_key_hash_rcu).
    ['tcp 0.0.0.0:1 -> 0.0.0.0:80 from host', 'accept: local'],
    ['tcp [fd00:10::2]:1 -> [::]:80 from host', 'accept: local'],
    ['tcp 192.168.0.2:1 -> 203.0.113.9:80 from host', 'accept: uplink'],
    ['tcp [::1]:1 -> [fd00:10::2]:80 from external', 'drop: ::1 does not come from a wire'],
    ['tcp [ff02::1]:1 -> [fd00:10::2]:80 from external', 'drop: the source is a multicast address'],
    ['tcp [2001:db8::9]:1 -> [fd00:10::2]:80 from external', 'accept: local'],
    ['tcp [2001:db8::9]:1 -> [fd00:180::5]:80 from external', 'accept: pod'],
    ['tcp [2001:db8::9]:1 -> [fe80::5]:80 from external', 'accept: uplink'],
  ])('%s', (packet, said) => {
    expect(route(packet).slice(0, said.length)).toBe(said);
  });

  test.each([
    [
      'tcp 127.0.0.1:1 -> 192.168.0.2:80 from external',
      { 'net.ipv4.conf.all.route_localnet': 0 },
      'drop: a source in 127/8 from outside, and route_localnet is off',
    ],
    [
      'tcp 203.0.113.9:1 -> 127.0.0.1:80 from external',
      { 'net.ipv4.conf.all.route_localnet': 0 },
      'drop: a destination in 127/8 from outside, and route_localnet is off',
    ],
    [
      'tcp 203.0.113.9:1 -> 127.0.0.1:80 from external',
      { 'net.ipv4.conf.all.route_localnet': 1 },
      'accept: local',
    ],
    [
      'tcp 203.0.113.9:1 -> 10.180.0.5:80 from external',
      { 'net.ipv4.ip_forward': 0 },
      'drop: the node does not forward',
    ],
    [
      'tcp 192.168.0.2:1 -> 10.180.0.5:80 from external',
      { 'net.ipv4.conf.all.accept_local': 1 },
      'accept: pod',
    ],
    [
      'tcp 10.180.0.5:1 -> 192.168.0.2:80 from external',
      { 'net.ipv4.conf.all.rp_filter': 1 },
      'drop: the way back to the source is another, and rp_filter is on',
    ],
    [
      'tcp 10.180.0.5:1 -> 192.168.0.2:80 from external',
      { 'net.ipv4.conf.all.rp_filter': 2 },
      'accept: local',
    ],
    // Neither ip_route_output_key_hash nor a DNAT in OUTPUT lets 127/8 out: sendto says EINVAL.
    [
      'udp 127.0.0.1:1 -> 203.0.113.9:80 from host',
      { 'net.ipv4.conf.all.route_localnet': 0 },
      'drop: a source in 127/8 cannot leave the node, since route_localnet is off',
    ],
    [
      'udp 127.0.0.1:1 -> 10.180.0.5:80 from host',
      { 'net.ipv4.conf.all.route_localnet': 0 },
      'drop: a source in 127/8 cannot leave the node, since route_localnet is off',
    ],
    [
      'udp 127.0.0.1:1 -> 10.180.0.5:80 from host',
      { 'net.ipv4.conf.all.route_localnet': 0, 'net.ipv4.conf.cni0.route_localnet': 1 },
      'accept: pod',
    ],
    [
      'udp 127.0.0.1:1 -> 203.0.113.9:80 from host',
      { 'net.ipv4.conf.all.route_localnet': 1 },
      'accept: uplink',
    ],
    [
      'udp 127.0.0.1:1 -> 192.168.0.2:80 from host',
      { 'net.ipv4.conf.all.route_localnet': 0 },
      'accept: local',
    ],
    [
      'udp 203.0.113.9:1 -> 127.0.0.1:80 from external',
      { 'net.ipv4.conf.all.route_localnet': 0, 'net.ipv4.conf.eth0.route_localnet': 1 },
      'accept: local',
    ],
    [
      'udp 192.168.0.2:1 -> 10.180.0.5:80 from external',
      { 'net.ipv4.conf.eth0.accept_local': 1 },
      'accept: pod',
    ],
    [
      'tcp 10.180.0.5:1 -> 192.168.0.2:80 from external',
      { 'net.ipv4.conf.eth0.rp_filter': 1 },
      'drop: the way back to the source is another, and rp_filter is on',
    ],
    // The higher of both values holds (ip-sysctl.rst), and 2 asks for any way back.
    [
      'tcp 10.180.0.5:1 -> 192.168.0.2:80 from external',
      { 'net.ipv4.conf.all.rp_filter': 1, 'net.ipv4.conf.eth0.rp_filter': 2 },
      'accept: local',
    ],
    [
      'tcp 203.0.113.9:1 -> 192.168.0.2:80 from external',
      { 'net.ipv4.conf.all.rp_filter': 1 },
      'accept: local',
    ],
    [
      'tcp [2001:db8::9]:1 -> [fd00:180::5]:80 from external',
      { 'net.ipv6.conf.all.forwarding': 0 },
      'drop: the node does not forward',
    ],
    [
      'tcp [2001:db8::9]:1 -> [fd00:10::2]:80 from external',
      { 'net.ipv6.conf.all.forwarding': 0 },
      'accept: local',
    ],
  ])('%s with %j', (packet, sysctls, said) => {
    expect(route(packet, sysctls as unknown as Record<string, number>)).toBe(said);
  });
});

test.each([
  ['tcp 203.0.113.9:1 -> 10.180.0.5:80 from external', '10.180.0.5'],
  ['tcp 203.0.113.9:1 -> 10.180.0.5:80 from host', '10.180.0.5'],
  ['tcp [2001:db8::9]:1 -> [fd00:180::5]:80 from external', 'fd00:180::5'],
  ['tcp [2001:db8::9]:1 -> [fd00:180::5]:80 from host', 'fd00:180::5'],
])('where no address of the node is known: %s', (packet, destination) => {
  const family = packet.includes('[') ? 'ipv6' : 'ipv4';
  const program = buildProgram(readDump({ name: 'rules', text: '*filter\nCOMMIT\n' }, { family }).ruleset);
  const { outcomes } = tracePacket(
    program,
    buildHost(family, []),
    parsePacket({ name: 'packet', text: packet }),
  );
  expect(outcomes.map(({ verdict }) => verdict)).toEqual(['unknown']);
  expect(outcomes[0]?.because).toContain(`it is not known whether ${destination} is an address of the node`);
});

describe('routes that lead nowhere', () => {
  const route = (text: string, type: 'unicast' | 'unreachable' | 'blackhole' | 'prohibit') => ({
    prefix: parsePrefix(text) as Subnet,
    length: (parsePrefix(text) as Subnet) && Number(text.split('/')[1]),
    metric: 0,
    type,
    interface: type === 'unicast' ? 'eth0' : null,
    gateway: null,
  });
  const routes = {
    ipv4: [
      route('10.9.1.0/24', 'unreachable'),
      route('10.9.2.0/24', 'blackhole'),
      route('10.9.3.0/24', 'prohibit'),
    ],
    ipv6: [
      route('fd09:1::/32', 'unreachable'),
      route('fd09:2::/32', 'blackhole'),
      route('fd09:3::/32', 'prohibit'),
    ],
  };

  /** The verdict, and the node's answer or what it dislikes. Without a default route. */
  const ask = (packet: string, sysctls: Record<string, number> = {}) => {
    const family = packet.includes('[') ? 'ipv6' : 'ipv4';
    const program = buildProgram(readDump({ name: 'rules', text: '*filter\nCOMMIT\n' }, { family }).ruleset);
    const known = { ...fields[family], routes: routes[family], sysctls: new Map(Object.entries(sysctls)) };
    const { outcomes } = tracePacket(
      program,
      buildHost(family, [known]),
      parsePacket({ name: 'packet', text: packet }),
    );
    return outcomes
      .map(({ verdict, rejectWith, because }) => [verdict, rejectWith ?? because].join(': '))
      .join();
  };

  // As Linux 6.18 did.
  test.each([
    ['udp 192.168.0.77:1 -> 10.9.1.1:80 from external', 'reject: icmp-host-unreachable'],
    ['udp 192.168.0.77:1 -> 10.9.2.1:80 from external', 'drop: a blackhole route'],
    ['udp 192.168.0.77:1 -> 10.9.3.1:80 from external', 'reject: icmp-admin-prohibited'],
    ['udp 192.168.0.77:1 -> 10.9.4.1:80 from external', 'reject: icmp-net-unreachable'],
    ['udp 192.168.0.77:1 -> 10.180.0.5:80 from external', 'accept: '],
    ['udp [fd00:10::77]:1 -> [fd09:1::1]:80 from external', 'reject: icmp6-no-route'],
    ['udp [fd00:10::77]:1 -> [fd09:2::1]:80 from external', 'drop: a blackhole route'],
    ['udp [fd00:10::77]:1 -> [fd09:3::1]:80 from external', 'reject: icmp6-adm-prohibited'],
    ['udp [fd00:10::77]:1 -> [fd09:4::1]:80 from external', 'reject: icmp6-no-route'],
    ['udp 192.168.0.2:1 -> 10.9.1.1:80 from host', 'drop: there is no route to the destination'],
    ['udp 192.168.0.2:1 -> 10.9.4.1:80 from host', 'drop: there is no route to the destination'],
    ['udp [fd00:10::2]:1 -> [fd09:4::1]:80 from host', 'drop: there is no route to the destination'],
    // The answer has no way either.
    ['udp 10.9.4.2:1 -> 10.9.4.1:80 from external', 'drop: there is no route to the destination'],
  ])('%s', (packet, said) => {
    expect(ask(packet)).toBe(said);
  });

  test('nor is there a way back, which rp_filter asks for', () => {
    const packet = 'udp 10.9.4.2:1 -> 10.180.0.5:80 from external';
    expect(ask(packet)).toBe('accept: ');
    for (const mode of [1, 2])
      expect(ask(packet, { 'net.ipv4.conf.all.rp_filter': mode })).toBe(
        'drop: there is no way back to the source, and rp_filter is on',
      );
  });

  test('where the routes are not known, the way back is not', () => {
    const program = buildProgram(readDump({ name: 'rules', text: '*filter\nCOMMIT\n' }).ruleset);
    const sysctls = new Map([['net.ipv4.conf.all.rp_filter', 1]]);
    const host = buildHost('ipv4', [{ addresses: fields.ipv4.addresses ?? [], sysctls }]);
    const text = 'tcp 203.0.113.9:1 -> 192.168.0.2:80 from external';
    const { outcomes } = tracePacket(program, host, parsePacket({ name: 'packet', text }));
    expect(outcomes).toMatchObject([{ verdict: 'unknown' }]);
    expect(outcomes[0]?.because).toContain('it is not known whether 203.0.113.9 is a pod of this node');
  });
});
