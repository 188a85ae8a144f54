import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Address, type Family, formatAddress, parseAddress } from '../../src/address/address.ts';
import { buildHost } from '../../src/host/build.ts';
import type { HostFields } from '../../src/host/model.ts';
import { isFor, type RouteKey } from '../../src/host/policy.ts';
import { readHost } from '../../src/host/read.ts';
import { isDoubt, lookUp } from '../../src/host/route.ts';
import { masqueradeSource } from '../../src/host/source.ts';
import { sayAssumptions } from '../../src/report/assumptions.ts';

const folder = join(import.meta.dirname, '../../fixtures/host');
const readFixture = (name: string, family: Family = 'ipv4'): HostFields =>
  readHost({ name, text: readFileSync(join(folder, name), 'utf8') }, family).fields;
const readText = (text: string, family: Family = 'ipv4') => readHost({ name: 'ip', text }, family);
const address = (text: string) => parseAddress(text) as Address;

const plain: RouteKey = {
  ofProcess: false,
  source: address('10.0.0.9'),
  mark: 0,
  in: 'eth0',
  protocol: 6,
  sourcePort: 4000,
  destinationPort: 80,
};

/** Where a packet goes, in the words of ip. */
function way(fields: readonly HostFields[], destination: string, key: Partial<RouteKey> = {}): string {
  const to = address(destination);
  const host = buildHost(typeof to === 'number' ? 'ipv4' : 'ipv6', fields);
  const routing = lookUp(host, to, { ...plain, source: typeof to === 'number' ? plain.source : 9n, ...key });
  if (isDoubt(routing)) return `? ${routing.code}`;
  if (routing.type === 'unicast') {
    return routing.hops
      .map(({ interface: name, gateway, weight }) => {
        const via = gateway === null ? '' : `via ${formatAddress(gateway)} `;
        return `${via}dev ${name} weight ${weight}`;
      })
      .join(', ');
  }
  return 'interface' in routing ? `${routing.type} ${routing.interface}` : routing.type;
}

describe('what ip prints for people says what -json says', () => {
  test.each([
    ['addr.txt', 'addr.json'],
    ['route.txt', 'route.json'],
    ['rule.txt', 'rule.json'],
  ])('%s', (text, json) => {
    for (const family of ['ipv4', 'ipv6'] as const)
      expect(readFixture(text, family)).toEqual(readFixture(json, family));
  });

  test.each(['addr-oneline.txt', 'addr-brief.txt'])('%s has the addresses of all links', (name) => {
    const held = ({ listed }: HostFields) =>
      new Map(
        (listed?.links ?? [])
          .filter(({ addresses }) => addresses.length > 0)
          .map((link) => [link.name, link.addresses.map((one) => formatAddress(one.address))]),
      );
    expect(held(readFixture(name))).toEqual(held(readFixture('addr.json')));
    expect(held(readFixture(name, 'ipv6'))).toEqual(held(readFixture('addr.json', 'ipv6')));
  });

  test('prompts and lines of another program among them', () => {
    const { fields, problems } = readText(
      '$ ip route\ndefault via 10.0.0.1 dev eth0 proto dhcp src 10.0.0.5 metric 100\nCommand not found\n# sysctl net.ipv4.ip_forward\nnet.ipv4.ip_forward = 0\n',
    );
    expect(fields.listed?.routes).toMatchObject([{ interface: 'eth0', metric: 100 }]);
    expect(fields.sysctls?.get('net.ipv4.ip_forward')).toBe(0);
    expect(problems).toMatchObject([{ code: 'field-unknown', severity: 'warning', span: { start: 76 } }]);
  });

  test('a description in YAML is none of it', () => {
    expect(readText('addresses: [10.0.0.5/24]\n').fields).toHaveProperty('addresses');
    expect(readText('podIf: cni0\nroutes:\n- default via 10.0.0.1 dev eth0\n').fields).toHaveProperty(
      'routes',
    );
  });
});

