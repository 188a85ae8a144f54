import { type Address, addressBits, familyOf, formatEndpoint } from '../../../address/address.ts';
import { prefixMask, type Subnet } from '../../../address/subnet.ts';
import type { IrChain, IrRule } from '../../../engine/ir.ts';
import type { Match, MatchKind, TransportMatch } from '../../../iptables/rule/match.ts';
import type { DnatTarget, Target, TargetKind } from '../../../iptables/rule/target.ts';
import { proxyComments } from '../../../proxy/decide/comments.ts';
import { dataKey } from '../../../text/data-key.ts';
import { keptBy } from '../../../text/kept.ts';
import type { UsualService } from '../usual.ts';
import type { Sets } from './asked.ts';
import { isOwnChain, type Numbers, type Sorted } from './numbers.ts';

/** What a chain's rules name and ask for; false: there is something of which it is not known what it asks. */
export function sortRules(chain: IrChain, sorted: Sorted): boolean {
  const { asked, fixed } = sorted;
  const isOwn = isOwnChain(chain);
  let before = 0;
  for (const place of chain.rules) {
    const { matches, target } = place.rule;
    if (!matches.every(isUnderstood) || (target !== null && !isCarriedOut(target))) return false;
    for (const match of matches) askRanges(match, asked, fixed);
    if (isOwn) continue;
    const name = nameIn(place, fixed);
    const ordinal = sorted.next();
    if (name !== null) {
      const say = (numbers: Numbers) => sayRule(place, numbers);
      const one = { at: `${chain.table}/${chain.name}/${before}`, ordinal, say };
      if ('address' in name) sorted.nameAddress(name.address, one);
      else sorted.namePort(name.port, one);
      continue;
    }
    // It gives what may come from anywhere to the chains of one service.
    if (place.jump !== null && isOwnChain(place.jump)) return false;
    before += 1;
    for (const match of matches) askPorts(match, asked);
    if ((target?.kind === 'dnat' || target?.kind === 'snat') && target.addresses)
      sorted.given.push(target.addresses.first, target.addresses.last);
    if (target !== null && 'ports' in target && target.ports) asked.port(target.ports.first);
  }
  return true;
}

/** What the chain of a service asks of those whom it marks. */
export function sortUsual({ marking }: UsualService, { asked, fixed }: Sorted): void {
  for (const { matches } of marking) for (const match of matches) askRanges(match, asked, fixed);
}

/** The address that a rule asks for, or the port of the node by which it leads to a service. */
function nameIn(
  { rule: { matches }, jump }: IrRule,
  fixed: ReadonlySet<Address>,
): { readonly address: Address } | { readonly port: number } | null {
  const named = matches.map(namedBy).find((one) => one !== null && !fixed.has(one));
  if (named != null) return { address: named };
  if (jump === null || !isOwnChain(jump)) return null;
  const port = matches.map(portNamedBy).find((one) => one !== null);
  return port == null ? null : { port };
}

function namedBy(match: Match): Address | null {
  if ((match.kind !== 'source' && match.kind !== 'destination') || match.negated) return null;
  return loneIn(match.subnet);
}

function loneIn({ address, mask }: Subnet): Address | null {
  const family = familyOf(address);
  return mask === prefixMask(family, addressBits[family]) ? address : null;
}

function portNamedBy(match: Match): number | null {
  if (!isTransport(match) || !match.destinationPort || match.destinationPort.negated) return null;
  const { first, last } = match.destinationPort.value;
  return first === last ? first : null;
}

/** But for lone addresses, which rules name. */
function askRanges(match: Match, asked: Sets, fixed: ReadonlySet<Address>): void {
  if (match.kind === 'source' || match.kind === 'destination') {
    const named = namedBy(match);
    if (named === null || fixed.has(named)) asked.subnet(match.subnet);
  } else if (match.kind === 'iprange') {
    for (const end of [match.source, match.destination])
      if (end) asked.addressesIn([end.value.first, end.value.last]);
  } else if (match.kind === 'conntrack') {
    for (const end of [
      match.originalSource,
      match.originalDestination,
      match.replySource,
      match.replyDestination,
    ])
      if (end) asked.subnet(end.value);
    for (const end of [
      match.originalSourcePort,
      match.originalDestinationPort,
      match.replySourcePort,
      match.replyDestinationPort,
    ])
      if (end) asked.range(end.value);
  } else if (match.kind === 'multiport') {
    for (const one of match.ports) asked.range(one);
  } else if (isTransport(match))
    for (const end of [match.sourcePort, match.destinationPort])
      if (end && end.value.first !== end.value.last) asked.range(end.value);
}

/** Lone ports as well. */
function askPorts(match: Match, asked: Sets): void {
  if (!isTransport(match)) return;
  for (const end of [match.sourcePort, match.destinationPort]) if (end) asked.range(end.value);
}

/** The rules of a chain of one service or endpoint. */
export function sayRules({ rules }: IrChain, numbers: Numbers): string {
  return rules.map((rule) => sayRule(rule, numbers)).join(';');
}

/**
 * Who comes to it gets the same share of each: nothing but how many they are, and where, tells one from another, and whether they are of the
 * service. Comments name the endpoints, so that one of them stands for all.
 */
