import { describe, expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../src/address/address.ts';
import { parsePrefix } from '../../src/address/subnet.ts';
import { buildHost, hostFieldsOf } from '../../src/host/build.ts';
import { readSmallDocument } from '../../src/host/document.ts';
import { readHostFields } from '../../src/host/fields.ts';
import type { Host, HostFields } from '../../src/host/model.ts';
import { readHost } from '../../src/host/read.ts';
import { addressType, isDoubt, lookUp } from '../../src/host/route.ts';
import { masqueradeSource } from '../../src/host/source.ts';
import type { ClusterNode } from '../../src/kube/cluster/model.ts';
import { sayAssumptions } from '../../src/report/assumptions.ts';
import { want } from '../../src/text/expected.ts';

function read(text: string, family: 'ipv4' | 'ipv6' = 'ipv4') {
  const document = readSmallDocument({ name: 'host', text });
  return { fields: readHostFields(document, document.value, [], family), problems: document.problems };
}

const at = (text: string) => parseAddress(text) as number;
const build = (...texts: string[]): Host =>
  buildHost(
    'ipv4',
    texts.map((text) => read(text).fields),
  );

function route(host: Host, destination: string): string {
  const routing = lookUp(host, at(destination));
  if (isDoubt(routing)) return 'unknown';
  if (routing.type === 'unicast') {
    const ways = routing.hops.map(({ interface: name, gateway, weight }) => {
      const via = gateway === null ? '' : ` via ${formatAddress(gateway)}`;
      return `${name}${via}${weight === 1 ? '' : ` x${weight}`}`;
    });
    return `unicast ${ways.join(' or ')}`;
  }
  return 'interface' in routing ? `${routing.type} ${routing.interface}` : routing.type;
}

describe('a host put together', () => {
  const text = 'addresses: [192.168.10.11/24]\npodCIDR: 10.244.1.0/24\nclusterCIDR: 10.244.0.0/16\n';
  const host = build(text);

  test.each([
    ['192.168.10.11', 'local eth0'],
    ['10.244.1.1', 'local cni0'],
    ['127.9.9.9', 'local lo'],
    ['192.168.10.255', 'broadcast eth0'],
    ['192.168.10.77', 'unicast eth0'],
    ['10.244.1.7', 'unicast cni0'],
    ['10.244.2.7', 'unicast eth0 via 192.168.10.1'],
    ['8.8.8.8', 'unicast eth0 via 192.168.10.1'],
    ['224.0.0.5', 'multicast'],
  ])('to %s: %s', (destination, expected) => expect(route(host, destination)).toBe(expected));

  test('what was assumed is said, what was given is not', () => {
    expect(sayAssumptions(host.assumed)).toContain(
      'the pod gateway is 10.244.1.1, the first host of 10.244.1.0/24',
    );
    const { assumed } = build(`${text}podGateway: 10.244.1.254\nuplink: bond0\n`);
    const codes = assumed.map(({ code }) => code);
    expect(codes).not.toContain('pod-gateway');
    expect(codes).not.toContain('uplink');
  });

  test('the first source that has a field decides', () => {
    const joined = build('podIf: veth0\n', `${text}podIf: cni1\nuplink: bond0\n`);
    expect(joined.podInterface).toBe('veth0');
    expect(joined.uplink).toBe('bond0');
  });

  test('the gateway is not ourselves', () => {
    expect(route(build('addresses: [10.0.0.1/24]\npodCIDR: 10.244.1.0/24\n'), '8.8.8.8')).toBe(
      'unicast eth0 via 10.0.0.254',
    );
    expect(route(build('addresses: [10.0.0.1/32]\npodCIDR: 10.244.1.0/24\n'), '8.8.8.8')).toBe(
      'unicast eth0',
    );
  });

  test('routes of its own: the longest prefix, then the lowest metric', () => {
    const routes = [
      '{to: default, via: 192.168.10.1, dev: eth0, metric: 200}',
      '{to: default, via: 192.168.10.2, dev: eth0, metric: 100}',
      '{to: 9.9.9.0/24, dev: wg0}',
      '{to: 9.9.9.9/32, type: unreachable}',
    ];
    const routed = build(
      `${text}interfaces: [{name: wg0, addresses: [10.9.0.1/32]}]\nroutes: [${routes.join(', ')}]\n`,
    );
    expect(route(routed, '8.8.8.8')).toBe('unicast eth0 via 192.168.10.2');
    expect(route(routed, '9.9.9.8')).toBe('unicast wg0');
    expect(route(routed, '9.9.9.9')).toBe('unreachable');
  });
});

describe('what nobody said', () => {
  test('whether an address is local', () => {
    expect(addressType(build(''), at('10.0.0.1'))).toMatchObject({ code: 'own-address-unknown' });
    expect(addressType(build(''), at('127.0.0.1'))).toBe('LOCAL');
  });

  test('what is a pod of this node', () => {
    expect(route(build('addresses: [192.168.10.11/24]\n'), '10.244.1.7')).toBe('unknown');
    expect(route(build('addresses: [192.168.10.11/24]\n'), '192.168.10.7')).toBe('unicast eth0');
  });
});

test('a Node gives addresses, without the prefix of the link, and its pod prefix, of the family that is asked for', () => {
  const prefixes = ['fd00:244::/64', '10.244.1.0/24'].flatMap((text) => parsePrefix(text) ?? []);
  const node: ClusterNode = {
    name: 'n',
    internalAddresses: [at('192.168.10.11'), parseAddress('fd00::11') as bigint],
    externalAddresses: [],
    podPrefixes: prefixes,
    labels: {},
  };
  const host = buildHost('ipv4', [hostFieldsOf(node, 'ipv4')]);
  expect(route(host, '192.168.10.11')).toBe('local eth0');
  expect(route(host, '192.168.10.12')).toBe('unicast eth0');
  expect(route(host, '10.244.1.1')).toBe('local cni0');
});

test('a host file that is wrong: every problem, each at its place', () => {
  const { problems } = read(
    'addresses: [10.0.0.300/24]\npodCIDR: 10.0.0.0\nconntrack: perhaps\nsysctls: [1]\nroutes: [{to: x}]\n',
  );
  expect(
    problems
      .filter(({ severity }) => severity === 'error')
      .map(({ code }) => code)
      .sort(),
  ).toEqual(['address-syntax', 'address-syntax', 'field-type', 'field-type', 'field-value'].sort());
  expect(problems.every(({ span }) => span !== undefined)).toBe(true);
});

test('a field that is not known is passed over, and said', () => {
  const { problems } = read('podCidr: 10.0.0.0/24\n');
  expect(problems).toMatchObject([
    { code: 'field-unknown', severity: 'warning', expected: want.perhaps('podCIDR') },
  ]);
});

test('ip -json addr and ip -json route', () => {
  const addr = [
    { ifname: 'lo', addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8 }] },
    {
      ifname: 'ens5',
      addr_info: [
        { family: 'inet', local: '10.0.0.5', prefixlen: 24 },
        { family: 'inet6', local: 'fe80::1', prefixlen: 64 },
      ],
    },
  ];
  const routes = [
    { dst: 'default', gateway: '10.0.0.1', dev: 'ens5', metric: 100 },
    { dst: '10.0.0.0/24', dev: 'ens5', scope: 'link' },
    { type: 'blackhole', dst: '10.9.0.0/16' },
  ];
  const fields = [addr, routes].map(
    (value): HostFields => readHost({ name: 'ip', text: JSON.stringify(value) }, 'ipv4').fields,
  );
  const host = buildHost('ipv4', fields);
  expect(host.uplink).toBe('ens5');
  expect(route(host, '10.0.0.5')).toBe('local ens5');
  expect(route(host, '10.0.0.6')).toBe('unicast ens5');
  expect(route(host, '10.9.1.1')).toBe('blackhole');
  expect(route(host, '8.8.8.8')).toBe('unicast ens5 via 10.0.0.1');
});

test('IPv6 chooses sources by RFC 6724', () => {
  const { fields } = read(
    'addresses: ["2001:db8:1::1/64", "fd00:192::2/64"]\npodCIDR: fd00:10::/64\n',
    'ipv6',
  );
  const host = buildHost('ipv6', [fields]);
  const choose = (destination: string) => {
    const address = parseAddress(destination) as bigint;
    const source = masqueradeSource(host, 'eth0', address, address);
    return source === null || isDoubt(source) ? source : formatAddress(source);
  };
  // Rule 6, the same label: unique local to unique local, global to global.
  expect(choose('fd77::5')).toBe('fd00:192::2');
  expect(choose('2001:db8:9::9')).toBe('2001:db8:1::1');
  // Rule 2: link-local addresses, which the host does not tell, go only to their link.
  expect(choose('fe80::9')).toMatchObject({ code: 'link-local-unknown' });
});