describe('tables and rules', () => {
  const node = [readFixture('addr.json'), readFixture('route.json'), readFixture('rule.json')];

  test.each([
    // Two ways of one route, with their shares.
    ['8.8.8.8', {}, 'via 192.168.0.1 dev eth0 weight 2, via 10.9.9.2 dev cni0 weight 1'],
    ['10.1.2.3', {}, 'blackhole'],
    // 10: from 10.180.0.0/16 to 1.2.3.4 lookup 100, which has no route to it: main follows.
    [
      '1.2.3.4',
      { source: address('10.180.1.1') },
      'via 192.168.0.1 dev eth0 weight 2, via 10.9.9.2 dev cni0 weight 1',
    ],
    // 11: not from all fwmark 0x1/0xff lookup 100.
    ['1.1.1.1', {}, 'via 9.9.9.9 dev eth0 weight 1'],
    // 16: from all tos 0x10 lookup 100 might be for it.
    ['1.1.1.1', { mark: 0xf01 }, '? rule-asks-tos'],
    // `throw` ends the search in table 100 alone.
    ['10.2.0.1', {}, 'via 192.168.0.1 dev eth0 weight 2, via 10.9.9.2 dev cni0 weight 1'],
    // 13: from 9.9.9.9 unreachable, which is to have no route.
    ['8.8.8.8', { source: address('9.9.9.9') }, 'none'],
    ['192.168.0.2', {}, 'local eth0'],
    ['192.168.0.77', {}, 'dev eth0 weight 1'],
    // 17: from all iif nope lookup 101, where everything is local.
    ['8.8.8.8', { in: 'nope' }, 'local lo'],
  ])('to %s with %j', (destination, key, expected) => {
    expect(way(node, destination, key)).toBe(expected);
  });

  test('IPv6: a route of two ways', () => {
    const six = [readFixture('addr.json', 'ipv6'), readFixture('route.json', 'ipv6')];
    expect(way(six, '2001:db8::9')).toBe('via fd00::9 dev eth0 weight 1, via fe80::9 dev veth1 weight 1');
  });

  test('routes of tables that no rule asks for are not taken', () => {
    const [links, routes] = node as [HostFields, HostFields];
    expect(way([links, routes], '1.1.1.1')).toContain('via 192.168.0.1');
  });

  test('a table of which no routes are given is not known, and what a rule sends there neither', () => {
    const rules = readText(
      '0:\tfrom all lookup local\n98:\tfrom 10.0.0.7 lookup 100\n99:\tfrom all fwmark 0x1/0x1 lookup 100\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n',
    ).fields;
    const main = { ...readText('default via 10.0.0.1 dev eth0\n').fields, addresses: [] };
    const sevenths = { source: address('10.0.0.7') };
    expect(way([rules, main], '8.8.8.8')).toBe('via 10.0.0.1 dev eth0 weight 1');
    expect(way([rules, main], '8.8.8.8', sevenths)).toBe('? table-unknown');
    expect(way([rules, main], '8.8.8.8', { mark: 3 })).toBe('? table-unknown');
    for (const given of [
      'default via 10.0.1.1 dev eth1 table 100\n',
      '# ip route show table 100\ndefault via 10.0.1.1 dev eth1\n',
      'root@node:~# ip -4 route list table 100\ndefault via 10.0.1.1 dev eth1\nroot@node:~# ip rule\n',
    ]) {
      const known = [rules, main, readText(given).fields];
      expect(way(known, '8.8.8.8')).toBe('via 10.0.0.1 dev eth0 weight 1');
      expect(way(known, '8.8.8.8', sevenths)).toBe('via 10.0.1.1 dev eth1 weight 1');
    }
    // Of all tables listed, one that has no routes is empty.
    const all = readText('default via 10.0.0.1 dev eth0\nlocal 10.0.0.5 dev eth0 table local\n').fields;
    expect(way([rules, all], '8.8.8.8', sevenths)).toBe('via 10.0.0.1 dev eth0 weight 1');
  });

  test('a rule with a user: open only where it matters', () => {
    const rules = readText(
      '100:\tfrom all uidrange 1000-2000 lookup 7\n32766:\tfrom all lookup main\n',
    ).fields;
    const routes = (seventh: string) => readText(`default via 10.0.0.1 dev eth0\n${seventh}\n`).fields;
    const local = { in: 'lo', ofProcess: true };
    const addresses = { addresses: [] };
    expect(way([rules, routes('default via 10.0.1.1 dev eth1 table 7'), addresses], '8.8.8.8', local)).toBe(
      '? rule-asks-user',
    );
    expect(way([rules, routes('default via 10.0.0.1 dev eth0 table 7'), addresses], '8.8.8.8', local)).toBe(
      'via 10.0.0.1 dev eth0 weight 1',
    );
    // What is forwarded counts as root's.
    expect(way([rules, routes('default via 10.0.1.1 dev eth1 table 7'), addresses], '8.8.8.8')).toBe(
      'via 10.0.0.1 dev eth0 weight 1',
    );
  });

  test('every selector of a rule', () => {
    const host = buildHost('ipv4', node);
    const twelfth = host.rules.find(({ priority }) => priority === 12);
    expect(twelfth).toMatchObject({
      in: 'eth0',
      out: 'cni0',
      users: [5, 10],
      protocol: 6,
      sourcePorts: [1, 2],
    });
    const { out: _out, users: _users, ...free } = twelfth as NonNullable<typeof twelfth>;
    const ask = (key: Partial<RouteKey>) => isFor(host, free, address('1.1.1.1'), { ...plain, ...key });
    expect(ask({ sourcePort: 2 })).toBe(true);
    expect(ask({ sourcePort: 3 })).toBe(false);
    expect(ask({ sourcePort: 2, protocol: 17 })).toBe(false);
    expect(ask({ sourcePort: 2, in: 'eth1' })).toBe(false);
    expect(ask({ sourcePort: null })).toMatchObject({
      code: 'rule-asks-port',
    });
  });

  test('the table of a VRF is not followed, and that is said', () => {
    const links = readText(
      JSON.stringify([
        { ifname: 'blue', flags: ['NOARP', 'MASTER', 'UP'], addr_info: [] },
        { ifname: 'eth5', flags: ['UP'], master: 'blue', addr_info: [] },
        { ifname: 'eth0', flags: ['UP'], addr_info: [{ local: '10.0.0.5', prefixlen: 24 }] },
      ]),
    ).fields;
    const rules = readText('1000:\tfrom all lookup [l3mdev-table]\n32766:\tfrom all lookup main\n').fields;
    const routes = readText('default via 10.0.0.1 dev eth0\n').fields;
    expect(way([links, rules, routes], '8.8.8.8', { in: 'eth5' })).toBe('? vrf-not-followed');
    expect(way([links, rules, routes], '8.8.8.8')).toBe('via 10.0.0.1 dev eth0 weight 1');
  });
});

