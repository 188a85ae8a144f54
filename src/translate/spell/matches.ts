import { formatAddress } from '../../address/address.ts';
import {
  type IcmpMatch,
  type Match,
  type MatchKind,
  type MultiportMatch,
  type Negatable,
  statisticScale,
  type TransportMatch,
} from '../../iptables/rule/match.ts';
import { symbols } from '../../nftables/symbols.ts';
import { type IntervalSet, interval, unionOf } from '../../sets/intervals.ts';
import { spellProtocol, spellSubnet } from './addresses.ts';
import { inStates, spellConntrack } from './conntrack.ts';
import { spellOtherMatch } from './other-matches.ts';
import { spellRecent } from './recent.ts';
import {
  type Asked,
  always,
  asked,
  headerOf,
  hex,
  never,
  noForm,
  not,
  oneOf,
  quoted,
  type SpellContext,
  spellRange,
  type Unwritten,
} from './spelled.ts';

type Of<Kind extends MatchKind> = Extract<Match, { readonly kind: Kind }>;
type Spellings = {
  readonly [Kind in MatchKind]: (match: Of<Kind>, context: SpellContext) => Asked | Unwritten;
};

/** How nft asks what each match asks. Whether it is the same is not said here: that is proved. */
const spellings: Spellings = {
  source: ({ subnet, negated }, { family }) =>
    asked(spellSubnet(`${headerOf[family]} saddr`, subnet, negated)),
  destination: ({ subnet, negated }, { family }) =>
    asked(spellSubnet(`${headerOf[family]} daddr`, subnet, negated)),
  'in-interface': (match) => spellInterface('iifname', match),
  'out-interface': (match) => spellInterface('oifname', match),
  protocol: ({ protocol, negated }) => asked(`meta l4proto ${not(negated)}${spellProtocol(protocol)}`),
  fragment: ({ negated }) => asked(`ip frag-off & 0x1fff ${negated ? '==' : '!='} 0`),
  tcp: spellTransport,
  udp: spellTransport,
  sctp: spellTransport,
  dccp: spellTransport,
  icmp: (match) => spellIcmp(match, 'icmp'),
  icmp6: (match) => spellIcmp(match, 'icmpv6'),
  multiport: spellMultiport,
  addrtype: spellAddressTypes,
  comment: () => always,
  conntrack: spellConntrack,
  state: ({ states, negated }) => inStates(states, negated),
  mark: (match) => spellMark('meta mark', match),
  connmark: (match) => spellMark('ct mark', match),
  statistic: spellStatistic,
  recent: spellRecent,
  iprange: ({ source, destination }, { family }) =>
    asked(
      ...option(source, (negated, { first, last }) => [
        `${headerOf[family]} saddr ${not(negated)}${spellRange(first, last, formatAddress)}`,
      ]),
      ...option(destination, (negated, { first, last }) => [
        `${headerOf[family]} daddr ${not(negated)}${spellRange(first, last, formatAddress)}`,
      ]),
    ),
  // A set of ipset is no set of nft, and the dump does not tell what it holds.
  set: () => noForm,
  physdev: () => noForm,
  mac: ({ address, negated }) => asked(`ether saddr ${not(negated)}${address}`),
  owner: ({ user, group, socketExists, supplementaryGroups }) =>
    socketExists || supplementaryGroups
      ? noForm
      : asked(
          ...option(user, (negated, { first, last }) => [
            `meta skuid ${not(negated)}${spellRange(first, last)}`,
          ]),
          ...option(group, (negated, { first, last }) => [
            `meta skgid ${not(negated)}${spellRange(first, last)}`,
          ]),
        ),
  socket: () => noForm,
  rpfilter: ({ loose, validMark, acceptLocal, invert }) =>
    loose || validMark || acceptLocal
      ? noForm
      : asked(`fib saddr . iif oif ${invert ? 'missing' : 'exists'}`),
  tcpmss: ({ first, last, negated }) =>
    negated ? noForm : asked(`tcp option maxseg size ${spellRange(first, last)}`),
  length: ({ first, last, negated }) => asked(`meta length ${not(negated)}${spellRange(first, last)}`),
  pkttype: ({ type, negated }) => asked(`meta pkttype ${not(negated)}${type}`),
  other: spellOtherMatch,
};

/** How nft asks what a match asks. */
export function spellMatch(match: Match, context: SpellContext): Asked | Unwritten {
  const spell = spellings[match.kind] as (match: Match, context: SpellContext) => Asked | Unwritten;
  return spell(match, context);
}

function option<T>(
  given: Negatable<T> | undefined,
  spell: (negated: boolean, value: T) => readonly string[],
): readonly string[] {
  return given ? spell(given.negated, given.value) : [];
}

