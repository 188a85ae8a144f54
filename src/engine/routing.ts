import { type Address, addressBits } from '../address/address.ts';
import type { Subnet } from '../address/subnet.ts';
import type { HostDoubt } from '../host/doubt.ts';
import type { Hop, Host, Route } from '../host/model.ts';
import type { RouteKey } from '../host/policy.ts';
import {
  findInterface,
  followRoute,
  forwards,
  isDoubt,
  isLinkLocal,
  isLoopback,
  isMulticast,
  isReachedBy,
  isSet,
  lookUp,
  ownerOf,
  type Routing,
  sysctlValues,
} from '../host/route.ts';
import type { Branch } from './branch.ts';
import type { RouteDrop } from './reasons.ts';

/** Where a packet goes next. `refused`: the node answers with an error, as REJECT does. */
export type Direction =
  | { readonly kind: 'local' }
  | { readonly kind: 'forward' }
  /** By one of several ways: a hash that is not known decides which. */
  | { readonly kind: 'ways'; readonly hops: readonly Hop[] }
  /** By the one of several links that the sender named, or else a likely one. */
  | {
      readonly kind: 'link';
      readonly doubt: HostDoubt;
      readonly hops: readonly Hop[];
      readonly likely: Hop | null;
    }
  | { readonly kind: 'drop'; readonly why: RouteDrop }
  | { readonly kind: 'refused'; readonly with: string }
  | {
      readonly kind: 'unknown';
      readonly doubt: HostDoubt;
      /** The two answers, where there are no more than that. Null: it goes on. */
      readonly either?: {
        readonly question: string;
        readonly yes: Direction | null;
        readonly no: Direction | null;
      };
    };

const local: Direction = { kind: 'local' };
export const drop = (why: RouteDrop): Direction => ({ kind: 'drop', why });

/** Before the first hook: IPv6 takes neither loopback nor multicast sources from a wire. Null: it goes on. */
export function checkArrival(branch: Branch): Direction | null {
  if (typeof branch.source === 'number') return null;
  if (isLoopback(branch.source) || isLoopback(branch.destination)) return drop('loopback-from-wire');
  if (staysOnNode(branch.destination)) return drop('node-multicast-from-wire');
  return checkReturn(branch);
}

/** IPv6 takes no multicast source from lo either. */
export function checkReturn({ source }: Branch): Direction | null {
  return typeof source === 'bigint' && isMulticast(source) ? drop('multicast-source') : null;
}

/** The routing decision for what came in by an interface. Sets where it will leave. */
export function routeArrival(branch: Branch, host: Host): Direction {
  return host.family === 'ipv4' ? routeIPv4(branch, host) : routeIPv6(branch, host);
}

function routeIPv4(branch: Branch, host: Host): Direction {
  if (isMulticast(branch.destination)) return toGroup(branch, host);
  const martian = findMartian(branch, host);
  if (martian) return martian;
  const routing = lookUp(host, branch.destination, keyOf(branch));
  if (isDoubt(routing)) return { kind: 'unknown', doubt: routing };
  const forwarded = routing.type !== 'local' && routing.type !== 'broadcast';
  if (forwarded && !forwards(host, branch.ingress)) return drop('not-forwarding');
  const refused = refusal(routing, host);
  if (refused) return refused;
  branch.broadcast = routing.type === 'broadcast';
  if (!forwarded) return checkSource(branch, host, null) ?? local;
  const direction = forward(branch, routing);
  return (direction.kind === 'forward' ? checkSource(branch, host, branch.egress) : null) ?? direction;
}

const igmp = 2;

/** ip_mc_validate_source, and ip_check_mc_rcu, which lets IGMP through whatever the group. */
function toGroup(branch: Branch, host: Host): Direction {
  const source = branch.source as number;
  const ofLink = isOfLink(branch.destination);
  if (isMulticast(source) || source === 0xffffffff) return drop('source-of-nobody');
  if (isLoopback(source) && !isSet(host, 'route_localnet', branch.ingress)) return drop('localnet-source');
  if (source === 0 && !ofLink && branch.protocol !== igmp) return drop('source-unspecified');
  const invalid = source === 0 ? null : checkSource(branch, host, null);
  if (invalid) return invalid;
  return isListenedTo(branch.destination) || branch.protocol === igmp
    ? local
    : unknownMulticast(branch.destination);
}

/** Groups that every node listens to, on every interface: all hosts (ip_mc_up, ipv6_add_dev). */
export function isListenedTo(group: Address): boolean {
  return group === 0xe0000001 || group === allNodes || group === allNodesOfInterface;
}

const allNodes = (0xff02n << 112n) | 1n;
const allNodesOfInterface = (0xff01n << 112n) | 1n;

/** Groups of one link alone, 224.0.0.0/24. */
export function isOfLink(group: Address): boolean {
  return typeof group === 'number' && group >>> 8 === 0xe00000;
}

