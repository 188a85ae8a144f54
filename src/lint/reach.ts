import type { Address } from '../address/address.ts';
import { prefixMask, subnetOf } from '../address/subnet.ts';
import { type ConnectionOutcome, traceConnection } from '../engine/connect.ts';
import { type Packet, tcpFlags } from '../engine/packet.ts';
import { buildProgram, chainKey, type Program, type ProgramRule } from '../engine/program.ts';
import { tracePacket } from '../engine/trace.ts';
import { loneAddress } from '../host/interface-address.ts';
import type { Host, HostFields } from '../host/model.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import { assumeHost } from '../proof/assume-host.ts';
import { add, type Fraction, formatFraction, parseFraction, zero } from '../sets/fraction.ts';
import { chainPlace, type Place, placeOf, type RuleFinding } from './finding.ts';
import { type Client, clientsOf, nodeAddress, originOf, outsider } from './reach/clients.ts';
import { type Front, listFronts, nodePortAddresses } from './reach/fronts.ts';
import { endpointOf, someEndpoint, type Trouble, troubleIn } from './reach/judge.ts';

/**
 * What is wrong with the ways to services: each of their fronts is asked from the places that kube-proxy serves it for, and the
 * connection followed, answers included. What kube-proxy itself refuses (no endpoints, sources that are not admitted) is not cut off,
 * and of what is unknown nothing is said: where pods may be behind one of several interfaces, what holds for each of them.
 */
export function findReach(ruleset: Ruleset, known: readonly HostFields[]): RuleFinding[] {
  const program = buildProgram(ruleset);
  const addresses = nodePortAddresses(program.chains).map(loneAddress);
  const named = { ...(addresses.length > 0 ? { addresses } : {}), ...ownPods(program) };
  const [found = [], ...others] = podInterfacesIn(ruleset).map((podIf) => {
    const fields = podIf === null ? named : { ...named, podIf };
    return findOn({ program, host: assumeHost(ruleset.family, [...known, fields], [ruleset]).host });
  });
  const keys = others.map((list) => new Set(list.map(findingKey)));
  return found.filter((finding) => keys.every((set) => set.has(findingKey(finding))));
}

function findOn(node: Node): RuleFinding[] {
  const { program } = node;
  return [
    ...onceForRule(listFronts(program.chains).flatMap((front) => findAt(front, node))),
    ...healthChecks(program).flatMap((rule) => findClosed(rule, node)),
  ];
}

function findingKey(finding: RuleFinding): string {
  const { table, chain, number } = finding.place;
  const key = [finding.code, table, chain, number];
  if (!('from' in finding)) return key.join(' ');
  const { kind, protocol, address, port } = finding.front;
  return [...key, finding.from, kind, protocol, address, port].join(' ');
}

/** A chain that leads to a wrong endpoint does so whoever asks, and wherever. */
function onceForRule(found: readonly RuleFinding[]): RuleFinding[] {
  const told = new Set<unknown>();
  return found.filter(({ code, place }) => {
    if (code !== 'wrong-endpoint') return true;
    const isNew = !told.has(place.rule);
    told.add(place.rule);
    return isNew;
  });
}

interface Node {
  readonly program: Program;
  readonly host: Host;
}

/** The neighbourhood of an endpoint that is surely of this node, since a chain for those of this node alone leads to it. */
function ownPods({ chains, family }: Program): Pick<HostFields, 'podCIDR'> {
  for (const { name, rules } of chains.values()) {
    if (!name.startsWith('KUBE-SVL-')) continue;
    for (const { target } of rules.flatMap(({ jump }) => (jump?.rules ?? []).map(({ rule }) => rule))) {
      if (target?.kind !== 'dnat' || !target.addresses) continue;
      return { podCIDR: subnetOf(target.addresses.first, prefixMask(family, family === 'ipv4' ? 24 : 64)) };
    }
  }
  return {};
}

/** Interfaces that network plugins give each pod: rules that name one say that pods are behind it, and no bridge. */
const ofPods = /^(?:cali|lxc|veth|azv|gke|eni)/;

/**
 * The interfaces behind which pods may be; null: the one that is assumed of every node. A rule for all of a plugin's, whatever their
 * names, does not say that a pod is there.
 */
function podInterfacesIn({ tables }: Ruleset): readonly (string | null)[] {
  const perhaps = new Set<string>();
  for (const { chains } of tables) {
    for (const { rules } of chains.values()) {
      for (const { matches, target } of rules) {
        const named = matches.find((match) => match.kind === 'in-interface');
        if (named?.kind !== 'in-interface') continue;
        // kube-proxy was told that all of its pods are behind such interfaces.
        if (target?.kind === 'jump' && target.chain === 'KUBE-MARK-MASQ' && named.negated)
          return [oneOf(named.name)];
        if (!ofPods.test(named.name)) continue;
        if (!named.name.endsWith('+')) return [named.name];
        perhaps.add(oneOf(named.name));
      }
    }
  }
  return [null, ...perhaps];
}

/** `cali+`: `cali0` is one of them. */
function oneOf(pattern: string): string {
  return pattern.replace(/\+$/, '0');
}

