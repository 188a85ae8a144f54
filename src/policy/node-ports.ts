import { type Address, type Family, familyOf } from '../address/address.ts';
import { contains, parsePrefix, type Subnet } from '../address/subnet.ts';
import type { ProxyConfig } from '../cluster/config.ts';
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

const localhostIPv4 = 0x7f000001;

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
  const prefixes = config.nodePortPrefixes.filter((prefix) => familyOf(prefix.address) === family);
  const matchesAll = !config.nodePortPrimary && (prefixes.length === 0 || prefixes.some(isEverything));
  const isWanted = config.localhostNodePorts || !release.localhostNodePortsOption;
  const coversLocalhost = matchesAll || prefixes.some((prefix) => contains(prefix, localhostIPv4));
  const localhost = isWanted && family === 'ipv4' && coversLocalhost;
  if (matchesAll)
    return { on: { kind: 'all-local', except: exception(release, family, localhost) }, localhost };

  const candidates = [...nodeAddresses.filter((address) => familyOf(address) === family)];
  if (localhost) candidates.push(localhostIPv4);
  const isListed = (address: Address) =>
    (config.nodePortPrimary && address === primary) || prefixes.some((prefix) => contains(prefix, address));
  return { on: { kind: 'listed', addresses: [...new Set(candidates.filter(isListed))] }, localhost };
}

function exception(release: Release, family: Family, localhost: boolean): Subnet | null {
  if (!release.localhostNodePortsOption || localhost) return null;
  return loopback[family];
}

function isEverything(prefix: Subnet): boolean {
  return Number(prefix.mask) === 0;
}
