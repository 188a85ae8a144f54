import type { Family } from '../../address/address.ts';
import { hostSubnet, parsePrefix, type Subnet } from '../../address/subnet.ts';
import type { Decision } from '../decide/decide.ts';
import type { NodeDecisions } from '../decide/node.ts';
import type { PodDetection } from '../decide/pods.ts';
import type { DestinationTest } from './packets.ts';

/** What one side (a mode and a release) does with whole classes of packets, whatever its rules look like. */
export interface Traits {
  /** Packets to a cluster address at which no service port is are refused, rather than sent on. */
  readonly refusesUnusedPorts: boolean;
  /** Ranges of cluster addresses of which what is not allocated is dropped. */
  readonly droppedRanges: readonly Subnet[];
  /** Where node ports lead to endpoints. */
  readonly nodePortsServed: DestinationTest;
  /** Where node ports without endpoints are refused or dropped. */
  readonly nodePortsRefused: DestinationTest;
  /** What the node itself sends to an external address without endpoints is refused or dropped. */
  readonly refusesOwn: boolean;
  /** So is what it sends to one of policy Local without endpoints on this node, which others send to endpoints elsewhere. */
  readonly dropsOwn: boolean;
  /** Source ranges count for an address without endpoints, too. */
  readonly rangesBeforeRefusal: boolean;
  /** route_localnet is set. */
  readonly routesLoopback: boolean;
  /** It is, and no rule of kube-proxy's keeps packets from the wire away from 127.0.0.0/8. */
  readonly admitsLoopback: boolean;
  /** A rule of kube-proxy's does, and drops what the node itself sends there from an address of another interface, too. */
  readonly guardsLoopback: boolean;
  /** Whose packets to cluster addresses are masqueraded. */
  readonly masquerades: Masquerades;
  /** Only endpoints on this node have their packets to themselves masqueraded. */
  readonly hairpinOnlyLocal: boolean;
  /** INVALID packets that are forwarded are dropped. */
  readonly dropsInvalid: boolean;
  /** Packets are accepted by rules of kube-proxy's own. */
  readonly accepts: boolean;
  /** How clients with session affinity are remembered. */
  readonly remembers: 'recent' | 'sets';
}

/** Of which sources packets to cluster addresses are masqueraded. */
export type Masquerades =
  | { readonly whom: 'all' | 'none' }
  /** Whoever is not taken for a pod. */
  | { readonly whom: 'not-of'; readonly pods: PodDetection };

export const loopback: Readonly<Record<Family, Subnet>> = {
  ipv4: parsePrefix('127.0.0.0/8') as Subnet,
  ipv6: parsePrefix('::1/128') as Subnet,
};

export function traitsOf(decisions: NodeDecisions): Traits {
  const isTables = decisions.config.mode === 'nftables';
  const served = nodePortsServed(decisions);
  return {
    refusesUnusedPorts: isTables,
    droppedRanges: isTables ? decisions.serviceCidrs : [],
    nodePortsServed: served,
    nodePortsRefused: isTables ? served : { local: true, outside: [] },
    refusesOwn: isTables,
    dropsOwn: isTables && decisions.release.nftables?.baseChains === 'before-dnat',
    rangesBeforeRefusal: isTables,
    routesLoopback: decisions.nodePorts.localhost,
    admitsLoopback: decisions.nodePorts.localhost && !decisions.release.ownsFirewallChain,
    guardsLoopback: decisions.nodePorts.localhost && decisions.release.ownsFirewallChain,
    masquerades: masquerades(decisions),
    dropsInvalid: !isTables && !(decisions.config.tcpBeLiberal && decisions.release.honoursTcpBeLiberal),
    accepts: !isTables,
    remembers: isTables ? 'sets' : 'recent',
    hairpinOnlyLocal: isTables && (decisions.release.nftables?.translatesInServiceChain ?? false),
  };
}

function nodePortsServed({ nodePorts: { on } }: NodeDecisions): DestinationTest {
  return on.kind === 'all-local'
    ? { local: true, outside: on.except ? [on.except] : [] }
    : { within: on.addresses.map(hostSubnet) };
}

function masquerades({ config, pods }: NodeDecisions): Masquerades {
  if (config.masqueradeAll) return { whom: 'all' };
  if (!pods) return { whom: 'none' };
  return { whom: 'not-of', pods };
}

/** The addresses of a service port from outside, each with the port that leads there. */
export function frontends(decision: Decision): readonly Subnet[] {
  return [...decision.externalAddresses, ...decision.balancerAddresses].map(hostSubnet);
}
