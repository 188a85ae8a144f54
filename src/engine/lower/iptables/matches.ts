import type { Family } from '../../../address/address.ts';
import { portProtocols, protocolNumbers } from '../../../address/protocols.ts';
import {
  type AddressType,
  addressTypes,
  type Match,
  type MatchKind,
  type Negatable,
  statisticScale,
  type TransportMatch,
} from '../../../iptables/rule/match.ts';
import type { Rule, TableName } from '../../../iptables/rule/ruleset.ts';
import { fraction, one } from '../../../sets/fraction.ts';
import { interval, single, union, unionOf } from '../../../sets/intervals.ts';
import { packetTypes } from '../../fields.ts';
import { always, type Condition, type Instruction, never } from '../../ir.ts';
import { counterKey } from '../../memory.ts';
import {
  all,
  any,
  ask,
  bits,
  given,
  hasEntry,
  hasFrame,
  inRange,
  inSubnet,
  isPresent,
  named,
  not,
  test,
  when,
} from '../conditions.ts';
import { lowerConntrack, lowerState } from './conntrack.ts';
import { lowerOtherMatch } from './other-matches.ts';
import { type GivenOption, optionsOf } from './words.ts';

/** Where a match stands: the meaning of some depends on it. */
export interface MatchPlace {
  readonly table: TableName;
  readonly chain: string;
  /** Of the rule in its chain, from 1. */
  readonly number: number;
  /** Of the match in its rule, from 0. */
  readonly part: number;
  readonly rule: Rule;
  readonly family: Family;
}

export type MatchOf<Kind extends MatchKind> = Extract<Match, { readonly kind: Kind }>;

/** What did not come by Ethernet has no such address, and `!` does not hold of it, either (mac_mt). */
const hasSourceMac = all([hasFrame, isPresent('ether saddr', { code: 'match-unevaluated', name: 'mac' })]);

const byPort = test('bridged', single(1), 'in');
const across = test('bridged', single(1), 'across');

type Lowerings = {
  readonly [Kind in MatchKind]: (match: MatchOf<Kind>, place: MatchPlace) => readonly Instruction[];
};

/** What each match asks, as the kernel's module of that name. Nothing else says what a match means. */
const lowerings: Lowerings = {
  source: ({ subnet, negated }) => ask(when(negated, inSubnet('source', subnet))),
  destination: ({ subnet, negated }) => ask(when(negated, inSubnet('destination', subnet))),
  'in-interface': ({ name, negated }) => ask(when(negated, named('in', name))),
  'out-interface': ({ name, negated }) => ask(when(negated, named('out', name))),
  protocol: ({ protocol, negated }) => ask(when(negated, test('protocol', single(protocol)))),
  fragment: ({ negated }) => ask(when(negated, test('fragment', single(1)))),
  tcp: lowerTransport,
  udp: lowerTransport,
  sctp: lowerTransport,
  dccp: lowerTransport,
  icmp: lowerIcmp,
  icmp6: lowerIcmp,
  multiport: lowerMultiport,
  addrtype: lowerAddressTypes,
  comment: () => [],
  conntrack: lowerConntrack,
  state: lowerState,
  mark: ({ value, mask, negated }) => ask(when(negated, bits('mark', value, mask))),
  connmark: ({ value, mask, negated }) => ask(all([hasEntry, when(negated, bits('ctMark', value, mask))])),
  statistic: lowerStatistic,
  recent: ({ kind, name, mask: _mask, ...match }) => [
    { do: 'recall', state: { kind, list: name, ...match }, negated: match.negated },
  ],
  iprange: ({ source, destination }) =>
    ask(
      all([
        ...given(source, (range) => inRange('source', range)),
        ...given(destination, (range) => inRange('destination', range)),
      ]),
    ),
  set: ({ name, directions, further, held, negated }) =>
    held
      ? ask(when(negated, any(held.map((tests) => all(tests.map(({ field, set }) => test(field, set)))))))
      : [
          {
            do: 'recall',
            state: { kind: 'element', set: name, action: 'test', directions, further },
            negated,
          },
        ],
  physdev: (match) =>
    ask(
      all([
        ...given(match.isBridged, () => across),
        ...given(match.isIn, () => byPort),
        ...given(match.isOut, () => across),
        ...given(match.in, (name) => all([byPort, named('bridgeIn', name)])),
        ...given(match.out, (name) => all([across, named('bridgeOut', name)])),
      ]),
    ),
  mac: ({ address, negated }) => {
    const isFrom = test('sourceMac', single(Number.parseInt(address.replaceAll(':', ''), 16)));
    return ask(all([when(negated, isFrom), hasSourceMac]));
  },
  owner: lowerOwner,
  socket: ({ transparent, nowildcard, restoreMark }) => [
    ...ask(test('socket', single(1), options({ transparent, nowildcard }))),
    ...(restoreMark ? [{ do: 'set', field: { field: 'mark' }, change: { kind: 'unknown' } } as const] : []),
  ],
  rpfilter: ({ loose, acceptLocal, invert, validMark }) =>
    ask(
      when(
        invert,
        test('reversePath', single(1), options({ loose, 'accept-local': acceptLocal, validmark: validMark })),
      ),
    ),
  tcpmss: ({ first, last, negated }) => ask(when(negated, inRange('mss', { first, last }))),
  length: ({ first, last, negated }) => ask(when(negated, inRange('length', { first, last }))),
  pkttype: ({ type, negated }) => ask(when(negated, test('packetType', single(packetTypes[type])))),
  other: lowerOtherMatch,
};

