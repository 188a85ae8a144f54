import { type Address, familyOf } from '../address/address.ts';
import type { IrProgram } from '../engine/ir.ts';
import { NftProgram } from '../engine/lower/nftables/program.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { Origin, Packet } from '../engine/packet.ts';
import { lowerRuleset } from '../engine/program.ts';
import { tracePacket } from '../engine/trace.ts';
import { buildHost, hostFieldsOf } from '../host/build.ts';
import type { Host, HostFields } from '../host/model.ts';
import type { ClusterNode, Protocol } from '../kube/cluster/model.ts';
import type { NodeDecisions } from '../proxy/decide/node.ts';
import { compile } from '../proxy/iptables/compile.ts';
import type { ExceptionCode, MigrationException } from '../proxy/migrate/exceptions.ts';
import { type AskedPacket, isIn, type Sender } from '../proxy/migrate/packets.ts';
import { packetsOfMove } from './move-packets.ts';
import { tablesOf } from './move-rules.ts';

/** A packet that was walked through both sides' rules. */
export interface TriedPacket {
  readonly packet: Packet;
  readonly before: readonly Outcome[];
  readonly after: readonly Outcome[];
  /** The reasons whose sets it is in. */
  readonly codes: readonly ExceptionCode[];
}

/** What packets did that were walked through the rules before and after a move. */
export interface MoveTrial {
  readonly tried: number;
  /** Packets of which the rules alone do not tell what becomes of them, on one side at least. */
  readonly open: number;
  /** They fare otherwise, and no reason names them. */
  readonly unnamed: readonly TriedPacket[];
  /** A reason names them, and they fare as before. */
  readonly unchanged: readonly TriedPacket[];
  /** How many fare otherwise, as a reason says. */
  readonly named: number;
  /** The reasons that some packet had. */
  readonly met: ReadonlySet<ExceptionCode>;
}

/** Walks packets through both sides' rules of one node and family, and holds what becomes of them against the reasons. */
export function tryMove(
  from: NodeDecisions,
  to: NodeDecisions,
  node: ClusterNode,
  exceptions: readonly MigrationException[],
  most: number,
): MoveTrial {
  const sides = [from, to].map((side) => ({ program: programOf(side), host: hostOf(side, node) }));
  const { host } = sides[1] as { host: Host };
  const own = host.interfaces.flatMap(({ addresses }) => addresses);
  const isLocal = (address: Address) => own.some((held) => isHeld(held, address));
  const packets = packetsOfMove([from, to], host, most);
  const trial = { tried: packets.length, open: 0, named: 0 };
  const unnamed: TriedPacket[] = [];
  const unchanged: TriedPacket[] = [];
  const met = new Set<ExceptionCode>();
  for (const packet of packets) {
    const [before, after] = sides.map((side) => tracePacket(side.program, side.host, packet).outcomes) as [
      readonly Outcome[],
      readonly Outcome[],
    ];
    if ([...before, ...after].some(({ verdict }) => verdict === 'unknown')) {
      trial.open += 1;
      continue;
    }
    const asked = askedOf(packet, host);
    const codes = exceptions
      .filter(({ packets: classes }) => classes.some((one) => isIn(asked, one, isLocal)))
      .map(({ code }) => code);
    const tried = { packet, before, after, codes };
    const isDifferent = !areAlike(before, after);
    if (isDifferent && codes.length > 0) {
      trial.named += 1;
      for (const code of codes) met.add(code);
    } else if (isDifferent) unnamed.push(tried);
    else if (codes.length > 0) unchanged.push(tried);
  }
  return { ...trial, met, unnamed, unchanged };
}

/** On lo, every address of a prefix is the node's own. */
function isHeld(
  { address, prefix }: Host['interfaces'][number]['addresses'][number],
  asked: Address,
): boolean {
  if (familyOf(address) !== familyOf(asked)) return false;
  const isLoopback = address === 0x7f000001;
  return isLoopback
    ? ((asked as number) & (prefix.mask as number)) >>> 0 === prefix.address
    : address === asked;
}

function programOf(decisions: NodeDecisions): IrProgram {
  return decisions.config.mode === 'nftables'
    ? new NftProgram({ tables: tablesOf(decisions) }, decisions.family)
    : lowerRuleset(compile(decisions));
}

/** The node, as each side's kube-proxy leaves it. */
function hostOf({ family, nodePorts, pods }: NodeDecisions, node: ClusterNode): Host {
  const routesLoopback = nodePorts.localhost ? 1 : 0;
  const fields: HostFields = {
    ...hostFieldsOf(node, family),
    sysctls: new Map([['net.ipv4.conf.all.route_localnet', routesLoopback]]),
    ...(pods?.by === 'interface' && { podIf: pods.interface.replace(/\+$/, '1') }),
  };
  return buildHost(family, [fields]);
}

const names: Readonly<Record<number, Protocol>> = { 6: 'TCP', 17: 'UDP', 132: 'SCTP' };

function askedOf({ from, source, destination, protocol, destinationPort }: Packet, host: Host): AskedPacket {
  const sender = from as Extract<Origin, string>;
  const incoming: Readonly<Record<Sender, string | null>> = {
    external: host.uplink,
    pod: host.podInterface,
    host: null,
  };
  return {
    from: sender,
    source,
    destination,
    protocol: names[protocol] ?? String(protocol),
    port: destinationPort,
    incoming: incoming[sender],
  };
}

/** How far the chance of an endpoint may be off: statistic and numgen round differently (at most n / 2^31 each). */
const rounding = 1e-6;

/** The same outcomes, and each as likely as before. */
function areAlike(before: readonly Outcome[], after: readonly Outcome[]): boolean {
  const [left, right] = [sharesOf(before), sharesOf(after)];
  if (left.size !== right.size) return false;
  return [...left].every(([fate, share]) => Math.abs(share - (right.get(fate) ?? 2)) < rounding);
}

function sharesOf(outcomes: readonly Outcome[]): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const { verdict, dnat, src, delivered, probability } of outcomes) {
    const fate = verdict === 'accept' ? `${dnat} ${src} ${delivered}` : verdict;
    shares.set(fate, (shares.get(fate) ?? 0) + probability);
  }
  return shares;
}