export function sayUsual({ marking, endpoints }: UsualService, numbers: Numbers): string {
  const [first] = endpoints;
  const marks = marking.map(({ matches }) => `${sayMatches(matches, numbers)} marked`).join(';');
  const to = endpoints.map(
    ({ endpoint: { address, port } }) => `${numbers.address(address)} ${numbers.port(port)}`,
  );
  const gives = first?.chain.rules[1];
  const misled =
    first && gives && numbers.isMisled(gives, formatEndpoint(first.endpoint.address, first.endpoint.port));
  return `${marks} =${first?.endpoint.protocol} ${to.join(' ')} ${misled}`;
}

function sayRule(place: IrRule, numbers: Numbers): string {
  const { matches, target } = place.rule;
  return `${sayMatches(matches, numbers)} ${sayTarget(target, place, numbers)}`;
}

function sayMatches(matches: readonly Match[], numbers: Numbers): string {
  return matches.map((match) => sayMatch(match, numbers)).join(' ');
}

function sayMatch(match: Match, numbers: Numbers): string {
  if (match.kind === 'comment') return meantBy(match.text);
  if (match.kind === 'protocol') return `${match.negated ? '!' : ''}${match.protocol}`;
  const named = namedBy(match);
  if (named !== null) return `${match.kind} ${numbers.address(named)}`;
  if (match.kind === 'recent') return dataKey({ ...match, name: sayList(match.name, numbers) });
  if (!isTransport(match)) return said(match);
  const { sourcePort, destinationPort } = match;
  return `${sayPorts(sourcePort, numbers)}>${sayPorts(destinationPort, numbers)} ${besidePorts(match)}`;
}

function sayPorts(ports: TransportMatch['sourcePort'], numbers: Numbers): string {
  if (!ports) return '';
  const { negated, value } = ports;
  return value.first === value.last ? `${negated}${numbers.port(value.first)}` : dataKey(ports);
}

/** A list of those who are remembered is named by the endpoint's chain. */
function sayList(name: string, numbers: Numbers): string {
  return isOwnChain({ language: 'iptables', table: 'nat', name }) ? numbers.list(name) : name;
}

function sayTarget(target: Target | null, place: IrRule, numbers: Numbers): string {
  if (target?.kind === 'jump') {
    const { jump } = place;
    return jump && isOwnChain(jump) ? `${target.returns} ${numbers.chain(jump)}` : said(target);
  }
  if (target?.kind !== 'dnat') {
    if (target === null) return '';
    return translates.has(target.kind) ? numbers.vague() : said(target);
  }
  const { addresses, ports } = target;
  if (!addresses || !ports || addresses.first !== addresses.last || ports.first !== ports.last)
    return numbers.vague();
  const to = `${numbers.address(addresses.first)} ${numbers.port(ports.first)}`;
  const misled = numbers.isMisled(place, formatEndpoint(addresses.first, ports.first));
  return `${to} ${besideEnds(target)} ${misled}`;
}

/** Parts that are spelt alike are read once, and are in many rules. */
const said = keptBy((part: Match | Target) => dataKey(part));

/** What a comment says that tells whether a rule drops on purpose. */
function meantBy(comment: string): string {
  return meant.find((one) => comment.includes(one)) ?? '';
}

const meant = [proxyComments.noEndpoints, proxyComments.notAccepted, proxyComments.noLocalEndpoints] as const;

/** Of parts that most rules have in common: the rest of them, without what is numbered. */
const besidePorts = keptBy(({ sourcePort: _, destinationPort: __, ...others }: TransportMatch) =>
  dataKey(others),
);

function besideEnds({ addresses: _, ports: __, ...others }: DnatTarget): string {
  // Most have nothing else.
  return Object.keys(others).length === 1 ? others.kind : dataKey(others);
}

/** Targets beside DNAT that give other addresses or ports. */
const translates: ReadonlySet<TargetKind> = new Set(['snat', 'masquerade', 'redirect']);

const transports: ReadonlySet<MatchKind> = new Set(['tcp', 'udp', 'sctp', 'dccp']);

function isTransport(match: Match): match is TransportMatch {
  return transports.has(match.kind);
}

/** Sets have members of which rules do not tell. */
const understood: Readonly<Record<MatchKind, boolean>> = {
  source: true,
  destination: true,
  'in-interface': true,
  'out-interface': true,
  protocol: true,
  fragment: true,
  tcp: true,
  udp: true,
  sctp: true,
  dccp: true,
  icmp: true,
  icmp6: true,
  multiport: true,
  addrtype: true,
  comment: true,
  conntrack: true,
  state: true,
  mark: true,
  connmark: true,
  statistic: true,
  recent: true,
  iprange: true,
  set: false,
  physdev: true,
  mac: true,
  owner: true,
  socket: false,
  rpfilter: true,
  tcpmss: true,
  length: true,
  pkttype: true,
  other: true,
};

const isUnderstood = ({ kind }: Match) => understood[kind];

/** New addresses are made of others, or chosen by sockets. */
const carriedOut: Readonly<Record<TargetKind, boolean>> = {
  verdict: true,
  jump: true,
  reject: true,
  dnat: true,
  snat: true,
  masquerade: true,
  redirect: true,
  netmap: false,
  mark: true,
  connmark: true,
  ct: true,
  log: true,
  nflog: true,
  trace: true,
  tproxy: false,
  tcpmss: true,
  other: true,
};

const isCarriedOut = ({ kind }: Target) => carriedOut[kind];
