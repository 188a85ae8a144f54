import { type Address, type Family, familyOf } from '../../address/address.ts';
import { contains, hostSubnet, isEverything, parsePrefix, type Subnet } from '../../address/subnet.ts';
import type { ProxyConfig } from '../../kube/cluster/config.ts';
import type { Protocol } from '../../kube/cluster/model.ts';
import type { Release } from './release.ts';

/** On which of the node's addresses node ports answer. */
export type NodePortAddresses =
  | {
      readonly kind: 'all-local';
      /** Loopback addresses, on which they do not work. */
      readonly except: Subnet | null;
    }
  | { readonly kind: 'listed'; readonly addresses: readonly Address[] };

export interface NodePortDecision {
  readonly on: NodePortAddresses;
  /** Node ports answer on 127.0.0.0/8 (by route_localnet), so that the hole this makes must be closed. */
  readonly localhost: boolean;
  /** Protocols whose node ports are rejected on loopback addresses, in nftables mode. */
  readonly rejectedOnLocalhost: readonly Protocol[];
}

const loopback: Readonly<Record<Family, Subnet>> = {
  ipv4: parsePrefix('127.0.0.0/8') as Subnet,
  ipv6: parsePrefix('::1/128') as Subnet,
};

const everything: Readonly<Record<Family, Subnet>> = {
  ipv4: parsePrefix('0.0.0.0/0') as Subnet,
  ipv6: parsePrefix('::/0') as Subnet,
};

/** The addresses of the loopback interface, and the one by which kube-proxy asks whether a prefix covers IPv4's. */
const localhosts: Readonly<Record<Family, Address>> = { ipv4: 0x7f000001, ipv6: 1n };
const loopbackIPv4 = 0x7f000000;

/**
 * @param nodeAddresses every address of the node, on whatever interface, loopback left out
 * @param primary the node's address as kube-proxy knows it, which the word `primary` stands for
 */
export function decideNodePorts(
  config: ProxyConfig,
  release: Release,
  family: Family,
  nodeAddresses: readonly Address[],
  primary: Address | null,
): NodePortDecision {
  const prefixes = prefixesOf(config, primary).filter((prefix) => familyOf(prefix.address) === family);
  const matchesAll = prefixes.length === 0 || prefixes.some(isEverything);
  if (config.mode === 'nftables') return forTables(prefixes, matchesAll, release, family, nodeAddresses);
  const isAllowed = config.localhostNodePorts || !release.localhostNodePortsOption;
  const localhost = isAllowed && family === 'ipv4' && (matchesAll || prefixes.some(coversLoopback));
  if (matchesAll) {
    const on = { kind: 'all-local', except: exception(release, family, localhost) } as const;
    return { on, localhost, rejectedOnLocalhost: [] };
  }
  // A prefix of this family contains no address of the other.
  const isListed = (address: Address) => prefixes.some((prefix) => contains(prefix, address));
  // On IPv6's localhost they never worked, but at first kube-proxy wrote the rule all the same.
  const hasLocalhost = localhost || (family === 'ipv6' && !release.localhostNodePortsOption);
  const addresses = [...nodeAddresses, ...(hasLocalhost ? [localhosts[family]] : [])].filter(isListed);
  return { on: { kind: 'listed', addresses: [...new Set(addresses)] }, localhost, rejectedOnLocalhost: [] };
}

/**
 * The prefixes, words spelled out (expandNodePortAddressKeywords of server.go). Of a node without an address in this family nothing
 * is left of `primary`, and an empty list means everything.
 */
function prefixesOf({ mode, nodePortAddresses }: ProxyConfig, primary: Address | null): readonly Subnet[] {
  const isOwn = primary !== null && !Object.values(loopback).some((prefix) => contains(prefix, primary));
  const own = isOwn ? [hostSubnet(primary)] : [];
  const asked =
    nodePortAddresses.length === 0 && mode === 'nftables' ? ['primary' as const] : nodePortAddresses;
  return asked.flatMap((one) => {
    if (one === 'primary') return own;
    if (one === 'localhost') return Object.values(loopback);
    return one === 'all' ? Object.values(everything) : [one];
  });
}

/** In nftables mode rules never serve loopback addresses. */
function forTables(
  prefixes: readonly Subnet[],
  matchesAll: boolean,
  release: Release,
  family: Family,
  nodeAddresses: readonly Address[],
): NodePortDecision {
  const isListed = (address: Address) =>
    !contains(loopback[family], address) && prefixes.some((prefix) => contains(prefix, address));
  const isServed = prefixes.some(({ address }) => contains(loopback[family], address));
  return {
    on: matchesAll
      ? { kind: 'all-local', except: loopback[family] }
      : { kind: 'listed', addresses: [...new Set(nodeAddresses.filter(isListed))] },
    localhost: false,
    rejectedOnLocalhost: rejected(release, isServed),
  };
}

/** What kube-proxy's own TCP proxy does not serve on loopback addresses is rejected and counted. */
function rejected({ nftables }: Release, isServed: boolean): readonly Protocol[] {
  if (!nftables?.rejectsLocalhostNodePorts) return [];
  return isServed ? ['UDP', 'SCTP'] : ['TCP', 'UDP', 'SCTP'];
}

function coversLoopback(prefix: Subnet): boolean {
  return contains(loopback.ipv4, prefix.address) || contains(prefix, loopbackIPv4);
}

function exception(release: Release, family: Family, localhost: boolean): Subnet | null {
  if (!release.localhostNodePortsOption || localhost) return null;
  return loopback[family];
}
