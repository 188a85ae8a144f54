import { type Family, families } from '../../src/address/address.ts';
import type { TestCase, TestPacket } from './generate.ts';

/** One address of each kind that routes tell apart. The node is that of `node.ts`, whose links have no link-local addresses. */
const addresses: Readonly<
  Record<Family, { readonly sources: readonly string[]; readonly destinations: readonly string[] }>
> = {
  ipv4: {
    sources: [
      ...['0.0.0.0', '0.1.2.3', '192.168.0.2', '10.180.0.1', '192.168.0.255', '10.180.0.255', '192.168.0.0'],
      ...['10.180.0.7', '203.0.113.9', '224.0.0.5', '239.1.1.1', '240.0.0.1', '255.255.255.255'],
    ],
    destinations: ['192.168.0.2', '10.180.0.1', '10.180.0.5', '203.0.113.7', '192.168.0.255'],
  },
  ipv6: {
    sources: [
      ...['::', 'fd00:192::', 'fd00:10:180::', 'fd00:192::2', 'fd00:10:180::1', 'fd00:10:180::7'],
      ...['fd00:192::77', '2001:db8:113::9', 'fe80::', 'fe80::9', 'ff02::1', 'ff05::5'],
    ],
    destinations: [
      ...[
        'fd00:192::2',
        'fd00:10:180::1',
        'fd00:10:180::5',
        '2001:db8:113::7',
        'fd00:192::',
        'fd00:10:180::',
      ],
    ],
  },
};

const types = ['unspec', 'unicast', 'local', 'broadcast', 'anycast', 'multicast', 'unreachable'];
const ends = [
  ['saddr', 'src'],
  ['daddr', 'dst'],
] as const;

/** What is asked of which end, in nft. */
const ofNft = ends.flatMap(([end, packet]) => [
  ...types.flatMap((type) => [
    [packet, `fib ${end} type ${type}`] as const,
    [packet, `fib ${end} . iif type ${type}`] as const,
  ]),
]);

const waysBack = ['exists', 'missing'].map((there) => ['src', `fib saddr . iif oif ${there}`] as const);

const ofIptables = (family: Family) =>
  types
    .filter((type) => family === 'ipv4' || type !== 'broadcast')
    .flatMap((type) =>
      ends.flatMap(([, end]) =>
        ['', '! '].flatMap((negation) =>
          ['', ' --limit-iface-in'].map(
            (limit) => [end, `-m addrtype ${negation}--${end}-type ${type.toUpperCase()}${limit}`] as const,
          ),
        ),
      ),
    );

function packetsOf(family: Family, end: 'src' | 'dst'): TestPacket[] {
  const { sources, destinations } = addresses[family];
  const pairs =
    end === 'src'
      ? sources.map((source) => [source, destinations[2]] as const)
      : destinations.map(
          (destination) => [family === 'ipv4' ? '198.51.100.7' : '2001:db8:100::7', destination] as const,
        );
  return (['external', 'pod'] as const).flatMap((from) =>
    pairs.map(([src, dst]) => ({
      proto: 17,
      src,
      sport: 1000,
      dst: dst as string,
      dport: 2000,
      from,
      flags: 2,
    })),
  );
}

/** Of an address of a link the type depends on whether that link has such an address. */
const isOfLink = ({ src, from }: TestPacket) => src.startsWith('fe80') && from === 'pod';

function nftCase(family: Family, end: 'src' | 'dst', expression: string): TestCase {
  const table = family === 'ipv4' ? 'ip' : 'ip6';
  const rules = `table ${table} x {\n\tchain c {\n\t\ttype filter hook prerouting priority 0; policy accept;\n\t\t${expression} drop\n\t}\n}\n`;
  const packets = packetsOf(family, end).filter(
    (packet) => !expression.includes(' type ') || !isOfLink(packet),
  );
  return { family, backend: 'nftables', rules, packets, sequence: false };
}

function iptablesCase(family: Family, end: 'src' | 'dst', match: string): TestCase {
  const rules = `*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING ${match} -j DROP\nCOMMIT\n`;
  return { family, backend: 'nft', rules, packets: packetsOf(family, end), sequence: false };
}

/** By name: a rule that drops what has a type, or a way back, and packets from and to addresses of all kinds. */
export const addressTypeCases: readonly (readonly [name: string, TestCase])[] = families.flatMap((family) => [
  ...[...ofNft, ...waysBack].map(
    ([end, expression]) => [`${family}, ${expression}`, nftCase(family, end, expression)] as const,
  ),
  ...ofIptables(family).map(
    ([end, match]) => [`${family}, ${match}`, iptablesCase(family, end, match)] as const,
  ),
]);
