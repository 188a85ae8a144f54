import type { Address } from '../../address/address.ts';
import { portProtocols } from '../../address/protocols.ts';
import type { Subnet } from '../../address/subnet.ts';
import type { Outcome } from '../../engine/outcome.ts';
import { type Origin, type Packet, tcpFlags } from '../../engine/packet.ts';
import { buildProgram, type Program } from '../../engine/program.ts';
import { Sequence } from '../../engine/sequence.ts';
import { tracePacket } from '../../engine/trace.ts';
import type { Host } from '../../host/model.ts';
import { printMatch, printTarget } from '../../iptables/rule/print.ts';
import type { Rule, Ruleset } from '../../iptables/rule/ruleset.ts';
import { dataKey } from '../../text/data-key.ts';
import { allPrefixes, cutsOf, ownPrefixes } from './cuts.ts';

/** What the second procedure found. */
export interface SecondLook {
  /** Packets to which the two rule sets do something else. */
  readonly differing: readonly Packet[];
  /** How many packets were walked on both sides; of these, for how many a side left open what happens. */
  readonly walked: number;
  readonly open: number;
  /** Whether every combination was walked, or some of them. */
  readonly whole: boolean;
}

export interface SecondOptions {
  /** How many packets are walked at most. */
  readonly limit?: number;
}

const defaultLimit = 4000;

/**
 * A second procedure, deliberately simple, that shares nothing with the first but the walk: every field's values are cut
 * at all bounds that either rule set or the host mentions, and one packet of each combination is walked through both, twice
 * where it begins a flow.
 * Where there are too many, half of the walks are for the values that rules mention which only one side has, and the rest are
 * taken in large steps through all combinations, so that each value meets many others.
 */
export function lookAgain(
  before: Ruleset,
  after: Ruleset,
  host: Host,
  { limit = defaultLimit }: SecondOptions = {},
): SecondLook {
  const programs = [before, after].map((ruleset) => buildProgram(ruleset));
  const axes = axesOf([before, after], host, allPrefixes(host));
  const whole = combinationsOf(axes) <= BigInt(limit);
  const own = whole
    ? []
    : packetsOf(axesOf([without(before, after), without(after, before)], host, ownPrefixes(host)), limit / 2);
  const seen = new Set<string>();
  const differing: Packet[] = [];
  let open = 0;
  for (const packet of [...own, ...packetsOf(axes, limit - own.length)]) {
    const name = dataKey(packet);
    if (seen.has(name)) continue;
    seen.add(name);
    const [was, is] = programs.map((program) => walk(program, host, packet)) as [
      readonly Outcomes[],
      readonly Outcomes[],
    ];
    if (was.some(isOpen) || is.some(isOpen)) open += 1;
    else if (was.some((outcomes, number) => spell(outcomes) !== spell(is[number] ?? [])))
      differing.push(packet);
  }
  return { differing, walked: seen.size, open, whole };
}

type Outcomes = readonly Outcome[];

/** Who begins a flow and hears no answer sends the same again, which then meets an entry that is known. */
function walk(program: Program, host: Host, packet: Packet): readonly Outcomes[] {
  if (packet.state !== null) return [tracePacket(program, host, packet).outcomes];
  const flow = new Sequence(program, host);
  return [0, 1].map((now) => flow.next(packet, now).outcomes);
}

const textOf = ({ matches, target }: Rule): string =>
  [...matches.map(printMatch), target ? printTarget(target) : ''].join('');

/** The rules of one side that its chain on the other side does not have. */
function without(ruleset: Ruleset, other: Ruleset): Ruleset {
  const tables = ruleset.tables.map((table) => {
    const against = other.tables.find(({ name }) => name === table.name)?.chains;
    const chains = [...table.chains.values()].map((chain) => {
      const known = new Set(against?.get(chain.name)?.rules.map(textOf));
      return { ...chain, rules: chain.rules.filter((rule) => !known.has(textOf(rule))) };
    });
    return { ...table, chains: new Map(chains.map((chain) => [chain.name, chain])) };
  });
  return { ...ruleset, tables };
}

const combinationsOf = (axes: readonly Axis[]): bigint =>
  axes.reduce((product, { length }) => product * BigInt(length), 1n);

/** A packet of each combination, or of so many of them. */
function packetsOf(axes: readonly Axis[], limit: number): readonly Packet[] {
  const total = combinationsOf(axes);
  const whole = total <= BigInt(Math.floor(limit));
  const step = whole ? 1n : strideOf(total);
  return Array.from({ length: whole ? Number(total) : Math.floor(limit) }, (_, at) =>
    packetAt((BigInt(at) * step) % total, axes),
  );
}

/** A step that has no factor in common with the number of all combinations, and so comes to each of them once. */
function strideOf(total: bigint): bigint {
  let step = (total * 618n) / 1000n;
  while (gcd(step, total) !== 1n) step += 1n;
  return step;
}

function gcd(left: bigint, right: bigint): bigint {
  return right === 0n ? left : gcd(right, left % right);
}

type Axis = readonly unknown[];

function axesOf(rulesets: readonly Ruleset[], host: Host, prefixes: readonly Subnet[]): readonly Axis[] {
  const cuts = cutsOf(rulesets, host, prefixes);
  const origins: Origin[] = [
    'external',
    'pod',
    'host',
    ...host.interfaces
      .filter(({ name }) => !['lo', host.uplink, host.podInterface].includes(name))
      .map(({ name }) => ({ interface: name })),
  ];
  return [
    origins,
    [null, 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED'],
    cuts.protocols,
    cuts.addresses,
    cuts.addresses,
    cuts.ports,
    cuts.ports,
    [tcpFlags.SYN, tcpFlags.ACK, tcpFlags.RST, tcpFlags.FIN | tcpFlags.ACK, 0],
    cuts.icmp,
  ];
}

function packetAt(number: bigint, axes: readonly Axis[]): Packet {
  let rest = number;
  const values = axes.map((axis) => {
    const value = axis[Number(rest % BigInt(axis.length))];
    rest /= BigInt(axis.length);
    return value;
  });
  const [from, state, protocol, source, destination, sourcePort, destinationPort, flags, type] = values as [
    Origin,
    Packet['state'],
    number,
    Address,
    Address,
    number,
    number,
    number,
    number,
  ];
  const ported = portProtocols.has(protocol);
  const icmp = protocol === 1 || protocol === 58 ? { type, code: 0 } : { type: 0, code: 0 };
  return {
    protocol,
    source,
    destination,
    sourcePort: ported ? sourcePort : null,
    destinationPort: ported ? destinationPort : null,
    from,
    flags: protocol === 6 ? flags : 0,
    icmp,
    state,
  };
}

function isOpen(outcomes: readonly Outcome[]): boolean {
  return outcomes.some(({ verdict }) => verdict === 'unknown');
}

function spell(outcomes: readonly Outcome[]): string {
  return outcomes
    .map(({ verdict, dnat, src, left, delivered, rejectWith, weight }) =>
      [verdict, dnat, src, verdict === 'accept' && left.sourcePort, delivered, rejectWith, weight].join(' '),
    )
    .sort()
    .join('\n');
}