/** IPv6 multicast that does not leave the node: of interface-local scope, or of none. */
export function staysOnNode(group: Address): boolean {
  return typeof group === 'bigint' && isMulticast(group) && Number((group >> 112n) & 15n) <= 1;
}

/** What policy routing asks of a packet as it is at this point of its way. */
export function keyOf(branch: Branch): RouteKey {
  const { source, mark, protocol, sourcePort, destinationPort, local } = branch;
  const arrival = local ? 'lo' : branch.ingress;
  return { source, mark, in: arrival, protocol, sourcePort, destinationPort, ofProcess: local };
}

/** For the way back to where a packet came from, as if the answer came in by `arrival`; `lo`: as if the node gave it. */
export function keyBack(branch: Branch, marked: boolean, arrival = 'lo'): RouteKey {
  const { destination, mark, protocol, sourcePort, destinationPort } = branch;
  return {
    source: destination,
    mark: marked ? mark : 0,
    in: arrival,
    protocol,
    sourcePort: destinationPort,
    destinationPort: sourcePort,
    ofProcess: false,
  };
}

/** Addresses that the routing code itself refuses, whatever the tables say. */
function findMartian(branch: Branch, host: Host): Direction | null {
  const source = branch.source as number;
  const destination = branch.destination as number;
  const open = isSet(host, 'route_localnet', branch.ingress);
  if (isMulticast(source) || source === 0xffffffff) return drop('source-of-nobody');
  if (isLoopback(source) && !open) return drop('localnet-source');
  if (destination === 0xffffffff) return null;
  if (source === 0 && destination !== 0) return drop('source-unspecified');
  if (destination === 0 && source !== 0) return drop('destination-unspecified');
  if (isLoopback(destination) && !open) return drop('localnet-destination');
  return null;
}

/**
 * fib_validate_source: one's own addresses do not come from outside, and with rp_filter the way back must fit. `egress`: by which
 * it is to leave; null: it is for the node.
 */
export function checkSource(branch: Branch, host: Host, egress: string | null): Direction | null {
  const { source, ingress } = branch;
  // Who has no address yet asks all of the link for one (ip_route_input_slow, brd_input).
  if (source === 0) return null;
  const mode = Math.max(...sysctlValues(host, 'rp_filter', ingress));
  const acceptsOwn = isSet(host, 'accept_local', ingress);
  if (mode === 0 && !(egress === ingress && redirects(host, ingress))) {
    if (acceptsOwn) return null;
    if (!hasOwnRouting(host)) return isOwn(host, source) ? drop('source-is-own') : null;
  }
  const isMarked = isSet(host, 'src_valid_mark', ingress);
  const back = lookUp(host, source, keyBack(branch, isMarked, egress ?? 'lo'));
  if (isDoubt(back)) return { kind: 'unknown', doubt: back };
  if (back.type === 'local') {
    if (!acceptsOwn) return drop('source-is-own');
  } else if ('interface' in back) return drop('source-of-nobody');
  const links = linksOf(back);
  if (links === null) return mode === 0 ? null : drop('no-way-back');
  if (mode === 0 || links.includes(ingress)) return null;
  if (mode === 1) return drop('other-way-back');
  // Who holds no address does not ask whether there is another way back.
  const link = findInterface(host, ingress);
  return host.addressesKnown && link?.addresses.length === 0 ? drop('no-way-back') : null;
}

/** Null: there is no way back. */
function linksOf(back: Routing): readonly string[] | null {
  if (back.type === 'unicast') return back.hops.map((hop) => hop.interface);
  return 'interface' in back ? [back.interface] : null;
}

/** send_redirects has the source of what goes back by where it came from looked up; where nobody says so, it is taken to be off. */
function redirects(host: Host, device: string): boolean {
  return isSet(host, 'send_redirects', device);
}

const ownRouting = new WeakMap<Host, boolean>();

/** Whether somebody has made rules of policy routing, or local routes: then the tables are asked whose a source is. */
export function hasOwnRouting(host: Host): boolean {
  const known = ownRouting.get(host);
  if (known !== undefined) return known;
  const isUsual = host.rules.every(
    (rule) => rule.action.kind === 'table' && usualPriorities[rule.action.table] === rule.priority,
  );
  const made = !isUsual || host.routes.some((route) => isMadeLocal(host, route));
  ownRouting.set(host, made);
  return made;
}

const usualPriorities: Readonly<Record<string, number>> = { local: 0, main: 32766, default: 32767 };

/** A route that delivers here what is no address of an interface. */
function isMadeLocal(host: Host, { type, prefix, length }: Route): boolean {
  if (type !== 'local' || isHeld(host, prefix, length)) return false;
  const isWhole = length === addressBits[host.family];
  return !(isLoopback(prefix.address) || (isWhole && isOwn(host, prefix.address)));
}

