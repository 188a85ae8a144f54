import type { Address } from '../address/address.ts';
import { contains, type Subnet } from '../address/subnet.ts';
import { type ConnectionOutcome, traceConnection } from '../engine/connect.ts';
import type { IrProgram } from '../engine/ir.ts';
import { registered, type TiedChains, tiedChains } from '../engine/registered.ts';
import { tracePacket } from '../engine/trace.ts';
import { buildHost } from '../host/build.ts';
import { loneAddress } from '../host/interface-address.ts';
import type { Host, HostFields } from '../host/model.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import type { NftRuleset } from '../nftables/model.ts';
import { type AssumedHost, assumeHost, endpointsOf, neighbourhoodOf } from '../proof/assume-host.ts';
import type { MadeUp } from '../proof/assumption.ts';
import { proxyTable } from '../proxy/nftables/listed.ts';
import { add, type Fraction, formatFraction, parseFraction, zero } from '../sets/fraction.ts';
import { uniqueData } from '../text/data-key.ts';
import { keptBy } from '../text/kept.ts';
import { chainPlace, type Place, placeOf, type RuleFinding } from './finding.ts';
import { Alike } from './reach/alike/alike.ts';
import {
  type Client,
  clientsOf,
  everyClient,
  loopback,
  nodeAddress,
  originOf,
  outsider,
} from './reach/clients.ts';
import type { Front } from './reach/front.ts';
import { iptablesRules } from './reach/iptables.ts';
import {
  endpointOf,
  type Given,
  givenTo,
  lossIn,
  oddEndpoints,
  someEndpoint,
  type Trouble,
  translatingChains,
  troubleIn,
  undecidedIn,
} from './reach/judge.ts';
import { unfoundNeighbours } from './reach/neighbours.ts';
import { nftablesRules } from './reach/nftables.ts';
import { servedByNode } from './reach/node-served.ts';
import { mostWays, packetTo } from './reach/packet.ts';
import { namedInDump, namedInNft, podInterfacesIn } from './reach/pod-interfaces.ts';
import type { ProxyRules } from './reach/proxy.ts';
import { namedClients } from './reach/sources.ts';

/** The rules of a node, of one family: as they are written, and the program that they are. */
export interface NodeRules {
  readonly program: IrProgram;
  /** The tables of iptables; null: there are none. */
  readonly iptables: Ruleset | null;
  /** The tables of nft. */
  readonly nft: readonly NftRuleset[];
}

/** What kube-proxy wrote into them, in one mode or in both. */
export const proxiesIn = keptBy(({ program, iptables, nft }: NodeRules): readonly ProxyRules[] => {
  const tables = nft.flatMap((ruleset) => proxyTable(ruleset, program.family) ?? []);
  return [
    ...(iptables ? [iptablesRules(program.chains)] : []),
    ...tables.map((table) => nftablesRules(table, program)),
  ];
});

/**
 * What is wrong with the ways to services: each of their fronts is asked from the places that kube-proxy serves it for, and
 * the connection followed, answers included. What kube-proxy itself refuses (no endpoints, sources that are not admitted) is
 * not cut off, and of what is unknown nothing is said: where pods may be behind one of several interfaces, what holds for
 * each of them, and where rules do not tell which of two chains comes first, what holds in either order.
 */
export function findReach(rules: NodeRules, known: readonly HostFields[]): RuleFinding[] {
  const proxies = proxiesIn(rules);
  const pods = known.find(({ podCIDR }) => podCIDR !== undefined)?.podCIDR ?? null;
  const untold = pods !== null ? [] : proxies.flatMap(({ ownUntold }) => ownUntold ?? []);
  return [
    ...findWays(rules, proxies, known, pods),
    ...untold.map((place): RuleFinding => ({ code: 'hairpins-none', place })),
  ];
}

