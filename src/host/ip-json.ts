import { type Family, familyOf, parseAddress } from '../address/address.ts';
import { parseSubnet, prefixLength, prefixMask } from '../address/subnet.ts';
import { isRecord, type SmallDocument } from './document.ts';
import { parseInterfaceAddress } from './fields.ts';
import type { HostFields, Interface, InterfaceAddress, Route, RouteType } from './model.ts';

type Entry = Readonly<Record<string, unknown>>;

/** Whether a document is what `ip -json addr` or `ip -json route` prints: a list of links, or of routes. */
export function isIpJson(value: unknown): value is readonly Entry[] {
  return (
    Array.isArray(value) && value.every((entry) => isRecord(entry) && ('ifname' in entry || 'dst' in entry))
  );
}

/** The host fields in the output of `ip -json addr` or `ip -json route`, as iproute2 prints it. */
export function readIpJson(document: SmallDocument, value: readonly Entry[], family: Family): HostFields {
  const links = value.filter((entry) => 'ifname' in entry);
  if (links.length > 0) return { interfaces: links.map((link) => readLink(link, family)) };
  const routes = value.flatMap((entry, index) => readRoute(document, entry, index, family) ?? []);
  const uplink = routes.find(({ length, interface: name }) => length === 0 && name !== null)?.interface;
  return { routes, ...(uplink ? { uplink } : {}) };
}

function readLink(link: Entry, family: Family): Interface {
  const infos = Array.isArray(link.addr_info) ? link.addr_info.filter(isRecord) : [];
  const addresses = infos.flatMap((info): InterfaceAddress[] => {
    const parsed = parseInterfaceAddress(`${info.local}/${info.prefixlen}`);
    return parsed && familyOf(parsed.address) === family ? [parsed] : [];
  });
  return { name: String(link.ifname), addresses };
}

const types: Readonly<Record<string, RouteType>> = {
  unicast: 'unicast',
  unreachable: 'unreachable',
  blackhole: 'blackhole',
  prohibit: 'prohibit',
};

function readRoute(document: SmallDocument, entry: Entry, index: number, family: Family): Route | undefined {
  const everything = { address: family === 'ipv4' ? 0 : 0n, mask: prefixMask(family, 0) };
  const prefix = entry.dst === 'default' ? everything : parseSubnet(String(entry.dst));
  const type = types[String(entry.type ?? 'unicast')];
  const gateway = entry.gateway === undefined ? null : parseAddress(String(entry.gateway));
  if (!prefix || gateway === undefined) {
    document.report(
      [index],
      'address-syntax',
      'a route with an address that is none',
      'the output of ip -json route',
    );
    return undefined;
  }
  if (!type || familyOf(prefix.address) !== family) return undefined;
  const dev = typeof entry.dev === 'string' ? entry.dev : null;
  const length = prefixLength(prefix) as number;
  return { prefix, length, metric: Number(entry.metric ?? 0), type, interface: dev, gateway };
}
