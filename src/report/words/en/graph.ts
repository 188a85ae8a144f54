import { formatAddress } from '../../../address/address.ts';
import type { GraphWords } from '../graph.ts';

export const graphWords: GraphWords = {
  doings: {
    'source-becomes': ({ address }) =>
      `source becomes ${address === null ? "the node's" : formatAddress(address)}`,
    'more-endpoints': ({ count }) => `${count} more endpoints`,
    mark: ({ value, mask }) => `mark 0x${value.toString(16)}/0x${mask.toString(16)}`,
  },
  conditions: {
    from: ({ prefix }) => `from ${prefix}`,
    to: ({ prefix }) => `to ${prefix}`,
    in: ({ name }) => `in by ${name}`,
    out: ({ name }) => `out by ${name}`,
    protocol: ({ name }) => name,
    'from-port': ({ ports }) => `from port ${ports}`,
    port: ({ ports }) => `port ${ports}`,
    states: ({ states }) => states.map((state) => state.toLowerCase()).join(' or '),
    'from-node': () => 'from this node',
    'to-node': () => 'to this node',
    seen: ({ seconds }) => `client seen in the last ${seconds} s`,
  },
  not: (what) => `not ${what}`,
  more: (count) => `and ${count} more`,
  everyPacket: 'every packet',
};
