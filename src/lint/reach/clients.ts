import type { Address, Family } from '../../address/address.ts';
import { contains } from '../../address/subnet.ts';
import type { Origin } from '../../engine/packet.ts';
import type { Host } from '../../host/model.ts';
import { isLoopback, isMulticast, ownerOf } from '../../host/route.ts';
import { has, type IntervalSet, intersect } from '../../sets/intervals.ts';
import { subnetSet } from '../../sets/subnet-set.ts';
import type { Front } from './front.ts';

/**
 * Who asks for a service. `loopback`: the node itself, of its ports at 127.0.0.1; `endpoint`: a pod of this node that serves it;
 * `elsewhere`: a pod of another node, which has given its packets to an endpoint of this one; `stranger`: whom its source ranges do
 * not admit; `remembered`: who was there before, where it has session affinity.
 */
export type ClientKind =
  | 'pod'
  | 'endpoint'
  | 'elsewhere'
  | 'host'
  | 'loopback'
  | 'external'
  | 'stranger'
  | 'remembered';

export interface Client {
  readonly kind: ClientKind;
  readonly source: Address;
  /** Where its packets begin, where its kind does not tell. */
  readonly origin?: Origin;
  /** Of whom rules ask apart from the others of that kind; absent: of nobody. */
  readonly among?: NamedSources;
}

/** A set of sources that a rule names, and whether those are meant that are in it, or all others. */
export interface NamedSources {
  readonly set: IntervalSet;
  readonly inside: boolean;
}

export function originOf({ kind, origin }: Client): Origin {
  if (origin !== undefined) return origin;
  if (kind === 'host' || kind === 'loopback') return 'host';
  return kind === 'pod' || kind === 'endpoint' ? 'pod' : 'external';
}

/**
 * Those whom kube-proxy serves at a front. A cluster address is for pods and the node; the others are for clients outside as well,
 * and where source ranges are demanded, for those in them alone.
 */
export function clientsOf(front: Front, host: Host): readonly Client[] {
  const { kind, sources } = front;
  if (sources !== null) return [...outsider(host, sources), ...strangers(kind, host, sources)];
  return clientsAt(kind, host);
}

function clientsAt(kind: Front['kind'], host: Host): readonly Client[] {
  const pod = host.podPrefix && nth(host.podPrefix.address, 77);
  const own = nodeAddress(host);
  return [
    ...(pod === null ? [] : [{ kind: 'pod', source: pod } as const]),
    ...(own === null ? [] : [{ kind: 'host', source: own } as const]),
    ...(kind === 'cluster-ip' ? [] : outsider(host, null)),
  ];
}

/** One of that kind whose address is in a set; null: there is none, or whoever it is has one address alone. */
export function clientAmong(kind: ClientKind, host: Host, set: IntervalSet): Client | null {
  if (kind === 'external') return outsider(host, set)[0] ?? null;
  const pods = kind === 'pod' && host.podPrefix && subnetSet(host.podPrefix);
  if (!pods) return null;
  const own = intersect(pods, set);
  const gateway = nth(host.podPrefix.address, 1);
  const source = [own.at(-2), own.at(-1)].find((one) => one !== undefined && one !== gateway);
  return source === undefined || !has(set, source) ? null : { kind, source };
}

/** All who ask at fronts that everybody may come to. */
export function everyClient(host: Host): readonly Client[] {
  return clientsAt('external', host);
}

export function nodeAddress(host: Host): Address | null {
  const uplink = host.interfaces.find(({ name }) => name === host.uplink);
  return uplink?.addresses[0]?.address ?? null;
}

/** Where the node calls itself. */
export const loopback = 0x7f000001;

/** Addresses for documentation (RFC 5737, RFC 3849). */
const somewhere: Readonly<Record<Family, readonly Address[]>> = {
  ipv4: [0xc6336407, 0xcb00714d, 0xc00002c8],
  ipv6: [(0x20010db8n << 96n) | 0xffff0007n, (0x20010db8n << 96n) | 0xffff0000_0007n],
};

/** A client outside; where ranges are given, of one of them. */
export function outsider(host: Host, ranges: IntervalSet | null): Client[] {
  const known = somewhere[host.family];
  const all = ranges === null ? known : [...known.filter((one) => has(ranges, one)), ...ranges];
  const source = all.find((one) => isOutside(host, one));
  return source === undefined ? [] : [{ kind: 'external', source }];
}

/** Whom ranges do not admit: a client outside, and of a balancer's address pods and the node, too, which are dropped as well. */
function strangers(kind: Front['kind'], host: Host, ranges: IntervalSet): Client[] {
  const source = somewhere[host.family].find((one) => !has(ranges, one));
  const inside = kind === 'external' ? clientsAt('cluster-ip', host) : [];
  return [
    ...(source === undefined ? [] : [{ kind: 'stranger', source } as const]),
    ...inside
      .filter((client) => !has(ranges, client.source))
      .map((client) => ({ kind: 'stranger', source: client.source, origin: originOf(client) }) as const),
  ];
}

/** Whether it may come from a wire. */
function isOutside(host: Host, address: Address): boolean {
  const isNobodys = typeof address === 'number' ? address >>> 24 === 0 : address === 0n;
  if (isNobodys || isMulticast(address) || isLoopback(address) || ownerOf(host, address)) return false;
  return !(host.podPrefix && contains(host.podPrefix, address));
}

function nth(address: Address, offset: number): Address {
  return typeof address === 'number' ? address + offset : address + BigInt(offset);
}