function findWays(
  rules: NodeRules,
  all: readonly ProxyRules[],
  known: readonly HostFields[],
  pods: Subnet | null,
): RuleFinding[] {
  const { program, iptables, nft } = rules;
  const isServed = iptables ? servedByNode(iptables) : () => false;
  const proxies = all.map((proxy) => ({
    ...proxy,
    fronts: proxy.fronts.filter((front) => !isServed(front)),
  }));
  const hosts = hostsOf(rules, known);
  const ties = nft.length > 0 ? tiedChains(program) : [];
  const { addressesKnown: isHostTold } = buildHost(program.family, known);
  const isFilterShown = !iptables?.notShown?.includes('filter');
  const asked = { iptables, proxies, pods, isHostTold, isFilterShown };
  if (ties.length === 0) return inAll(hosts.map((host) => findOn({ ...asked, program, host })));
  const [told = [], turned = []] = (['as-told', 'turned-round'] as const).map((order) => {
    const ordered = registered(program, order);
    return inAll(hosts.map((host) => findOn({ ...asked, program: ordered, host })));
  });
  return [...inAll([told, turned]), ...decidedByOrder(told, turned, ties)];
}

/** The node as it is taken to be: one for each interface that pods may be behind. */
export function hostsOf(rules: NodeRules, known: readonly HostFields[]): readonly Host[] {
  return assumedHosts(rules, known).map(({ host }) => host);
}

function assumedHosts(rules: NodeRules, known: readonly HostFields[]): readonly AssumedHost[] {
  const { program, iptables, nft } = rules;
  const proxies = proxiesIn(rules);
  const addresses = proxies.flatMap(({ nodePortAddresses }) => nodePortAddresses).map(loneAddress);
  const named = { ...(addresses.length > 0 ? { addresses } : {}), ...ownPods(rules, proxies) };
  const programs = nft.length > 0 ? [program] : [];
  const interfaces = podInterfacesIn([
    ...(iptables ? namedInDump(program) : []),
    ...(nft.length > 0 ? namedInNft(program) : []),
  ]);
  return interfaces.map((podIf) => {
    const fields = podIf === null ? named : { ...named, podIf };
    return assumeHost(program.family, [...known, fields], iptables ? [iptables] : [], programs);
  });
}

/** What is made up of the node where its services are asked, and nobody says it. */
export function assumedOf(rules: NodeRules, known: readonly HostFields[]): readonly MadeUp[] {
  if (proxiesIn(rules).every(({ fronts }) => fronts.length === 0)) return [];
  return uniqueData(assumedHosts(rules, known).flatMap(({ assumed }) => assumed));
}

/** What is found each time. */
function inAll([found = [], ...others]: readonly (readonly RuleFinding[])[]): RuleFinding[] {
  const keys = others.map((list) => new Set(list.map(findingKey)));
  return found.filter((finding) => keys.every((set) => set.has(findingKey(finding))));
}

/** What is found in one of the orders alone: a client each that is cut off in it. */
function decidedByOrder(
  told: readonly RuleFinding[],
  turned: readonly RuleFinding[],
  ties: readonly TiedChains[],
): RuleFinding[] {
  const only = (one: readonly RuleFinding[], other: readonly RuleFinding[]) => {
    const keys = new Set(other.map(wayKey));
    return one.flatMap((finding): RuleFinding[] => {
      if (finding.code !== 'cut-off' || keys.has(wayKey(finding))) return [];
      const { place, front, from, share, why } = finding;
      const own = ties.filter(({ chains }) => chains.some((one) => one.startsWith(`${place.table}/`)));
      const decides = own.length > 0 ? own : ties;
      return [{ code: 'order-decides', place, front, from, share, why, ties: decides }];
    });
  };
  return [...only(told, turned), ...only(turned, told)];
}

function findOn(asked: Omit<Node, 'named' | 'hasOtherWays'>): RuleFinding[] {
  const node: Node = {
    ...asked,
    named: namedClients(asked.program, asked.host),
    hasOtherWays: hasOtherWays(asked),
  };
  const fronts = new Map<string, { readonly front: Front; readonly proxy: ProxyRules }>();
  for (const proxy of node.proxies) {
    for (const front of proxy.fronts) {
      const key = frontKey(front);
      if (!fronts.has(key)) fronts.set(key, { front, proxy });
    }
  }
  const alike = alikeOn(node);
  // Shapes of fronts of which nothing is wrong.
  const sound = new Set<string>();
  const found = [...fronts.values()].flatMap(({ front, proxy }) => {
    const shape = alike.shapeOf(front);
    if (shape !== null && sound.has(shape)) return [];
    const ofFront = findAt(front, proxy, node);
    if (shape !== null && ofFront.length === 0) sound.add(shape);
    return ofFront;
  });
  return [
    ...onceForRule(found),
    ...findUnfound([...fronts.values()], node),
    ...node.proxies.flatMap(({ forgetful }) => forgetful.map(lostOnReturn)),
    ...node.proxies.flatMap(({ healthChecks }) => healthChecks.flatMap((check) => findClosed(check, node))),
  ];
}

