import type { Address } from '../../address/address.ts';
import { hostSubnet, type Subnet } from '../../address/subnet.ts';
import {
  baseMatchKinds,
  type Match,
  type MatchKind,
  statisticScale,
  type TransportKind,
  type TransportMatch,
} from '../../iptables/rule/match.ts';
import type { JumpTarget, Target } from '../../iptables/rule/target.ts';
import type { Protocol } from '../../kube/cluster/model.ts';
import type { ConnectionState } from '../../sets/states.ts';

// The matches and targets of which kube-proxy's rules are made. What many rules share is made once.

export function comment(text: string): Match {
  return { kind: 'comment', text };
}

export function fromSubnet(subnet: Subnet, negated = false): Match {
  return { kind: 'source', negated, subnet, asPrefix: true };
}

export function fromAddress(address: Address): Match {
  return { kind: 'source', negated: false, subnet: hostSubnet(address) };
}

export function toSubnet(subnet: Subnet, negated = false): Match {
  return { kind: 'destination', negated, subnet, asPrefix: true };
}

export function toAddress(address: Address): Match {
  return { kind: 'destination', negated: false, subnet: hostSubnet(address) };
}

export function inInterface(name: string, negated = false): Match {
  return { kind: 'in-interface', negated, name };
}

interface Transport {
  readonly kind: TransportKind;
  /** `-p tcp` */
  readonly protocol: Match;
  /** `-m tcp` */
  readonly header: TransportMatch;
}

export const transports: Readonly<Record<Protocol, Transport>> = {
  TCP: transport('tcp', 6),
  UDP: transport('udp', 17),
  SCTP: transport('sctp', 132),
};

function transport(kind: TransportKind, protocol: number): Transport {
  return { kind, protocol: { kind: 'protocol', negated: false, protocol }, header: { kind } };
}

/** `-m tcp --dport N` */
export function toPort(protocol: Protocol, port: number): Match {
  return {
    kind: transports[protocol].kind,
    destinationPort: { value: { first: port, last: port }, negated: false },
  };
}

export function connectionState(states: readonly ConnectionState[], negated = false): Match {
  return { kind: 'conntrack', state: { value: states, negated } };
}

export const fromLocal: Match = { kind: 'addrtype', source: { value: ['LOCAL'], negated: false } };
export const toLocal: Match = { kind: 'addrtype', destination: { value: ['LOCAL'], negated: false } };

export function marked(mark: number, negated = false): Match {
  return { kind: 'mark', negated, value: mark, mask: mark };
}

const chances: Match[] = [];

/**
 * One in `count`. kube-proxy writes the probability with ten decimals, and iptables rounds that to the kernel's scale.
 * Most services have few endpoints, so the same few matches serve most rules.
 */
export function oneOf(count: number): Match {
  const known = chances[count];
  if (known) return known;
  const threshold = Math.round(Number((1 / count).toFixed(10)) * statisticScale);
  const chance: Match = { kind: 'statistic', mode: 'random', negated: false, threshold };
  if (count < 1000) chances[count] = chance;
  return chance;
}

export function countedBy(name: string): Match {
  return { kind: 'other', name: 'nfacct', words: ['--nfacct-name', '', name], understood: true };
}

export function jump(chain: string): JumpTarget {
  return { kind: 'jump', chain, returns: true };
}

export const accept: Target = { kind: 'verdict', verdict: 'ACCEPT' };
export const drop: Target = { kind: 'verdict', verdict: 'DROP' };
export const leave: Target = { kind: 'verdict', verdict: 'RETURN' };

/** The canonical order of a rule's matches: base options as the kernel tests them, then the rest as it stands. */
export function baseFirst(matches: readonly Match[]): readonly Match[] {
  const rank = (match: Match) => {
    const index = (baseMatchKinds as readonly MatchKind[]).indexOf(match.kind);
    return index === -1 ? baseMatchKinds.length : index;
  };
  return matches.toSorted((left, right) => rank(left) - rank(right));
}
