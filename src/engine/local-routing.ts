import type { Address } from '../address/address.ts';
import type { Hop, Host } from '../host/model.ts';
import { isDoubt, isLinkLocal, isLoopback, isMulticast, isSet, lookUp, ownerOf } from '../host/route.ts';
import { masqueradeSource } from '../host/source.ts';
import type { Branch } from './branch.ts';
import type { Packet } from './packet.ts';
import { type Direction, drop, keyOf, listens, onLinkAlone, takeHop, unknownMulticast } from './routing.ts';

/** The routing decision for what the node itself sends: at first, and again where OUTPUT changed it. Null: it goes on. */
export function routeLocal(branch: Branch, host: Host): Direction | null {
  branch.copies = null;
  // What has no destination at all stays here.
  if (isUnspecified(branch.destination)) return leaveBy(branch, 'lo', null);
  const link = branch.answer?.link;
  if (link && isLinkLocal(branch.destination))
    return onLinkAlone(branch, link, { yes: null, no: drop('no-route-of-own') }, host);
  const routing = lookUp(host, branch.destination, keyOf(branch));
  if (isDoubt(routing)) return { kind: 'unknown', doubt: routing };
  switch (routing.type) {
    case 'local':
    case 'anycast':
      return leaveBy(branch, 'lo', null);
    case 'unicast':
      return isLinkLocal(branch.destination) && !branch.answer
        ? toLink(branch, host)
        : toHops(branch, host, routing.hops);
    case 'broadcast':
      return toMany(branch, host, branch.destination === 0xffffffff ? null : routing.interface);
    case 'multicast':
      return toMany(branch, host, null);
    default:
      return drop('no-route-of-own');
  }
}

function toHops(branch: Branch, host: Host, hops: readonly Hop[]): Direction | null {
  const [hop, ...others] = hops;
  if (!hop || others.length > 0) return { kind: 'ways', hops };
  takeHop(branch, hop);
  return checkLocalnet(branch, host);
}

function leaveBy(branch: Branch, egress: string, gateway: Address | null): null {
  branch.egress = egress;
  branch.gateway = gateway;
  return null;
}

/** What is for one link, or for many, leaves by the one that its sender names. */
function toLink(branch: Branch, host: Host): Direction {
  const names = host.interfaces.map(({ name }) => name).filter((name) => name !== 'lo');
  const owner = ownerOf(host, branch.source)?.name;
  if (owner === 'lo') names.push(owner);
  const own = owner !== undefined && isLinkLocal(branch.source) ? [owner] : names;
  const hops = own.map((name) => ({ interface: name, gateway: null, weight: 1 }));
  // Who names none, and whose source is not another link's, takes that of the default route.
  const isPlain = host.family === 'ipv4' && (owner === undefined || owner === host.uplink);
  const named =
    own.length === 1 ? hops[0] : isPlain ? hops.find((hop) => hop.interface === host.uplink) : undefined;
  const doubt = { code: 'link-unknown', address: branch.destination } as const;
  return { kind: 'link', doubt, hops, likely: named ?? null };
}

/** To all of a link, of which the node keeps a copy (ip_mc_output, ip6_finish_output2). */
function toMany(branch: Branch, host: Host, link: string | null): Direction | null {
  const isGroup = isMulticast(branch.destination);
  branch.broadcast = !isGroup;
  if (branch.answer) return answerToMany(branch, host, link);
  branch.copies = { question: isGroup ? listens : null };
  return link === null ? toLink(branch, host) : leaveTo(branch, host, link);
}

/** One of several links was taken. */
export function leaveTo(branch: Branch, host: Host, link: string): Direction | null {
  leaveBy(branch, link, null);
  return link === 'lo' ? null : checkLocalnet(branch, host);
}

/**
 * Answers to a forged source, which is no host's, go to all of a link: of the one that the address belongs to, else of
 * the one that the answer's own source belongs to.
 */
function answerToMany(branch: Branch, host: Host, link: string | null): Direction | null {
  const egress = link ?? (branch.source === 0 ? host.uplink : ownerOf(host, branch.source)?.name);
  if (egress === undefined) return drop('no-interface-to-many');
  leaveBy(branch, egress, null);
  if (egress !== 'lo') return checkLocalnet(branch, host);
  return branch.destination === 0xffffffff ? null : unknownMulticast(branch.destination);
}

export function checkLocalnet(branch: Branch, host: Host): Direction | null {
  if (host.family === 'ipv6' || !isLoopback(branch.source)) return null;
  if (isSet(host, 'route_localnet', branch.egress)) return null;
  return drop('localnet-leaves');
}

function isUnspecified(address: Address): boolean {
  return address === 0 || address === 0n;
}

const localhost = 0x7f000001;

/** The packet as the node sends it: where its maker leaves 0.0.0.0 as the source, IPv4 puts an address of the node in. */
export function withSource(packet: Packet, host: Host): Packet {
  return packet.source === 0 ? { ...packet, source: chooseSource(packet, host) } : packet;
}

function chooseSource({ source, destination }: Packet, host: Host): Address {
  if (destination === 0) return localhost;
  const routing = lookUp(host, destination);
  if (isDoubt(routing)) return source;
  if (routing.type === 'local') return destination;
  if (routing.type === 'broadcast' || routing.type === 'multicast') {
    const link = routing.type === 'broadcast' ? routing.interface : host.uplink;
    return sourceOn(host, link, destination) ?? source;
  }
  if (routing.type !== 'unicast') return source;
  if (routing.source !== null) return routing.source;
  const [hop] = routing.hops;
  if (!hop) return source;
  return sourceOn(host, hop.interface, hop.gateway ?? destination, destination) ?? source;
}

function sourceOn(host: Host, link: string, next: Address, destination = next): Address | null {
  const chosen = masqueradeSource(host, link, next, destination);
  return chosen === null || isDoubt(chosen) ? null : chosen;
}
