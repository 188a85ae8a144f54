import { type Address, type Family, familyOf } from '../../address/address.ts';
import { contains, hostSubnet, isEverything, parsePrefix, type Subnet } from '../../address/subnet.ts';
import type { ProxyConfig } from '../../kube/cluster/config.ts';
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
}

const loopback: Readonly<Record<Family, Subnet>> = {
  ipv4: parsePrefix('127.0.0.0/8') as Subnet,
  ipv6: parsePrefix('::1/128') as Subnet,
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
  const wanted = config.nodePortPrimary ? onlyAddress(primary) : config.nodePortPrefixes;
  const prefixes = wanted.filter((prefix) => familyOf(prefix.address) === family);
  const matchesAll = prefixes.length === 0 || prefixes.some(isEverything);
  const isAllowed = config.localhostNodePorts || !release.localhostNodePortsOption;
  const localhost = isAllowed && family === 'ipv4' && (matchesAll || prefixes.some(coversLoopback));
  if (matchesAll) {
    return { on: { kind: 'all-local', except: exception(release, family, localhost) }, localhost };
  }
  // A prefix of this family contains no address of the other.
  const isListed = (address: Address) => prefixes.some((prefix) => contains(prefix, address));
  // On IPv6's localhost they never worked, but at first kube-proxy wrote the rule all the same.
  const hasLocalhost = localhost || (family === 'ipv6' && !release.localhostNodePortsOption);
  const addresses = [...nodeAddresses, ...(hasLocalhost ? [localhosts[family]] : [])].filter(isListed);
  return { on: { kind: 'listed', addresses: [...new Set(addresses)] }, localhost };
}

/** Of a node without an address in this family nothing is left, and an empty list means everything. */
function onlyAddress(address: Address | null): readonly Subnet[] {
  return address === null ? [] : [hostSubnet(address)];
}

function coversLoopback(prefix: Subnet): boolean {
  return contains(loopback.ipv4, prefix.address) || contains(prefix, loopbackIPv4);
}

function exception(release: Release, family: Family, localhost: boolean): Subnet | null {
  if (!release.localhostNodePortsOption || localhost) return null;
  return loopback[family];
}
