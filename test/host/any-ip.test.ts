import { describe, expect, test } from 'vitest';
import { type Address, parseAddress } from '../../src/address/address.ts';
import { hasOwnRouting } from '../../src/engine/routing.ts';
import { buildHost } from '../../src/host/build.ts';
import { readHost } from '../../src/host/read.ts';
import { addressType, lookUp } from '../../src/host/route.ts';

// Routes of the local table that deliver here what no interface has. The kernel (Linux 6.18, iptables-nft and legacy) drops
// 8.8.8.8 -> 172.30.0.9 by `-m addrtype --dst-type LOCAL -j DROP` with `local 172.30.0.0/16 dev lo table local`; the same with fd30::/16.

const node = {
  ipv4: {
    addresses: ['192.168.0.2/24'],
    routes: ['default via 192.168.0.1 dev eth0', '192.168.0.0/24 dev eth0'],
  },
  ipv6: {
    addresses: ['fd00:192::2/64'],
    routes: ['default via fd00:192::1 dev eth0', 'fd00:192::/64 dev eth0'],
  },
};

function hostFrom(family: 'ipv4' | 'ipv6', route: string) {
  const { addresses, routes } = node[family];
  const text = JSON.stringify({ addresses, routes: [...routes, route] });
  return buildHost(family, [readHost({ name: 'host', text }, family).fields]);
}

const at = (text: string) => parseAddress(text) as Address;

describe.each([
  ['ipv4', '172.30.0.0/16', '172.30.0.9', '172.31.0.9'],
  ['ipv6', 'fd30::/16', 'fd30::9', 'fd31::9'],
] as const)('%s', (family, prefix, inside, outside) => {
  const host = hostFrom(family, `local ${prefix} dev lo table local`);

  test('such an address is local to addrtype, as it is to routing', () => {
    expect(addressType(host, at(inside))).toBe('LOCAL');
    expect(lookUp(host, at(inside))).toMatchObject({ type: 'local' });
    expect(addressType(host, at(outside))).toBe('UNICAST');
    expect(lookUp(host, at(outside))).toMatchObject({ type: 'unicast' });
  });
});

test('of one interface, IPv6 asks that for its addresses; whose route it is in IPv4, is not known', () => {
  const four = hostFrom('ipv4', 'local 172.30.0.0/16 dev lo table local');
  expect(addressType(four, at('172.30.0.9'), 'eth0')).toMatchObject({ code: 'own-address-unknown' });
  const six = hostFrom('ipv6', 'local fd30::/16 dev lo table local');
  expect(addressType(six, at('fd30::9'), 'eth0')).toBe('UNICAST');
});

// The kernel's answers (Linux 6.18) for 10.9.0.1/24 and fd09::1/64 on lo.
describe('a prefix on lo', () => {
  const onLo = (family: 'ipv4' | 'ipv6', address: string) => {
    const text = JSON.stringify({ ...node[family], localAddresses: [address] });
    return buildHost(family, [readHost({ name: 'host', text }, family).fields]);
  };

  test('is all local in IPv4, but for its broadcast address', () => {
    const host = onLo('ipv4', '10.9.0.1/24');
    const types = ['10.9.0.0', '10.9.0.1', '10.9.0.77', '10.9.0.255', '10.9.1.0'].map((address) => [
      addressType(host, at(address)),
      (lookUp(host, at(address)) as { type: string }).type,
    ]);
    expect(types).toEqual([
      ['LOCAL', 'local'],
      ['LOCAL', 'local'],
      ['LOCAL', 'local'],
      ['BROADCAST', 'broadcast'],
      ['UNICAST', 'unicast'],
    ]);
  });

  test('is refused in IPv6, but for the address itself', () => {
    const host = onLo('ipv6', 'fd09::1/64');
    expect(lookUp(host, at('fd09::1'))).toMatchObject({ type: 'local' });
    expect(lookUp(host, at('fd09::77'))).toMatchObject({ type: 'unreachable' });
  });

  test('is nothing that somebody made: of sources only those are own that are held', () => {
    expect(hasOwnRouting(onLo('ipv4', '10.9.0.1/24'))).toBe(false);
    expect(hasOwnRouting(hostFrom('ipv4', 'local 172.30.0.0/16 dev lo table local'))).toBe(true);
  });
});