/** What a match asks. */
export function lowerMatch(match: Match, place: MatchPlace): readonly Instruction[] {
  const lower = lowerings[match.kind] as (match: Match, place: MatchPlace) => readonly Instruction[];
  return lower(match, place);
}

function options(given: Readonly<Record<string, boolean>>): string {
  return Object.keys(given)
    .filter((name) => given[name])
    .join(' ');
}

const withPorts = unionOf([...portProtocols].map(single));

/** A negated `-p` before a transport match lets other protocols through to it, and then only ports can be read. */
function protocolCheck(kind: keyof typeof protocolNumbers, { rule, part }: MatchPlace): readonly Condition[] {
  const known = rule.matches
    .slice(0, part)
    .some((match) => match.kind === 'protocol' && !match.negated && portProtocols.has(match.protocol));
  if (known) return [];
  const own = union(withPorts, single(protocolNumbers[kind]));
  const open: Condition = {
    kind: 'open',
    key: `-m ${kind} of another protocol`,
    until: 'never',
    reason: { code: 'other-protocol', extension: kind },
  };
  return [any([test('protocol', own), open])];
}

function lowerTransport(match: TransportMatch, place: MatchPlace): readonly Instruction[] {
  const conditions: Condition[] = [
    ...protocolCheck(match.kind, place),
    ...lowerPorts(match),
    ...given(match.flags, ({ mask, set }) => test('tcpFlags', single(set), undefined, mask)),
    ...given(match.option, (option) => test('tcpOption', single(1), String(option))),
    ...[...optionsOf(match.unevaluated ?? [])].map(([name, option]) => openOption(match.kind, name, option)),
  ];
  return conditions.length === 0 ? [] : ask(all(conditions));
}

/** Types and chunks of packets: `!` turns the answer round, and asks the same (SCCHECK, DCCHECK). */
function openOption(kind: string, name: string, { negated, values }: GivenOption): Condition {
  const option = [`--${name}`, ...values].join(' ');
  const reason = { code: 'option-unevaluated', option } as const;
  return when(negated, { kind: 'open', key: `${kind} ${option}`, until: 'never', reason });
}

/**
 * Two single ports that are both negated are one comparison to iptables-nft 1.8.9 (`cmp neq reg 1`), which holds where either of them is
 * another: which back end loaded a rule, its text does not tell.
 */
function lowerPorts({ kind, sourcePort, destinationPort }: TransportMatch): readonly Condition[] {
  const each = [
    ...given(sourcePort, (ports) => inRange('sourcePort', ports)),
    ...given(destinationPort, (ports) => inRange('destinationPort', ports)),
  ];
  const isSingle = (ports: typeof sourcePort) => ports?.negated && ports.value.first === ports.value.last;
  if (!(kind === 'tcp' || kind === 'udp') || !isSingle(sourcePort) || !isSingle(destinationPort)) return each;
  const option = `! --sport ${sourcePort?.value.first} ! --dport ${destinationPort?.value.first}`;
  const byEither: Condition = {
    kind: 'open',
    key: `${kind} ${option}`,
    until: 'never',
    reason: { code: 'option-unevaluated', option },
  };
  return [any([all(each), all([any(each), byEither])])];
}

/** Loaded only after a `-p` of its own, as is multiport. */
function lowerIcmp({ kind, type, code, negated }: MatchOf<'icmp' | 'icmp6'>): readonly Instruction[] {
  // Of ICMPv6 it is a type as any other (icmp6_match).
  if (type === 255 && kind === 'icmp') return ask(when(negated, always));
  return ask(when(negated, all([test('icmpType', single(type)), inRange('icmpCode', code)])));
}

