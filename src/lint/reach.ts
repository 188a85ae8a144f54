import type { Address } from '../address/address.ts';
import type { Matched } from '../engine/branch.ts';
import type { Outcome } from '../engine/outcome.ts';
import { type Origin, type Packet, tcpFlags } from '../engine/packet.ts';
import { buildProgram, chainKey } from '../engine/program.ts';
import { tracePacket } from '../engine/trace.ts';
import { loneAddress } from '../host/interface-address.ts';
import type { Host, HostFields } from '../host/model.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import { assumeHost } from '../proof/assume-host.ts';
import { commentOf } from '../proof/rules/keys.ts';
import { add, type Fraction, formatFraction, parseFraction, zero } from '../sets/fraction.ts';
import { type CutReason, chainPlace, type FindingOf, placeOf } from './finding.ts';
import { type Front, listFronts, nodePortAddresses } from './fronts.ts';

/**
 * Services that are cut off: each of their fronts is asked from the places that kube-proxy serves it for, and the packet
 * followed. What kube-proxy itself refuses (no endpoints, sources that are not admitted) is not cut off, and of what is
 * unknown nothing is said.
 */
export function findCutOff(ruleset: Ruleset, known: readonly HostFields[]): FindingOf<'cut-off'>[] {
  const program = buildProgram(ruleset);
  const addresses = nodePortAddresses(program.chains).map(loneAddress);
  const podIf = podInterfaceIn(ruleset);
  const named = [
    { ...(addresses.length > 0 ? { addresses } : {}), ...(podIf === undefined ? {} : { podIf }) },
  ];
  const { host } = assumeHost(ruleset.family, [...known, ...named], [ruleset]);
  const fronts = listFronts(program.chains);
  return fronts.flatMap((front) =>
    clientsOf(front, host).flatMap(({ from, source }) => {
      const destination = front.address ?? nodeAddress(host);
      const entry = chainKey('nat', from === 'host' ? 'OUTPUT' : 'PREROUTING');
      // kube-proxy makes the chain: a text that has none is a part of a dump, and says nothing of what leads there.
      if (destination === null || !program.entries.has(entry)) return [];
      const packet = packetTo(front, source, destination, from);
      const { outcomes } = tracePacket(program, host, packet, { trace: true, limit: mostWays });
      return cutOff(front, from, outcomes);
    }),
  );
}

/** Interfaces that network plugins give each pod: rules that name them say that pods are behind them, and no bridge. */
const ofPods = /^(?:cali|lxc|veth|azv|gke|eni)/;

function podInterfaceIn({ tables }: Ruleset): string | undefined {
  for (const { chains } of tables) {
    for (const { rules } of chains.values()) {
      for (const match of rules.flatMap(({ matches }) => matches)) {
        if (match.kind === 'in-interface' && ofPods.test(match.name)) return match.name.replace(/\+$/, '0');
      }
    }
  }
  return undefined;
}

/** Ways of one packet that are followed; in a chain that gives nothing away they double with each endpoint. */
const mostWays = 64;

interface Client {
  readonly from: Origin;
  readonly source: Address;
}

/**
 * Clients that surely belong there: pods and the node for a cluster address, clients outside for the others. Whether a
 * balancer's or external address is asked from within is the cluster's choice.
 */
function clientsOf(front: Front, host: Host): Client[] {
  if (front.kind !== 'cluster-ip') {
    const source = outsider(front, host);
    return source === null ? [] : [{ from: 'external', source }];
  }
  const pod = host.podPrefix && nth(host.podPrefix.address, 77);
  const own = nodeAddress(host);
  return [
    ...(pod === null ? [] : [{ from: 'pod', source: pod } as const]),
    ...(own === null ? [] : [{ from: 'host', source: own } as const]),
  ];
}

function nodeAddress(host: Host): Address | null {
  const uplink = host.interfaces.find(({ name }) => name === host.uplink);
  return uplink?.addresses[0]?.address ?? null;
}

/** An address for documentation, or one of those that are admitted. */
function outsider({ sources }: Front, host: Host): Address | null {
  if (sources === null) return host.family === 'ipv4' ? 0xc6336407 : (0x20010db8n << 96n) | 0xffff0007n;
  const [first] = sources;
  return first === undefined ? null : first.address;
}

function nth(address: Address, offset: number): Address {
  return typeof address === 'number' ? address + offset : address + BigInt(offset);
}

function packetTo(front: Front, source: Address, destination: Address, from: Origin): Packet {
  const { protocol, port } = front;
  return {
    protocol,
    source,
    destination,
    sourcePort: 40000,
    destinationPort: port,
    from,
    flags: protocol === 6 ? tcpFlags.SYN : 0,
    icmp: { type: 0, code: 0 },
    state: null,
  };
}

/** One finding for each reason why some of the packets are lost. */
function cutOff(front: Front, from: Origin, outcomes: readonly Outcome[]): FindingOf<'cut-off'>[] {
  const byReason = new Map<string, { share: Fraction; finding: FindingOf<'cut-off'> }>();
  for (const outcome of outcomes) {
    const why = whyLost(outcome);
    if (why === null) continue;
    const key = why.kind === 'rule' ? `${why.place.table} ${why.place.chain} ${why.place.number}` : why.kind;
    const share = add(byReason.get(key)?.share ?? zero, parseFraction(outcome.weight));
    const place = why.kind === 'rule' ? placeOf(why.place) : placeOfReason(why, front);
    byReason.set(key, {
      share,
      finding: { code: 'cut-off', place, front, from, share: formatFraction(share), why },
    });
  }
  return [...byReason.values()].map(({ finding }) => finding);
}

function placeOfReason(why: CutReason, front: Front) {
  return why.kind === 'policy' ? chainPlace(why.table, why.chain) : placeOf(front.rule);
}

/** Null where the packet came to an endpoint, was refused by kube-proxy's own rules, or nobody can tell. */
function whyLost({ verdict, dnat, matched, reason, because }: Outcome): CutReason | null {
  if (verdict === 'unknown') return null;
  if (verdict === 'accept') return dnat === null ? { kind: 'not-translated' } : null;
  const last = matched.at(-1);
  if (matched.some(isMeant)) return null;
  if (reason?.code === 'policy-drop') return { kind: 'policy', table: reason.table, chain: reason.chain };
  if (because !== null) return { kind: 'kernel', because };
  if (last === undefined) return null;
  return { kind: 'rule', place: last.place, how: verdict === 'drop' ? 'dropped' : 'rejected' };
}

/** kube-proxy refuses what has no endpoints, and drops whom the source ranges do not admit, with a comment that says so. */
function isMeant({ place }: Matched): boolean {
  return /has no (?:local )?endpoints|not accepted by/.test(commentOf(place.rule) ?? '');
}