describe('nothing is made up beside what is listed', () => {
  const listed = (routes: string) => [
    readText(
      '1: lo: <LOOPBACK>\n    inet 127.0.0.1/8 scope host lo\n2: ens5: <UP>\n    inet 10.1.0.11/24 scope global ens5\n7: cali11: <UP>\n8: cali12: <UP>\n',
    ).fields,
    readText(routes).fields,
  ];

  test('pods behind interfaces of their own: as the routes tell', () => {
    const host = buildHost(
      'ipv4',
      listed(
        'default via 10.1.0.1 dev ens5\n192.168.44.193 dev cali11 scope link\n192.168.44.194 dev cali12 scope link\n',
      ),
    );
    expect(host.uplink).toBe('ens5');
    expect(host.podInterface).toBeNull();
    expect([...host.podInterfaces]).toEqual(['cali11', 'cali12']);
    expect(host.interfaces.map(({ name }) => name)).toEqual(['lo', 'ens5', 'cali11', 'cali12']);
    expect(host.assumed.length).toBeGreaterThan(0);
    expect(sayAssumptions(host.assumed).join()).not.toMatch(/cni0|gateway|uplink/);
  });

  test('a link of which ip route lists no route has none', () => {
    expect(way(listed('default via 10.1.0.1 dev ens5\n'), '10.1.0.77')).toBe(
      'via 10.1.0.1 dev ens5 weight 1',
    );
  });

  test('ip route show table all alone tells the addresses, too', () => {
    const host = buildHost('ipv4', [readFixture('route.txt')]);
    expect(host.addressesKnown).toBe(true);
    expect(way([readFixture('route.txt')], '192.168.0.3')).toBe('local eth0');
    const source = masqueradeSource(host, 'eth0', address('192.168.0.1'), address('8.8.8.8'));
    expect(source).toBe(address('192.168.0.2'));
  });
});

test('IPv6: deprecated addresses come last, in the order in which the kernel keeps the others', () => {
  const source = (...infos: object[]) => {
    const links = readText(JSON.stringify([{ ifname: 'eth0', addr_info: infos }]), 'ipv6').fields;
    const host = buildHost('ipv6', [links]);
    const to = address('fd00:9::9');
    return formatAddress(masqueradeSource(host, 'eth0', to, to) as Address);
  };
  const at = (local: string, more: object = {}) => ({ family: 'inet6', local, prefixlen: 64, ...more });
  expect(source(at('fd00::3'), at('fd00::2'), at('fe80::2', { scope: 'link' }))).toBe('fd00::3');
  expect(source(at('fd00::3', { deprecated: true }), at('fd00::2'))).toBe('fd00::2');
  expect(source(at('fd00::4', { temporary: true }), at('fd00::2'))).toBe('fd00::2');
});