function lowerMultiport({ side, ports, negated }: MatchOf<'multiport'>): readonly Instruction[] {
  const set = union(...ports.map(({ first, last }) => interval(first, last)));
  const sides = side === 'either' ? (['source', 'destination'] as const) : [side];
  return ask(when(negated, any(sides.map((end) => test(`${end}Port`, set)))));
}

function lowerAddressTypes(match: MatchOf<'addrtype'>, { family }: MatchPlace): readonly Instruction[] {
  const ipv6 = family === 'ipv6';
  return ask(
    all([
      ...given(match.source, (types) => ofType('source', types, match.limit, ipv6)),
      ...given(match.destination, (types) => ofType('destination', types, match.limit, ipv6)),
    ]),
  );
}

/** An address of IPv4 in one of IPv6 is nothing of what is asked here (__ipv6_addr_type). */
const mapped = interval(0xffff_0000_0000n, 0xffff_ffff_ffffn);

/** IPv4 asks whether the one type is among those named; IPv6 asks each of them, UNICAST of every address but a few. */
function ofType(
  end: 'source' | 'destination',
  wanted: readonly AddressType[],
  limit: 'in' | 'out' | undefined,
  ipv6: boolean,
): Condition {
  const oneOf = (types: readonly AddressType[], of: string | undefined = limit) =>
    test(`${end}Type`, unionOf(types.map((type) => single(addressTypes.indexOf(type)))), of);
  if (!ipv6) return oneOf(wanted);
  const conditions: Condition[] = [];
  if (wanted.includes('MULTICAST')) conditions.push(oneOf(['MULTICAST']));
  if (wanted.includes('UNICAST'))
    conditions.push(not(oneOf(['MULTICAST'])), not(test(end, union(single(0n), mapped))));
  if (wanted.includes('UNSPEC')) conditions.push(test(end, single(0n)));
  const routed = wanted.filter((name) => name === 'LOCAL' || name === 'ANYCAST' || name === 'UNREACHABLE');
  if (routed.length > 0) {
    const isUnreachable = test(`${end}Unreachable`, single(1), limit);
    const of = limit && (`${limit} alone` as const);
    // The routes are asked for it, also of what is UNICAST or of nobody; with an interface, those of it alone.
    const unreachable = all([oneOf(['UNICAST', 'UNSPEC'], of), isUnreachable]);
    conditions.push(
      any([
        oneOf(routed, routed.includes('ANYCAST') ? of : limit),
        ...(routed.includes('UNREACHABLE') ? [unreachable] : []),
      ]),
    );
  }
  return all(conditions);
}

function lowerStatistic(match: MatchOf<'statistic'>, place: MatchPlace): readonly Instruction[] {
  const holds = { code: [] };
  const fails = { code: [{ do: 'fail' }] } as const;
  const [hit, miss] = match.negated ? [fails, holds] : [holds, fails];
  if (match.mode === 'random') {
    const { threshold } = match;
    if (threshold <= 0) return ask(match.negated ? always : never);
    if (threshold >= statisticScale) return ask(match.negated ? never : always);
    const ways = [
      { ...hit, share: fraction(threshold, statisticScale) },
      { ...miss, share: fraction(statisticScale - threshold, statisticScale) },
    ];
    return [{ do: 'choose', by: { kind: 'chance' }, ways }];
  }
  const { every, packet } = match;
  const ways = [
    { ...hit, share: fraction(1, every), at: [packet] },
    { ...miss, share: every === 1 ? one : fraction(every - 1, every) },
  ];
  return [{ do: 'choose', by: { kind: 'counter', key: counterKey(place, place.part), every }, ways }];
}

/** Packets that the node forwards have no owner; of its own, the owner is not known. */
function lowerOwner(match: MatchOf<'owner'>): readonly Instruction[] {
  const { user, group, socketExists, supplementaryGroups } = match;
  const options: readonly (Negatable<unknown> | undefined)[] = [user, group, socketExists];
  const allNegated = options.every((option) => !option || option.negated);
  const without = all([test('owned', single(0)), ...(allNegated ? [] : [never])]);
  const within = all([
    test('owned', single(1)),
    ...(socketExists?.negated ? [never] : []),
    ...given(user, (range) => inRange('user', range)),
    ...given(group, ({ first, last }) =>
      test('group', interval(first, last), supplementaryGroups ? 'supplementary' : undefined),
    ),
  ]);
  return ask(any([without, within]));
}