/** Where neighbours do not find each other, nobody comes to a service when what was known of them has aged. */
function findUnfound(
  fronts: readonly { readonly front: Front }[],
  { program, host }: Node,
): readonly RuleFinding[] {
  if (program.family !== 'ipv6' || fronts.length === 0) return [];
  const unfound = unfoundNeighbours(program, host);
  return fronts.flatMap(({ front }) =>
    unfound.map((one): RuleFinding => ({ code: 'cut-off', front, share: '1/1', ...one })),
  );
}

function alikeOn({ program, host, proxies, named }: Node): Alike {
  return new Alike(program, host, proxies, [...everyClient(host), ...named]);
}

function lostOnReturn({ front, rule }: ProxyRules['forgetful'][number]): RuleFinding {
  const why = { kind: 'not-translated' } as const;
  return { code: 'cut-off', place: placeOf(rule), front, from: 'remembered', share: '1/1', why };
}

function frontKey({ kind, protocol, address, port }: Front): string {
  return `${kind} ${protocol} ${address} ${port}`;
}

function findingKey(finding: RuleFinding): string {
  const { table, chain, number } = finding.place;
  const key = [finding.code, table, chain, number];
  return 'from' in finding ? [...key, finding.from, frontKey(finding.front)].join(' ') : key.join(' ');
}

/** Of a finding that may have another place, or another reason, elsewhere. */
function wayKey(finding: RuleFinding): string {
  return 'from' in finding
    ? [finding.code, finding.from, frontKey(finding.front)].join(' ')
    : findingKey(finding);
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
  readonly program: IrProgram;
  readonly iptables: Ruleset | null;
  readonly host: Host;
  readonly proxies: readonly ProxyRules[];
  /** The addresses of the node's pods, where somebody says them; null: they are guessed. */
  readonly pods: Subnet | null;
  /** Whether somebody says which addresses the node has. */
  readonly isHostTold: boolean;
  readonly isFilterShown: boolean;
  /** Clients of whom rules ask apart. */
  readonly named: readonly Client[];
  /** Packets of other nodes may come by an interface that rules name, and of which nothing is known. */
  readonly hasOtherWays: boolean;
}

/** The neighbourhood of an endpoint that is surely of this node. */
function ownPods(
  { iptables, program }: NodeRules,
  proxies: readonly ProxyRules[],
): Pick<HostFields, 'podCIDR'> {
  const own = proxies.map(({ ownEndpoint }) => ownEndpoint).find((one) => one !== null);
  if (own == null) return {};
  return { podCIDR: neighbourhoodOf(own, endpointsOf(iptables ? [iptables] : [], [program])) };
}

/** What opens a connection, its answer, and of those that follow one each way that carries data, and those that close it. */
const steps = ['SYN', 'SYN-ACK', 'data', 'data back', 'FIN', 'FIN back', 'question', 'answer'] as const;

