import { type Family, families } from '../../src/address/address.ts';
import type { TestCase, TestPacket } from './generate.ts';

/** Addresses that are no host's, or not one that packets come from. The node is that of `node.ts`. */
const addresses = {
  ipv4: {
    sources: [
      ...['0.0.0.0', '0.1.2.3', '127.0.0.1', '127.0.0.9', '192.168.0.2', '10.180.0.1', '192.168.0.255'],
      ...['10.180.0.255', '224.0.0.1', '239.1.1.1', '240.0.0.1', '255.255.255.255'],
    ],
    destinations: [
      ...['10.180.0.1', '192.168.0.2', '10.180.0.5', '203.0.113.9', '0.0.0.0', '0.1.2.3', '127.0.0.1'],
      ...['240.0.0.1', '192.168.0.255', '255.255.255.255', '224.0.0.1', '224.0.0.9', '239.1.1.1'],
    ],
    icmp: 'icmp',
  },
  ipv6: {
    sources: [
      '::',
      '::1',
      'fd00:192::',
      'fd00:10:180::',
      'fd00:192::2',
      'fd00:10:180::1',
      'ff02::1',
      'ff05::5',
      'fe80::',
      'fe80::9',
    ],
    destinations: [
      'fd00:10:180::1',
      'fd00:192::2',
      'fd00:10:180::5',
      '2001:db8:113::9',
      '::',
      '::1',
      'fd00:192::',
      ...['ff01::1', 'ff02::1', 'ff02::9', 'ff05::5', 'fe80::5'],
    ],
    icmp: 'ipv6-icmp',
  },
} as const satisfies Record<Family, unknown>;

/** Answers to such sources are the hard part: whether there is one, and by which interface it leaves. */
const ruleSets = (icmp: string): Readonly<Record<string, readonly string[]>> => ({
  'nothing is refused': [],
  'INPUT and FORWARD refuse': ['-A INPUT -j REJECT', '-A FORWARD -j REJECT'],
  'OUTPUT and FORWARD refuse': [
    '-A OUTPUT -p udp -m udp --dport 2000 -j REJECT',
    '-A OUTPUT -p tcp -m tcp --dport 2000 -j REJECT --reject-with tcp-reset',
    '-A FORWARD -p tcp -j REJECT --reject-with tcp-reset',
  ],
  'answers by the uplink are eaten': [
    '-A INPUT -j REJECT',
    '-A FORWARD -j REJECT',
    `-A OUTPUT -o eth0 -p ${icmp} -j DROP`,
  ],
  'answers to the pods are eaten': [
    '-A INPUT -j REJECT',
    '-A FORWARD -j REJECT',
    `-A OUTPUT -o cni0 -p ${icmp} -j DROP`,
  ],
});

function packetsOf(family: Family): TestPacket[] {
  const { sources, destinations } = addresses[family];
  return (['host', 'external', 'pod'] as const).flatMap((from) =>
    sources.flatMap((src) =>
      [6, 17].flatMap((proto) =>
        destinations.map((dst) => ({ proto, src, sport: 1000, dst, dport: 2000, from, flags: 2 })),
      ),
    ),
  );
}

/** By name: rules of the filter table, and packets from and to all of these addresses. */
export const forgedCases: readonly (readonly [name: string, TestCase])[] = families.flatMap((family) =>
  Object.entries(ruleSets(addresses[family].icmp)).map(([name, rules]) => {
    // Where the kernel fills in the source, the sum that the test's sender made does not hold any more, and an answer
    // in OUTPUT is given to right sums only.
    const packets = packetsOf(family).filter(
      ({ src, from }) => !(name.startsWith('OUTPUT') && from === 'host' && src === '0.0.0.0'),
    );
    const text = ['*filter', ...rules, 'COMMIT', ''].join('\n');
    return [`${family}, ${name}`, { family, backend: 'nft', rules: text, packets, sequence: false }] as const;
  }),
);

/** By which link what is for one link or for many leaves, who listens to a group, and which link has local addresses. */
export function isUnknowable({ src, dst, from }: TestPacket): boolean {
  if (src.startsWith('2') && dst.startsWith('127.')) return true;
  // An error to an address of a link takes that link; of eth0 the default route is enough.
  if (src.startsWith('fe80') && from !== 'external') return true;
  if (/^(?:22|239|f[ef])/.test(dst)) return dst !== '224.0.0.1' || from === 'host';
  return from === 'host' && dst === '255.255.255.255' && /^(?:10|127)/.test(src);
}