/** What an address on lo brings with it, the kernel makes itself. */
function isHeld(host: Host, prefix: Subnet, length: number): boolean {
  const held = findInterface(host, 'lo')?.addresses ?? [];
  return held.some((own) => own.length === length && own.prefix.address === prefix.address);
}

/** Addresses that are configured; the rest of 127/8 is local, but nobody's own. */
export function isOwn(host: Host, address: Address): boolean {
  return ownerOf(host, address)?.addresses.some((held) => held.address === address) ?? false;
}

export const listens = 'group-heard';

/** What is supposed of a packet of the node: that its sender named the link by which it leaves. */
export const sentBy = (link: string) => `sent-by ${link}`;

/** The question whether a link has a link-local address. */
export const linkLocalOn = (link: string) => `${link}${hasLinkLocal}`;
const hasLinkLocal = ' has a link-local address';

/** The link that the question is about; null: it is another question. */
export const linkAsked = (question: string): string | null =>
  question.endsWith(hasLinkLocal) ? question.slice(0, -hasLinkLocal.length) : null;

export function unknownMulticast(destination: Address): Extract<Direction, { kind: 'unknown' }> {
  return {
    kind: 'unknown',
    doubt: { code: 'group-unknown', address: destination },
    either: {
      question: listens,
      yes: local,
      no: drop('group-not-heard'),
    },
  };
}

function forward(branch: Branch, routing: Routing): Direction {
  if (routing.type !== 'unicast') return drop('no-route');
  const [hop, ...others] = routing.hops;
  if (!hop || others.length > 0) return { kind: 'ways', hops: routing.hops };
  takeHop(branch, hop);
  return { kind: 'forward' };
}

export function takeHop(branch: Branch, hop: Hop): void {
  branch.egress = hop.interface;
  branch.gateway = hop.gateway;
}

const refusals = {
  ipv4: {
    none: 'icmp-net-unreachable',
    unreachable: 'icmp-host-unreachable',
    prohibit: 'icmp-admin-prohibited',
  },
  // ip6_rt_init_dst_reject: an unreachable route answers as none.
  ipv6: { none: 'icmp6-no-route', unreachable: 'icmp6-no-route', prohibit: 'icmp6-adm-prohibited' },
} as const;

export function refusal({ type }: Routing, host: Host): Direction | null {
  if (type === 'blackhole') return drop('blackhole');
  if (type !== 'none' && type !== 'unreachable' && type !== 'prohibit') return null;
  return { kind: 'refused', with: refusals[host.family][type] };
}

function routeIPv6(branch: Branch, host: Host): Direction {
  const { destination } = branch;
  // For ::1 only routes of the interface that it came in by are asked, and lo's is none of them.
  const routing = isLoopback(destination)
    ? followRoute(host, destination, branch.ingress)
    : lookUp(host, destination, keyOf(branch));
  if (isDoubt(routing)) return { kind: 'unknown', doubt: routing };
  if (routing.type === 'multicast') return isListenedTo(destination) ? local : unknownMulticast(destination);
  if (routing.type === 'local' || routing.type === 'anycast') return local;
  if (!forwards(host, branch.ingress)) return drop('not-forwarding');
  const refused = refusal(routing, host);
  if (refused) return refused;
  const scope = checkScope(branch, routing, host);
  return scope ?? forward(branch, routing);
}

/** ip6_forward: what has no meaning beyond a link is not carried beyond it. */
function checkScope(branch: Branch, routing: Routing, host: Host): Direction | null {
  if (isLinkLocal(branch.destination)) return onLinkOfArrival(branch, host);
  if (routing.type === 'unicast' && routing.hops.every((hop) => hop.interface === branch.ingress))
    return null;
  if (branch.source === 0n || isLoopback(branch.source)) return drop('source-of-nobody');
  return isLinkLocal(branch.source) ? { kind: 'refused', with: 'icmp6-beyond-scope' } : null;
}

/** What is of one link is sent on by the one that it came in by. */
function onLinkOfArrival(branch: Branch, host: Host): Direction {
  const no: Direction = { kind: 'refused', with: refusals.ipv6.none };
  return onLinkAlone(branch, branch.ingress, { yes: { kind: 'forward' }, no }, host);
}

/** Of a destination that is of one link, only that link's routes are asked (RT6_LOOKUP_F_IFACE). */
export function onLinkAlone<T extends Direction | null>(
  branch: Branch,
  name: string,
  { yes, no }: { readonly yes: T; readonly no: Direction },
  host: Host,
): T | Direction {
  takeHop(branch, { interface: name, gateway: null, weight: 1 });
  const reached = isReachedBy(host, branch.destination, name);
  if (!isDoubt(reached)) return reached ? yes : no;
  return { kind: 'unknown', doubt: reached, either: { question: linkLocalOn(name), yes, no } };
}