function spellInterface(
  field: 'iifname' | 'oifname',
  { name, negated }: Of<'in-interface' | 'out-interface'>,
): Asked | Unwritten {
  if (name === '+') return negated ? never : always;
  const isPattern = name.endsWith('+');
  const bare = isPattern ? name.slice(0, -1) : name;
  const text = quoted(isPattern ? `${bare}*` : bare);
  return text === undefined || bare.endsWith('*') ? noForm : asked(`${field} ${not(negated)}${text}`);
}

function spellTransport(match: TransportMatch): Asked | Unwritten {
  const { kind, sourcePort, destinationPort, flags, unevaluated } = match;
  if (unevaluated) return noForm;
  const port = (name: string, range: TransportMatch['sourcePort']) =>
    option(range, (negated, { first, last }) => [
      `${kind} ${name} ${not(negated)}${spellRange(first, last)}`,
    ]);
  return asked(
    ...port('sport', sourcePort),
    ...port('dport', destinationPort),
    ...option(flags, (negated, { mask, set }) => [
      `tcp flags & ${hex(mask)} ${negated ? '!=' : '=='} ${hex(set)}`,
    ]),
    ...option(match.option, (negated, number) => [`tcp option ${number} ${negated ? 'missing' : 'exists'}`]),
  );
}

function spellIcmp({ type, code, negated }: IcmpMatch, header: 'icmp' | 'icmpv6'): Asked {
  if (type === 255) return negated ? never : always;
  const ofType = (no: boolean) => `${header} type ${not(no)}${type}`;
  const isAnyCode = code.first === 0 && code.last === 255;
  const ofCode = (no: boolean) => `${header} code ${not(no)}${spellRange(code.first, code.last)}`;
  if (isAnyCode) return asked(ofType(negated));
  if (!negated) return asked(ofType(false), ofCode(false));
  return { ways: [[ofType(true)], [ofType(false), ofCode(true)]] };
}

/** Ports stand at the same place in all protocols that have some. */
function spellMultiport(
  { side, ports, negated }: MultiportMatch,
  { protocol }: SpellContext,
): Asked | Unwritten {
  if (protocol === undefined) return noForm;
  const set = unionOf(ports.map(({ first, last }) => interval(first, last)));
  const among = (field: string, no: boolean) => `th ${field} ${not(no)}${spellSet(set)}`;
  if (side !== 'either') return asked(among(side === 'source' ? 'sport' : 'dport', negated));
  if (negated) return asked(among('sport', true), among('dport', true));
  return { ways: [[among('sport', false)], [among('sport', true), among('dport', false)]] };
}

function spellSet(set: IntervalSet): string {
  const parts: string[] = [];
  for (let at = 0; at < set.length; at += 2) parts.push(spellRange(set[at], set[at + 1]));
  return oneOf(parts);
}

/** Of the types that iptables knows, nft has no name for those that the kernel never gives. */
const hasName = (type: string): boolean => symbols.addressType.some(([name]) => name === type.toLowerCase());

function spellAddressTypes({ source, destination, limit }: Of<'addrtype'>): Asked | Unwritten {
  const known = [source, destination].every((types) => types?.value.every(hasName) ?? true);
  if (!known) return noForm;
  const by = limit === undefined ? '' : limit === 'in' ? ' . iif' : ' . oif';
  const among = (end: string, types: typeof source) =>
    option(types, (negated, names) => [
      `fib ${end}${by} type ${not(negated)}${oneOf(names.map((name) => name.toLowerCase()))}`,
    ]);
  return asked(...among('saddr', source), ...among('daddr', destination));
}

function spellMark(field: string, { value, mask, negated }: Of<'mark' | 'connmark'>): Asked {
  if ((value & ~mask) >>> 0 !== 0 && field === 'meta mark') return negated ? always : never;
  const isWhole = mask >>> 0 === 0xffffffff;
  return asked(
    isWhole
      ? `${field} ${not(negated)}${hex(value)}`
      : `${field} & ${hex(mask)} ${negated ? '!=' : '=='} ${hex(value)}`,
  );
}

/** xt_statistic compares 31 bits of chance, and counts from 0 as numgen does. */
function spellStatistic(match: Of<'statistic'>): Asked {
  const { negated } = match;
  if (match.mode === 'nth')
    return asked(`numgen inc mod ${match.every} ${negated ? '!=' : '=='} ${match.packet}`);
  const { threshold } = match;
  if (threshold <= 0) return negated ? always : never;
  if (threshold >= statisticScale) return negated ? never : always;
  return asked(`meta random & ${statisticScale - 1} ${negated ? '>=' : '<'} ${threshold}`);
}