/** Ways of one packet that are followed; in a chain that gives nothing away they double with each endpoint. */
const limit = 64;

/** What opens a connection, its answer, and one packet of those that follow: rules tell further ones apart by nothing but their flags. */
const steps = ['SYN', 'SYN-ACK', 'data', 'question', 'answer'] as const;

function findAt(front: Front, node: Node): RuleFinding[] {
  const destination = front.address ?? nodeAddress(node.host);
  if (destination === null) return [];
  let endpoint: Address | null = null;
  const found = clientsOf(front, node.host).flatMap((client) => {
    const outcomes = follow(front, client, destination, node);
    endpoint ??= someEndpoint(outcomes);
    return findingsOf(outcomes, front, client, node);
  });
  if (endpoint === null || front.kind !== 'cluster-ip') return found;
  const client: Client = { kind: 'endpoint', source: endpoint };
  const outcomes = follow(front, client, destination, node);
  const own = outcomes.filter((outcome) => endpointOf(outcome) === endpoint);
  return [...found, ...findingsOf(own, front, client, node)];
}

function follow(
  front: Front,
  client: Client,
  destination: Address,
  { program, host }: Node,
): readonly ConnectionOutcome[] {
  const from = originOf(client);
  // kube-proxy makes the chain: a text that has none is a part of a dump, and says nothing of what leads there.
  if (!program.entries.has(chainKey('nat', from === 'host' ? 'OUTPUT' : 'PREROUTING'))) return [];
  const packet = packetTo(front, { source: client.source, destination, from });
  return traceConnection(program, host, packet, { limit, steps }).outcomes;
}

function packetTo(
  { protocol, port }: Pick<Front, 'protocol' | 'port'>,
  ends: Pick<Packet, 'source' | 'destination' | 'from'>,
): Packet {
  return {
    ...ends,
    protocol,
    sourcePort: 40000,
    destinationPort: port,
    flags: protocol === 6 ? tcpFlags.SYN : 0,
    icmp: { type: 0, code: 0 },
    state: null,
  };
}

/** One finding for each thing that is wrong with some of the ways. */
function findingsOf(
  outcomes: readonly ConnectionOutcome[],
  front: Front,
  client: Client,
  { program }: Node,
): RuleFinding[] {
  const byReason = new Map<string, { share: Fraction; finding: RuleFinding }>();
  for (const outcome of outcomes) {
    const trouble = troubleIn(outcome, front, client, program.chains);
    if (trouble === null || isUntold(trouble, program)) continue;
    const place = placeIn(trouble, front);
    const key = keyOf(trouble, place);
    const share = add(byReason.get(key)?.share ?? zero, parseFraction(outcome.weight));
    const facts = { place, front, from: client.kind, share: formatFraction(share) };
    byReason.set(key, { share, finding: { ...trouble, ...facts } });
  }
  return [...byReason.values()].map(({ finding }) => finding);
}

/** Whether a text does not show what would be to blame: what masquerades. */
function isUntold(trouble: Trouble, { entries }: Program): boolean {
  const isMissing = trouble.code === 'cut-off' && trouble.why.kind === 'not-masqueraded';
  return isMissing && !entries.has(chainKey('nat', 'POSTROUTING'));
}

function placeIn(trouble: Trouble, front: Front): Place {
  if (trouble.code !== 'cut-off') return placeOf(('by' in trouble ? trouble.by : null) ?? front.rule);
  const { why } = trouble;
  if ('place' in why) return placeOf(why.place);
  return why.kind === 'policy' ? chainPlace(why.table, why.chain) : placeOf(front.rule);
}

function keyOf(trouble: Trouble, { table, chain, number }: Place): string {
  const kind = trouble.code === 'cut-off' ? trouble.why.kind : trouble.code;
  const part = trouble.code === 'cut-off' && 'part' in trouble.why ? trouble.why.part : '';
  return `${kind} ${part} ${table} ${chain} ${number}`;
}

/** The rules by which kube-proxy lets in what asks for the health of a service: those of Local policy have a port for that. */
function healthChecks({ chains }: Program): ProgramRule[] {
  return (chains.get(chainKey('filter', 'KUBE-NODEPORTS'))?.rules ?? []).filter(
    ({ rule: { target } }) => target?.kind === 'verdict' && target.verdict === 'ACCEPT',
  );
}

/** The rule itself may be in vain: what comes to the port is dropped before, or never led there. */
function findClosed(rule: ProgramRule, { program, host }: Node): RuleFinding[] {
  const destination = nodeAddress(host);
  const [client] = outsider(host, []);
  const ports = rule.rule.matches.flatMap((match) =>
    match.kind === 'tcp' && match.destinationPort && !match.destinationPort.negated
      ? [match.destinationPort.value.first]
      : [],
  );
  const [port] = ports;
  if (destination === null || client === undefined || port === undefined) return [];
  const packet = packetTo({ protocol: 6, port }, { source: client.source, destination, from: 'external' });
  const { outcomes } = tracePacket(program, host, packet, { trace: true, limit });
  const isLost = outcomes.some(({ verdict }) => verdict === 'drop' || verdict === 'reject');
  return isLost ? [{ code: 'health-check-closed', place: placeOf(rule), port, service: null }] : [];
}
