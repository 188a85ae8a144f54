import { type Address, type Family, familyOf, formatAddress } from '../address/address.ts';
import type { Host } from '../host/model.ts';
import { type Borders, bordersOf } from './borders.ts';
import { BigClasses, type Classes, NumberClasses } from './classes.ts';
import { type ConnectionOutcome, planOf, type StepName, traceConnection } from './connect.ts';
import { Distributions, type PlainOutcome } from './distributions.ts';
import type { IrProgram } from './ir.ts';
import { emptyMemory } from './memory.ts';
import { outcomeOf } from './outcome.ts';
import { type Packet, tcpFlags } from './packet.ts';
import { AddressSlots, Slots } from './slots.ts';
import { checkPacket, findOrigin, ingressOf } from './trace.ts';
import { Walk } from './walk.ts';

/** What becomes of a connection, without its packets. */
export interface PlainConnection
  extends Pick<ConnectionOutcome, 'verdict' | 'dnat' | 'src' | 'masqueraded' | 'probability' | 'weight'> {
  /** The packet that ends it, and the rule or the chain whose policy does; null: none. */
  readonly at: {
    readonly step: StepName;
    readonly table: string | null;
    readonly chain: string | null;
    readonly rule: number | null;
  } | null;
}

/**
 * Answers for many first packets of flows, and for the connections that they open, without their traces. Packets that no
 * rule and nothing of the network can tell apart are one class, and each class is walked once.
 */
export class Interpreter {
  private readonly program: IrProgram;
  private readonly host: Host;
  private readonly addresses: Classes<Address> | null;
  private readonly ports: Classes<number> | null;
  /** Numbers of distributions by the class of the destination, that of the source, and the kind. */
  private known = new Slots(3);
  private readonly distributions = new Distributions();
  /** The same for connections. */
  private knownConnections = new Slots(3);
  private readonly connectionsOf: (readonly PlainConnection[])[] = [];
  private readonly kinds = new Map<number, number>();
  private readonly texts: string[] = [];
  private textNumbers = new AddressSlots();

  constructor(program: IrProgram, host: Host) {
    this.program = program;
    this.host = host;
    const borders = bordersOf(program, host);
    this.addresses = borders && addressClasses(host.family, borders);
    this.ports = borders && new NumberClasses([...borders.ports, ...privileged]);
  }

  /** All that can happen to a packet. The weights' sum is 1. Throws as `tracePacket`. */
  outcomes(packet: Packet): PlainOutcome[] {
    const { addresses, ports } = this;
    if (!addresses || !ports || !isPlain(packet, this.host.family)) return this.walk(packet);
    const kind = this.kindOf(packet, ports);
    if (kind >= mostKinds) return this.walk(packet);
    const destination = addresses.of(packet.destination);
    const source = addresses.of(packet.source);
    let known = this.known.find(destination, source, kind);
    if (known === -1) {
      known = this.distributions.keep(this.walk(packet));
      if (this.known.size >= mostKnown) this.known = new Slots(3);
      this.known.set(known, destination, source, kind);
    }
    return this.distributions.tell(known, this.textOf(packet.source));
  }

  /**
   * All that can become of the connection that a packet opens, each of its packets walked as by `traceConnection`. The
   * weights' sum is 1. Throws as `traceConnection`.
   */
  connections(packet: Packet): readonly PlainConnection[] {
    const { addresses, ports } = this;
    const opening = packet.protocol === 6 ? { ...packet, flags: tcpFlags.SYN } : packet;
    if (!addresses || !ports || !isPlain(opening, this.host.family)) return this.follow(opening);
    const kind = this.kindOf(opening, ports);
    if (kind >= mostKinds) return this.follow(opening);
    const destination = addresses.of(opening.destination);
    const source = addresses.of(opening.source);
    let known = this.knownConnections.find(destination, source, kind);
    if (known === -1) {
      if (this.knownConnections.size >= mostKnown) {
        this.knownConnections = new Slots(3);
        this.connectionsOf.length = 0;
      }
      known = this.connectionsOf.push(this.follow(opening)) - 1;
      this.knownConnections.set(known, destination, source, kind);
    }
    const own = this.textOf(opening.source);
    return (this.connectionsOf[known] as readonly PlainConnection[]).map((one) =>
      one.src === null || one.masqueraded ? one : { ...one, src: own },
    );
  }

