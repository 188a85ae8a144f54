import { formatAddress } from '../address/address.ts';
import type { Host } from '../host/model.ts';
import { bordersOf, Classes } from './classes.ts';
import { emptyMemory } from './memory.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import type { Packet } from './packet.ts';
import type { Program } from './program.ts';
import { checkPacket, findOrigin, ingressOf } from './trace.ts';
import { Walk } from './walk.ts';

/** An outcome without what only a trace tells. */
export type PlainOutcome = Pick<
  Outcome,
  'verdict' | 'dnat' | 'src' | 'masqueraded' | 'delivered' | 'probability' | 'weight'
>;

/** What can happen to every packet of a class: `src` is null where the packet keeps its own source. */
type Distribution = readonly PlainOutcome[];

/**
 * Answers for many first packets of flows, without their traces. Packets that no rule and nothing of the network can
 * tell apart are one class, and each class is walked once.
 */
export class Interpreter {
  private readonly program: Program;
  private readonly host: Host;
  private readonly addresses: Classes | null;
  private readonly ports: Classes | null;
  /** By the destination's class, then by the rest. */
  private readonly known: (Map<number, Distribution> | undefined)[];
  private readonly kinds = new Map<number, number>();

  constructor(program: Program, host: Host) {
    this.program = program;
    this.host = host;
    const borders = bordersOf(program, host);
    this.addresses = borders && new Classes(borders.addresses);
    this.ports = borders && new Classes(borders.ports);
    this.known = new Array(this.addresses?.size ?? 0).fill(undefined);
  }

  /** All that can happen to a packet. The weights' sum is 1. Throws as `tracePacket`. */
  outcomes(packet: Packet): PlainOutcome[] {
    const own = formatAddress(packet.source);
    return this.distribution(packet).map((shared) => {
      const { verdict, dnat, masqueraded, delivered, probability, weight } = shared;
      const src = verdict === 'accept' ? (shared.src ?? own) : null;
      return { verdict, dnat, src, masqueraded, delivered, probability, weight };
    });
  }

  private distribution(packet: Packet): Distribution {
    const { addresses, ports } = this;
    if (!addresses || !ports || !isPlain(packet)) return this.walk(packet);
    const kind = this.kindOf(packet, ports);
    if (kind >= mostKinds) return this.walk(packet);
    const row = this.rowOf(addresses.of(packet.destination as number));
    const rest = addresses.of(packet.source as number) * mostKinds + kind;
    const known = row.get(rest);
    if (known) return known;
    const distribution = this.walk(packet);
    row.set(rest, distribution);
    return distribution;
  }

  private rowOf(destination: number): Map<number, Distribution> {
    const known = this.known[destination];
    if (known) return known;
    const row = new Map<number, Distribution>();
    this.known[destination] = row;
    return row;
  }

  /** A small number for everything but the addresses. */
  private kindOf({ sourcePort, destinationPort, protocol, from, flags }: Packet, ports: Classes): number {
    const pair = ports.of(sourcePort as number) * ports.size + ports.of(destinationPort as number);
    const origin = from === null ? 3 : origins[from as keyof typeof origins];
    const key = ((pair * 4 + origin) * 256 + protocol) * 64 + (protocol === 6 ? flags : 0);
    const known = this.kinds.get(key);
    if (known !== undefined) return known;
    if (this.kinds.size < mostKinds) this.kinds.set(key, this.kinds.size);
    return this.kinds.get(key) ?? mostKinds;
  }

  private walk(packet: Packet): Distribution {
    checkPacket(this.host, packet);
    const ingress = ingressOf(this.host, findOrigin(this.host, packet).origin);
    const ends = new Walk(this.program, this.host).run(packet, ingress, emptyMemory);
    return ends.map(outcomeOf).map(plainOf);
  }
}

function plainOf({ verdict, dnat, src, masqueraded, delivered, probability, weight }: Outcome): PlainOutcome {
  return { verdict, dnat, src: masqueraded ? src : null, masqueraded, delivered, probability, weight };
}

/** Ordinary flows, of which addresses, ports, protocol, flags and origin say everything. */
function isPlain({
  source,
  destination,
  sourcePort,
  destinationPort,
  protocol,
  from,
  state,
}: Packet): boolean {
  if (typeof source !== 'number' || typeof destination !== 'number' || source === destination) return false;
  if (state !== null || sourcePort === null || destinationPort === null) return false;
  return (
    (protocol === 6 || protocol === 17 || protocol === 132) && (from === null || typeof from === 'string')
  );
}

/** Kinds of packets that are kept apart: small enough for a key that is a small integer to V8. */
const mostKinds = 2 ** 12;

const origins = { external: 0, pod: 1, host: 2 } as const;
