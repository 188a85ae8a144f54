import type { Family } from '../address/address.ts';
import { parsePrefix, type Subnet } from '../address/subnet.ts';
import { labels } from './source.ts';

/** Multicast that stays on a node: flags and scope are the second byte of the address; and what all nodes listen to. */
const groups = [
  ...Array.from({ length: 16 }, (_, flags) => `ff${flags.toString(16)}0::/15`),
  'ff01::1/128',
  'ff02::1/128',
];

/** Addresses that routing treats apart from all others, whatever a node's own network is. */
export const specialPrefixes: Readonly<Record<Family, readonly Subnet[]>> = {
  // 0.0.0.0 is nobody, 127/8 no source from outside; 224/4 is multicast, and the last address the broadcast to all.
  ipv4: [
    '0.0.0.0/32',
    '127.0.0.0/8',
    '224.0.0.0/4',
    '224.0.0.0/24',
    '224.0.0.1/32',
    '255.255.255.255/32',
  ].map(prefix),
  ipv6: [
    ...['::/128', '::1/128', 'fe80::/10', 'ff00::/8', ...groups].map(prefix),
    ...labels.map(([subnet]) => subnet),
  ],
};

function prefix(text: string): Subnet {
  return parsePrefix(text) as Subnet;
}