  private follow(packet: Packet): readonly PlainConnection[] {
    const { outcomes } = traceConnection(this.program, this.host, packet, {
      steps: planOf(packet).map(({ step }) => step),
    });
    return outcomes.map(({ verdict, dnat, src, masqueraded, probability, weight, at }) => ({
      verdict,
      dnat,
      src,
      masqueraded,
      probability,
      weight,
      at: at && {
        step: at.step,
        table: at.rule?.place.table ?? at.policy?.table ?? null,
        chain: at.rule?.place.chain ?? at.policy?.chain ?? null,
        rule: at.rule?.place.number ?? null,
      },
    }));
  }

  /** A small number for everything but the addresses. */
  private kindOf(
    { sourcePort, destinationPort, protocol, from, flags }: Packet,
    ports: Classes<number>,
  ): number {
    const pair = ports.of(sourcePort as number) * ports.size + ports.of(destinationPort as number);
    const origin = from === null ? 3 : origins[from as keyof typeof origins];
    const key = ((pair * 4 + origin) * 256 + protocol) * 64 + (protocol === 6 ? flags : 0);
    const known = this.kinds.get(key);
    if (known !== undefined) return known;
    if (this.kinds.size < mostKinds) this.kinds.set(key, this.kinds.size);
    return this.kinds.get(key) ?? mostKinds;
  }

  /** To spell an IPv6 address takes longer than all the rest. */
  private textOf(address: Address): string {
    if (typeof address === 'number') return formatAddress(address);
    const known = this.textNumbers.find(address);
    if (known !== -1) return this.texts[known] as string;
    const text = formatAddress(address);
    if (this.texts.length >= mostTexts) {
      this.texts.length = 0;
      this.textNumbers = new AddressSlots();
    }
    this.textNumbers.set(this.texts.length, address);
    this.texts.push(text);
    return text;
  }

  private walk(packet: Packet): PlainOutcome[] {
    checkPacket(this.host, packet);
    const ingress = ingressOf(this.host, findOrigin(this.host, packet).origin, packet);
    const ends = new Walk(this.program, this.host).run(packet, ingress, emptyMemory);
    return ends.map(outcomeOf).map(({ verdict, dnat, src, masqueraded, delivered, probability, weight }) => ({
      verdict,
      dnat,
      src,
      masqueraded,
      delivered,
      probability,
      weight,
    }));
  }
}

function addressClasses(family: Family, { addresses }: Borders): Classes<Address> {
  return (
    family === 'ipv4'
      ? new NumberClasses(addresses as Borders['ports'])
      : new BigClasses(addresses as readonly (readonly [bigint, bigint])[])
  ) as Classes<Address>;
}

/** Ordinary flows of the family, of which addresses, ports, protocol, flags and origin say everything. */
function isPlain(
  { source, destination, sourcePort, destinationPort, protocol, from, state }: Packet,
  family: Family,
): boolean {
  if (familyOf(source) !== family || familyOf(destination) !== family || source === destination) return false;
  // What the node puts in place of 0.0.0.0 goes by the destination.
  if (source === 0 || state !== null || sourcePort === null || destinationPort === null) return false;
  return (
    (protocol === 6 || protocol === 17 || protocol === 132) && (from === null || typeof from === 'string')
  );
}

/** Ports for which translation chooses another one among as privileged ones (nf_nat_l4proto_unique_tuple). */
const privileged = [
  [0, 511],
  [512, 1023],
] as const;

/** Bounds of what is kept, far above what traffic through one node needs. */
const mostKinds = 2 ** 12;
const mostKnown = 2 ** 21;
const mostTexts = 2 ** 16;

const origins = { external: 0, pod: 1, host: 2 } as const;