function findAt(front: Front, proxy: ProxyRules, node: Node): RuleFinding[] {
  const destination = front.address ?? nodeAddress(node.host);
  if (destination === null) return [];
  let endpoint: Address | null = null;
  const given: Given[] = [];
  const odd = new Map<Address, Place>();
  const unserved: RuleFinding[] = [];
  const ask = (client: Client) => {
    const outcomes = follow(front, client, destination, proxy, node);
    if (client.kind === 'pod') given.push(...givenTo(outcomes, node.proxies));
    // Of two programs on one node, what the one does not do the other may.
    if (client.kind === 'pod' && front.kind === 'cluster-ip' && node.proxies.length === 1) {
      for (const one of oddEndpoints(outcomes, node.proxies, ownIn(proxy, node), node.host))
        odd.set(one.endpoint, one.place);
      if (client.among === undefined) unserved.push(...findUnserved(front, outcomes, proxy));
    }
    endpoint ??= someEndpoint(outcomes, node.proxies, ownIn(proxy, node), node.host);
    // An address that was made up may be that of an endpoint: what is wrong with its way to itself is asked apart.
    const toOthers = outcomes.filter(
      (outcome) => client.kind !== 'pod' || endpointOf(outcome, node.proxies) !== client.source,
    );
    return findingsOf(toOthers, front, client, proxy, node);
  };
  const usual = clientsOf(front, node.host);
  const ofUsual = usual.flatMap(ask);
  const ofAll = [...ofUsual, ...findFromLoopback(front, ofUsual, proxy, node)];
  // Whom source ranges admit is another question.
  if (front.sources !== null) return onceOpen(ofAll);
  const kinds = new Set(usual.map(({ kind }) => kind));
  const ofSome = node.named.filter(({ kind }) => kinds.has(kind)).flatMap(ask);
  const ofOthers = front.kind === 'cluster-ip' ? findFromElsewhere(front, given, proxy, node) : [];
  const ofOutside = front.kind === 'cluster-ip' ? findFromOutside(front, destination, proxy, node) : [];
  const found = [
    ...ofAll,
    ...ofSome.filter((one) => isOfSome(one, ofAll)),
    ...ofOthers,
    ...ofOutside,
    ...(ofAll.length === 0 ? unserved : []),
  ];
  const asked = odd.size > 0 || endpoint === null ? odd : new Map([[endpoint, null]]);
  return [
    ...found,
    ...[...asked].flatMap(([one, place]) => {
      const ofOwn = findFromItself(front, one, destination, proxy, node, ofAll.length === 0);
      return place === null ? ofOwn : ofOwn.map((finding): RuleFinding => ({ ...finding, place }));
    }),
  ];
}

/** To whichever stranger it is. */
function onceOpen(found: readonly RuleFinding[]): RuleFinding[] {
  const first = found.find(({ code }) => code === 'range-open');
  return found.filter((one) => one.code !== 'range-open' || one === first);
}

/**
 * What the node meets at a port of its own at 127.0.0.1, where kube-proxy serves it there, and where it gets through at its
 * other addresses: nothing from there leaves the node as it is.
 */
function findFromLoopback(
  front: Front,
  ofOthers: readonly RuleFinding[],
  proxy: ProxyRules,
  node: Node,
): RuleFinding[] {
  if (node.program.family === 'ipv6' || front.kind !== 'node-port' || front.sources !== null) return [];
  if (!proxy.servesLoopback || ofOthers.some((one) => 'from' in one && one.from === 'host')) return [];
  const client: Client = { kind: 'loopback', source: loopback };
  return findingsOf(follow(front, client, loopback, proxy, node), front, client, proxy, node);
}

/** What an endpoint meets that is led to itself; where pods beside it are led to endpoints (`isOpen`), it is to be led, too. */
function findFromItself(
  front: Front,
  endpoint: Address,
  destination: Address,
  proxy: ProxyRules,
  node: Node,
  isOpen: boolean,
): RuleFinding[] {
  const client: Client = { kind: 'endpoint', source: endpoint };
  const outcomes = follow(front, client, destination, proxy, node);
  const own = outcomes.filter((outcome) => {
    const led = endpointOf(outcome, node.proxies);
    return led === endpoint || (isOpen && led === null);
  });
  const ofOwn = findingsOf(own, front, client, proxy, node);
  // What else cuts it off there, the pods beside it are cut off by as well.
  const why = (finding: RuleFinding) => (finding.code === 'cut-off' ? finding.why.kind : null);
  const isTold = (finding: RuleFinding) =>
    front.kind === 'cluster-ip' ? why(finding) !== 'other-service' : why(finding) === 'not-masqueraded';
  return ofOwn.filter(isTold);
}

/**
 * Nobody outside is promised a cluster address. But where kube-proxy masquerades what comes from there, so that endpoints
 * elsewhere answer by this node, what is routed here gets no answer when its rule does not hold.
 */
