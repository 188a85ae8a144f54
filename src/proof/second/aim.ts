import type { Address, Family } from '../../address/address.ts';
import type { IrProgram } from '../../engine/ir.ts';
import { type Origin, tcpFlags } from '../../engine/packet.ts';
import type { Host } from '../../host/model.ts';
import { findInterface, linkOf, ownerOf } from '../../host/route.ts';
import { type Axis, contentsOf, originsOf, transportsOf } from './axes.ts';
import { type Cuts, cutsOf } from './cuts.ts';
import { leading } from './lines.ts';

/** Neighbours far away, and somebody else there. */
const strangers: Readonly<Record<Family, readonly Address[]>> = {
  ipv4: [0xcb007109, 0xcb00710a, 0xc6336407],
  ipv6: [
    0x20010db8011300000000000000000009n,
    0x20010db801130000000000000000000an,
    0x20010db8010000000000000000000007n,
  ],
};

/** A port that is asked for, where rules name none, and one that is asked from. */
const usualPort = 80;
const clientPort = 40000;

/**
 * Values of packets that begin flows and can meet a rule that one side alone has: what these rules name, and those that lead to
 * them; sources that come from where they say. What is named stands first in each axis.
 */
export function aimedAxes(before: IrProgram, after: IrProgram, host: Host): readonly Axis[] {
  const codes = [...leading(before, after, host), ...leading(after, before, host)];
  const cuts = cutsOf(codes, contentsOf([before, after]), host, []);
  const named = cuts.addresses.filter((address) => address > 0);
  const ports = cuts.ports.filter((port) => port > 0);
  const destinations = [...named, ...nearby(host), ...strangers[host.family].slice(0, 1)];
  return [
    originsOf(host).flatMap((from) => sourcesOf(from, host, cuts).map((source) => ({ from, source }))),
    [...new Set(destinations)].map((destination) => ({ destination })),
    transportsOf(
      { ...cuts, ports: [...new Set([...ports, usualPort])], icmp: cuts.icmp.slice(0, 1) },
      [clientPort],
      [tcpFlags.SYN],
    ),
  ];
}

/** The node's own addresses, and one beside each on its link; what is on lo, nobody else calls. */
function nearby(host: Host): readonly Address[] {
  const names = host.interfaces.map(({ name }) => name);
  const others = names.filter((name) => name !== 'lo');
  return [...others, 'lo'].flatMap((name) =>
    ownOf(host, name).flatMap((address) => [address, next(address)]),
  );
}

function ownOf(host: Host, name: string): readonly Address[] {
  return findInterface(host, name)?.addresses.map(({ address }) => address) ?? [];
}

const next = (address: Address): Address => (typeof address === 'number' ? address + 1 : address + 1n);

function sourcesOf(from: Origin, host: Host, { addresses }: Cuts): readonly Address[] {
  const known = [...new Set([...addresses, ...nearby(host), ...strangers[host.family]])];
  return known.filter((address) => comesFrom(address, from, host));
}

/** Whether a source is one that packets from there have, where nobody lies. */
export function comesFrom(address: Address, from: Origin, host: Host): boolean {
  const own = ownerOf(host, address) !== undefined;
  if (from === 'host' || own) return from === 'host' && own;
  const link = linkOf(host, address) ?? host.uplink;
  if (from === 'pod') return host.podInterfaces.has(link);
  return from === 'external' ? link === host.uplink : link === from.interface;
}
