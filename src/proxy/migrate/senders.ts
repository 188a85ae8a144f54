import type { Address } from '../../address/address.ts';
import { contains, hostSubnet } from '../../address/subnet.ts';
import type { PodDetection } from '../decide/pods.ts';
import type { PacketClass } from './packets.ts';
import type { Masquerades } from './traits.ts';

export type Senders = Pick<PacketClass, 'source' | 'incoming'>;

/** Whose packets are not masqueraded; null where all are. */
export function spared(side: Masquerades): Senders | null {
  switch (side.whom) {
    case 'all':
      return null;
    case 'none':
      return {};
    case 'not-of':
      return podSenders(side.pods);
  }
}

/** Whose packets are taken for those of pods; null where nobody's are. */
export function podSenders(pods: PodDetection | null): Senders | null {
  if (pods === null) return null;
  return pods.by === 'source'
    ? { source: { within: [pods.prefix] } }
    : { incoming: { interface: pods.interface, negated: false } };
}

/** All who are not among those senders. */
export function allBut(senders: Senders | null): Senders {
  const { source, incoming } = senders ?? {};
  return {
    ...(source?.within && { source: { outside: source.within } }),
    ...(incoming && { incoming: { ...incoming, negated: true } }),
  };
}

/** What an endpoint sends, where it is among those senders. */
export function itself(address: Address, senders: Senders | null): Partial<PacketClass> | null {
  if (!(senders?.source?.within?.some((prefix) => contains(prefix, address)) ?? senders !== null))
    return null;
  const { incoming } = senders as Senders;
  return {
    from: ['external', 'pod'],
    source: { within: [hostSubnet(address)] },
    ...(incoming && { incoming }),
  };
}