function findFromOutside(front: Front, destination: Address, proxy: ProxyRules, node: Node): RuleFinding[] {
  const by = node.proxies.length > 1 ? null : proxy.masksOutsiders(front);
  const [client] = by === null ? [] : outsider(node.host, null);
  if (by === null || client === undefined) return [];
  const found = findingsOf(follow(front, client, destination, proxy, node), front, client, proxy, node);
  return found.flatMap((finding): RuleFinding[] => {
    if (finding.code !== 'cut-off' || finding.why.kind !== 'not-masqueraded') return [];
    return [finding.why.unmarkedBy === null ? { ...finding, place: placeOf(by) } : finding];
  });
}

/** Endpoints to whose chains a service leads, and that get nothing: what these do not translate goes on to the others. */
function findUnserved(
  front: Front,
  outcomes: readonly ConnectionOutcome[],
  proxy: ProxyRules,
): RuleFinding[] {
  const serving = translatingChains(outcomes);
  const unserved = [...proxy.endpointChains(front)].filter(([chain]) => !serving.has(chain));
  const isKnown = outcomes.every(
    ({ steps }) => steps[0]?.outcome?.verdict === 'accept' && steps[0].outcome.dnat,
  );
  if (serving.size === 0 || unserved.length === 0 || !isKnown) return [];
  const given = new Map<string, Fraction>(unserved.map(([, endpoint]) => [endpoint, zero]));
  for (const { steps, weight } of outcomes) {
    const endpoint = steps[0]?.outcome?.dnat as string;
    given.set(endpoint, add(given.get(endpoint) ?? zero, parseFraction(weight)));
  }
  const shares = [...given].map(([endpoint, share]) => ({ endpoint, share: formatFraction(share) }));
  const { service, place } = front;
  return unserved.slice(0, 1).map(([chain]) => ({
    code: 'uneven-shares',
    place: chainPlace(place.table, chain),
    service,
    shares,
  }));
}

/**
 * What pods of other nodes meet here, whose nodes have given their packets to an endpoint of this one, or to the node
 * itself. An endpoint elsewhere stands for them; where rules name interfaces of which nobody says what is behind them, such
 * packets may come by those.
 */
function findFromElsewhere(
  front: Front,
  given: readonly Given[],
  proxy: ProxyRules,
  node: Node,
): RuleFinding[] {
  const isOwn = ownIn(proxy, node) ?? (() => true);
  const here = given.find(
    ({ address, delivered }) => delivered === 'local' || (delivered === 'pod' && isOwn(address)),
  );
  const other = given.find(({ delivered }) => delivered === 'uplink');
  if (!here || here.port === null || !other || node.hasOtherWays || !proxy.shows('wire')) return [];
  const ends = { source: other.address, destination: here.address, from: 'external' } as const;
  const packet = packetTo({ protocol: front.protocol, port: here.port }, ends);
  const { outcomes } = traceConnection(node.program, node.host, packet, { limit: mostWays, steps });
  const client: Client = { kind: 'elsewhere', source: other.address };
  return toldOf(outcomes, front, client, proxy, lossIn);
}

/**
 * What is wrong for those alone of whom rules ask apart. That somebody bars addresses outside is as he wants it: of those it
 * counts that they are let through and not given to the service.
 */
function isOfSome(finding: RuleFinding, ofAll: readonly RuleFinding[]): boolean {
  if (!('from' in finding) || ofAll.some((one) => findingKey(one) === findingKey(finding))) return false;
  if (finding.from !== 'external') return true;
  if (finding.code === 'cut-off') return /^(?:not-translated|diverted|untracked)$/.test(finding.why.kind);
  return finding.code === 'wrong-endpoint';
}

function hasOtherWays({ program, host, iptables }: Pick<Node, 'program' | 'host' | 'iptables'>): boolean {
  const known = new Set(['lo', host.uplink, host.podInterface, ...host.podInterfaces]);
  const named = [...(iptables ? namedInDump(program) : []), ...namedInNft(program)];
  return named.some(({ name }) => !known.has(name) && !ofNoNode.test(name));
}

/** Interfaces behind which no packet of another node comes. */
const ofNoNode = /^(?:docker|br-|virbr|podman|cali|lxc|veth|azv|gke|eni|ppp)/;

