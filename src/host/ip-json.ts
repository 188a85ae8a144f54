import { type Family, familyOf } from '../address/address.ts';
import { isRecord } from './document.ts';
import { parseInterfaceAddress } from './interface-address.ts';
import { type Entry, joinWays, type Report, readRouteEntry } from './ip-route.ts';
import { isRuleEntry, readRule } from './ip-rule.ts';
import type { Interface, InterfaceAddress, ListedNetwork } from './model.ts';
import { isNeighbourEntry, readNeighbour } from './neighbour.ts';

/** Whether a document is what `ip -json addr|link|route|rule|neigh` prints: a list of links, routes, rules or neighbours. */
export function isIpJson(value: unknown): value is readonly Entry[] {
  return Array.isArray(value) && value.length > 0 && value.every((entry) => isRecord(entry) && kindOf(entry));
}

type EntryKind = 'link' | 'rule' | 'neighbour' | 'route' | null;

function kindOf(entry: Entry): EntryKind {
  if ('ifname' in entry) return 'link';
  if (isRuleEntry(entry)) return 'rule';
  if (isNeighbourEntry(entry)) return 'neighbour';
  return 'dst' in entry ? 'route' : null;
}

/** What the entries of one family say of the network. */
export function readEntries(entries: readonly Entry[], family: Family, report: Report): ListedNetwork {
  const ofKind = (kind: EntryKind) =>
    entries.map((entry, index) => ({ entry, index })).filter(({ entry }) => kindOf(entry) === kind);
  const links = ofKind('link').map(({ entry }) => readLink(entry, family));
  const routes = ofKind('route').flatMap(
    ({ entry, index }) => readRouteEntry(entry, family, index, report) ?? [],
  );
  const rules = ofKind('rule').flatMap(({ entry, index }) => readRule(entry, family, index, report) ?? []);
  const neighbours = ofKind('neighbour').flatMap(({ entry }) => readNeighbour(entry, family) ?? []);
  return {
    ...(neighbours.length > 0 ? { neighbours } : {}),
    ...(links.length > 0
      ? { links, addressed: ofKind('link').some(({ entry }) => 'addr_info' in entry) }
      : {}),
    ...(routes.length > 0 ? { routes: joinWays(routes) } : {}),
    ...(rules.length > 0 ? { rules } : {}),
  };
}

function readLink(link: Entry, family: Family): Interface {
  const infos = Array.isArray(link.addr_info) ? link.addr_info.filter(isRecord) : [];
  const addresses = infos.flatMap((info) => readAddress(info, family) ?? []);
  const kind = kindOfLink(link);
  return {
    name: String(link.ifname),
    // IPv6's are printed as the kernel keeps them: the last one first.
    addresses: family === 'ipv6' ? addresses.reverse() : addresses,
    master: typeof link.master === 'string' ? link.master : null,
    ...(kind === undefined ? {} : { kind }),
  };
}

/** A VRF shows by its flags, also without `-details`. */
function kindOfLink({ linkinfo, flags }: Entry): string | undefined {
  if (isRecord(linkinfo) && typeof linkinfo.info_kind === 'string') return linkinfo.info_kind;
  const names = Array.isArray(flags) ? flags : [];
  return names.includes('MASTER') && names.includes('NOARP') ? 'vrf' : undefined;
}

/** With a peer, the peer's prefix is on the link. */
function readAddress(info: Entry, family: Family): InterfaceAddress | undefined {
  const held = parseInterfaceAddress(`${info.local}/${info.prefixlen}`);
  const link = parseInterfaceAddress(`${info.address ?? info.local}/${info.prefixlen}`);
  if (!held || !link || familyOf(held.address) !== family) return undefined;
  if (info.tentative === true && info.dadfailed === true) return undefined;
  const { scope } = info;
  return {
    address: held.address,
    prefix: link.prefix,
    length: link.length,
    ...(family === 'ipv4' && (scope === 'link' || scope === 'host') && !isLoopbackText(info)
      ? { scope }
      : {}),
    ...(info.deprecated === true ? { deprecated: true } : {}),
    ...(info.temporary === true ? { temporary: true } : {}),
  };
}

function isLoopbackText({ local }: Entry): boolean {
  return String(local).startsWith('127.');
}
