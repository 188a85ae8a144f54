import { type Family, families } from '../address/address.ts';
import { portProtocols } from '../address/protocols.ts';
import { parsePacket } from '../engine/notation.ts';
import { isIcmp, type Packet, packetFamily } from '../engine/packet.ts';
import { isNamedPacket, namedPacket } from '../expect/file/named-packet.ts';
import { isNameless, type Nameless, type Names } from '../expect/file/names.ts';
import { boxesOf } from '../expect/sets.ts';
import type { Host } from '../host/model.ts';
import { looksLikeRules } from '../iptables/pasted/looks-like-rules.ts';
import type { Cluster } from '../kube/cluster/model.ts';
import { addressesOfPods } from '../kube/cluster/pods.ts';
import type { KubeObject } from '../kube/manifest/kinds.ts';
import { isNft } from '../nftables/read/recognise.ts';
import { kindsOf } from '../proof/explore/kinds.ts';
import { listOrigins } from '../proof/explore/origins.ts';
import { type Box, type Sides, universe } from '../sets/box.ts';
import { type IntervalSet, single } from '../sets/intervals.ts';
import type { ConnectionState } from '../sets/states.ts';
import { uniqueData } from '../text/data-key.ts';
import { want } from '../text/expected.ts';
import type { Allocation } from './allocation.ts';
import { openCluster } from './cluster.ts';
import type { SessionDetail } from './detail.ts';
import { refuse } from './refuse.ts';
import type { SideTexts } from './side.ts';

/** The packets that a comparison is about, as they are written, and what names mean on either side. */
export interface Only {
  readonly texts: readonly string[];
  readonly sides: readonly Named[];
}

/** What names mean on one side; null: nobody describes its cluster. */
type Named = { readonly cluster: Cluster; readonly objects: readonly KubeObject[] } | null;

/** Undefined: a comparison is about all packets. */
export function onlyOf(
  texts: readonly string[],
  sides: readonly SideTexts[],
  allocation: Allocation,
): Only | undefined {
  if (texts.length === 0) return undefined;
  return { texts, sides: sides.map((side) => namedIn(side, allocation)) };
}

function namedIn({ sources, cluster: beside }: SideTexts, allocation: Allocation): Named {
  const objects = [...sources, ...beside].filter(({ text }) => !isNft(text) && !looksLikeRules(text));
  return objects.length === 0 ? null : openCluster(objects, allocation, true);
}

/**
 * In one family: by addresses, or by name, as either side means it. Throws an InputError where neither side knows a name, and where all
 * are of the other family.
 */
export function packetsAsked({ texts, sides }: Only, family: Family): readonly Packet[] {
  const packets = texts.flatMap((text) => {
    const found = meant(text, sides, family);
    return isNameless(found)
      ? refuse<SessionDetail>({ code: 'only-of', of: found.detail }, found.expected)
      : found;
  });
  if (packets.length === 0)
    return refuse<SessionDetail>(
      { code: 'only-family', texts: texts.join(', '), family },
      want.thing('packet-of', family),
    );
  return packets;
}

/** The only family that has such packets; undefined: both have. Throws an InputError where none has. */
export function familyAsked(only: Only): Family | undefined {
  const asked = families.filter((family) =>
    only.texts.some((text) => {
      const found = meant(text, only.sides, family);
      return !isNameless(found) && found.length > 0;
    }),
  );
  const [first, second] = asked;
  if (first === undefined) packetsAsked(only, 'ipv4');
  return second === undefined ? first : undefined;
}

function meant(text: string, sides: Only['sides'], family: Family): readonly Packet[] | Nameless {
  if (!isNamedPacket(text)) {
    const packet = parsePacket({ name: '--only', text });
    return packetFamily(packet) === family ? [packet] : [];
  }
  const found = sides.map((side) => namedPacket(text, namesOf(side, family)));
  const packets = found.flatMap((one) => (isNameless(one) ? [] : [one]));
  // A Service that is new, or gone, is known on one side alone.
  const [unknown] = found.filter(isNameless).toReversed();
  return packets.length > 0 || !unknown ? uniqueData(packets) : unknown;
}

function namesOf(side: Only['sides'][number], family: Family): Names {
  if (side === null) return { family, cluster: null, pods: new Map() };
  return { family, cluster: side.cluster, pods: addressesOfPods(side.objects) };
}

/**
 * Packets as sets, as they arrive on a host: with every source port where none is told. Of one that begins a connection, all that are
 * sent in it, in both directions, as far as they are not translated; what is translated follows from the first. Throws an InputError
 * where no such packet arrives.
 */
export function boxesAsked(packets: readonly Packet[], host: Host): readonly Box[] {
  return packets.flatMap((packet) => {
    const first = firstBoxes(packet, host);
    if (first.length === 0)
      return refuse<SessionDetail>({ code: 'only-never-arrives' }, want.thing('packet-from-its-place'));
    const later = packet.state === null ? [packet, turned(packet)] : [];
    return [...first, ...later.flatMap((one) => boxesIn(one, 'ESTABLISHED', anyHeader(host), host))];
  });
}

/** Where nothing tells its state: that of one that begins a connection, or belongs to none. */
function firstBoxes(packet: Packet, host: Host): readonly Box[] {
  const header = headerOf(packet);
  if (packet.state !== null) return boxesIn(packet, packet.state, header, host);
  const origins = listOrigins(host).length;
  const begins = boxesIn(packet, 'NEW', header, host);
  const isAny = begins.some((box) => kindsOf(box, host.family, origins).length > 0);
  return isAny ? begins : boxesIn(packet, 'INVALID', header, host);
}

type Header = Pick<Sides, 'flags' | 'icmpType' | 'icmpCode'>;

function headerOf({ protocol, flags, icmp }: Packet): Header {
  const { type, code } = isIcmp(protocol) ? icmp : { type: 0, code: 0 };
  return { flags: single(protocol === 6 ? flags : 0), icmpType: single(type), icmpCode: single(code) };
}

function anyHeader({ family }: Host): Header {
  const { flags, icmpType, icmpCode } = universe(family, 1).sides;
  return { flags, icmpType, icmpCode };
}

function boxesIn(packet: Packet, state: ConnectionState, header: Header, host: Host): readonly Box[] {
  const { protocol, source, destination, from } = packet;
  const ends = { sources: single(source), destinations: single(destination) };
  const ports = {
    sourcePorts: portsOf(packet, packet.sourcePort, host),
    destinationPorts: portsOf(packet, packet.destinationPort, host),
  };
  return boxesOf({ protocol, ...ends, ...ports, from, state }, host).map(({ sides, symbols }) => ({
    sides: { ...sides, ...header },
    symbols,
  }));
}

function portsOf({ protocol }: Packet, port: number | null, { family }: Host): IntervalSet {
  if (!portProtocols.has(protocol)) return single(0);
  return port === null ? universe(family, 1).sides.sourcePort : single(port);
}

/** What is answered, from wherever it comes. */
function turned(packet: Packet): Packet {
  const { source, sourcePort, destination, destinationPort } = packet;
  return {
    ...packet,
    source: destination,
    sourcePort: destinationPort,
    destination: source,
    destinationPort: sourcePort,
    from: null,
  };
}
