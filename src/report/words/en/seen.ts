import { formatAddress } from '../../../address/address.ts';
import type { SeenWords } from '../seen.ts';

export const seenWords: SeenWords = {
  seen: {
    source: ({ address }) => `the source is ${formatAddress(address)}`,
    destination: ({ address }) => `the destination is ${formatAddress(address)}`,
    'not-listed': ({ address }) => `the list does not say so of ${formatAddress(address)}`,
    in: (one) => `it came in by ${one.interface || 'no interface'}`,
    out: (one) => `it leaves by ${one.interface || 'no interface yet'}`,
    protocol: ({ number }) => `the protocol is ${number}`,
    ports: ({ source, destination }) =>
      `the source port is ${source ?? 'not given'}, the destination port ${destination ?? 'not given'}`,
    mark: ({ mark }) => `the mark is 0x${mark.toString(16)}`,
    state: ({ state }) => `the state is ${state}`,
  },
  notSo: 'the packet is not so',
};