/** Which endpoints are surely of this node; null: nobody says. */
function ownIn({ ownEndpoints }: ProxyRules, { pods }: Node): ((endpoint: Address) => boolean) | null {
  if (ownEndpoints === null) return null;
  return (endpoint) => ownEndpoints.has(endpoint) || (pods !== null && contains(pods, endpoint));
}

function follow(
  front: Front,
  client: Client,
  destination: Address,
  proxy: ProxyRules,
  { program, host }: Node,
): readonly ConnectionOutcome[] {
  const from = originOf(client);
  if (!proxy.shows(from === 'host' ? 'host' : 'wire')) return [];
  const packet = packetTo(front, { source: client.source, destination, from });
  return traceConnection(program, host, packet, { limit: mostWays, steps }).outcomes;
}

function findingsOf(
  outcomes: readonly ConnectionOutcome[],
  front: Front,
  client: Client,
  proxy: ProxyRules,
  { program, proxies, ...told }: Node,
): RuleFinding[] {
  const judge = (outcome: ConnectionOutcome) =>
    undecidedIn(outcome, program) ?? troubleIn(outcome, front, client, proxies, told);
  return toldOf(outcomes, front, client, proxy, judge);
}

/** One finding for each thing that is wrong with some of the ways. */
function toldOf(
  outcomes: readonly ConnectionOutcome[],
  front: Front,
  client: Client,
  proxy: ProxyRules,
  judge: (outcome: ConnectionOutcome) => Trouble | null,
): RuleFinding[] {
  const byReason = new Map<string, { share: Fraction; finding: RuleFinding }>();
  for (const outcome of outcomes) {
    const trouble = judge(outcome);
    if (trouble === null || isUntold(trouble, proxy)) continue;
    const place = placeIn(trouble, front);
    const key = keyOf(trouble, place);
    const share = add(byReason.get(key)?.share ?? zero, parseFraction(outcome.weight));
    const { kind: from, among } = client;
    const facts = { place, front, from, share: formatFraction(share), ...(among && { among }) };
    byReason.set(key, { share, finding: { ...trouble, ...facts } });
  }
  return [...byReason.values()].map(({ finding }) => finding);
}

/** Whether a text does not show what would be to blame: what masquerades. */
function isUntold(trouble: Trouble, { showsMasquerade }: ProxyRules): boolean {
  return trouble.code === 'cut-off' && trouble.why.kind === 'not-masqueraded' && !showsMasquerade;
}

function placeIn(trouble: Trouble, front: Front): Place {
  // What stands for rules that are not shown is none.
  if (trouble.code === 'undecided' && trouble.what.code === 'rules-not-shown')
    return chainPlace(trouble.by.table, trouble.by.chain);
  if (trouble.code !== 'cut-off' && trouble.code !== 'errors-lost')
    return 'by' in trouble && trouble.by !== null ? placeOf(trouble.by) : front.place;
  const { why } = trouble;
  if ('place' in why) return placeOf(why.place);
  if (why.kind === 'not-masqueraded' && why.unmarkedBy !== null) return placeOf(why.unmarkedBy);
  return why.kind === 'policy' ? chainPlace(why.table, why.chain) : front.place;
}

function keyOf(trouble: Trouble, { table, chain, number }: Place): string {
  const why = 'why' in trouble ? trouble.why : null;
  const kind = why?.kind ?? trouble.code;
  const part = why !== null && 'part' in why ? why.part : '';
  return `${kind} ${part} ${table} ${chain} ${number}`;
}

/** The rule itself may be in vain: what comes to the port is dropped before, or never led there. */
function findClosed(
  { rule, port }: ProxyRules['healthChecks'][number],
  { program, host }: Node,
): RuleFinding[] {
  const destination = nodeAddress(host);
  const [client] = outsider(host, null);
  if (destination === null || client === undefined) return [];
  const packet = packetTo({ protocol: 6, port }, { source: client.source, destination, from: 'external' });
  const { outcomes } = tracePacket(program, host, packet, { trace: true, limit: mostWays });
  const isLost = outcomes.some(({ verdict }) => verdict === 'drop' || verdict === 'reject');
  return isLost ? [{ code: 'health-check-closed', place: placeOf(rule), port, service: null }] : [];
}
