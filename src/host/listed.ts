import { type Address, addressBits, type Family } from '../address/address.ts';
import { contains } from '../address/subnet.ts';
import { loneAddress } from './interface-address.ts';
import type { HostFields, Interface, InterfaceAddress, ListedNetwork, Route } from './model.ts';

/** Joins what `ip` printed in several files: links by name, routes and rules one after the other. */
export function joinListed(sources: readonly HostFields[]): ListedNetwork {
  const lists = sources.flatMap(({ listed }) => listed ?? []);
  const links = joinLinks(lists.flatMap((list) => list.links ?? []));
  const routes = joinOf(lists.map((list) => list.routes));
  const rules = joinOf(lists.map((list) => list.rules));
  const neighbours = joinOf(lists.map((list) => list.neighbours));
  const addressed = lists.some((list) => list.addressed);
  const held = addressed || !routes ? [] : heldByRoutes(routes);
  return {
    ...(links.length + held.length > 0 ? { links: joinLinks([...links, ...held]) } : {}),
    addressed: addressed || held.length > 0,
    ...(routes ? { routes } : {}),
    ...(rules ? { rules } : {}),
    ...(neighbours ? { neighbours } : {}),
  };
}

/** Undefined where nobody printed such a list. */
function joinOf<T>(lists: readonly (readonly T[] | undefined)[]): readonly T[] | undefined {
  const given = lists.flatMap((list) => (list ? [list] : []));
  return given.length === 0 ? undefined : given.flat();
}

/** `ip addr` and `ip link` speak of the same interfaces. */
function joinLinks(links: readonly Interface[]): Interface[] {
  const byName = new Map<string, Interface>();
  for (const link of links) {
    const known = byName.get(link.name);
    const fresh = link.addresses.filter(
      ({ address }) => !known?.addresses.some((held) => held.address === address),
    );
    byName.set(link.name, { ...known, ...link, addresses: [...(known?.addresses ?? []), ...fresh] });
  }
  return [...byName.values()];
}

/** `ip route show table all` lists the node's own addresses, too; how long their prefixes are, the routes to the links say. */
function heldByRoutes(routes: readonly Route[]): Interface[] {
  return routes.flatMap(({ type, table, prefix, length, interface: name }) => {
    if (type !== 'local' || table !== 'local' || name === null || name === 'lo') return [];
    if (length !== (typeof prefix.address === 'number' ? addressBits.ipv4 : addressBits.ipv6)) return [];
    return [{ name, addresses: [withLink(prefix.address, name, routes)] }];
  });
}

function withLink(address: Address, name: string, routes: readonly Route[]): InterfaceAddress {
  const link = routes.find(
    (route) =>
      route.table === undefined &&
      route.interface === name &&
      route.gateway === null &&
      contains(route.prefix, address),
  );
  return link ? { address, prefix: link.prefix, length: link.length } : loneAddress(address);
}

/** The interface of the default route, as far as one is listed. */
export function uplinkOf(routes: readonly Route[] | undefined): string | undefined {
  const found = routes?.find(
    ({ table, length, type }) => table === undefined && length === 0 && type === 'unicast',
  );
  return found?.interface ?? undefined;
}

/**
 * The interfaces behind which pods of this node are, as routes tell: on the link of one that does not lead outside is the
 * pods' prefix, a part of it, or a single address.
 */
export function podLinks(family: Family, fields: HostFields, routes: readonly Route[], uplink: string) {
  const { podCIDR } = fields;
  const found = routes.filter(({ type, table, gateway, interface: name, prefix, length }) => {
    if (type !== 'unicast' || table !== undefined || gateway !== null || name === null) return false;
    if (name === uplink || name === 'lo') return false;
    return podCIDR ? contains(podCIDR, prefix.address) : length === addressBits[family];
  });
  return [...new Set(found.map((route) => route.interface as string))];
}
