import type { Subnet } from '../../address/subnet.ts';
import type { ConntrackMatch, Negatable } from '../../iptables/rule/match.ts';
import type { ConnectionState } from '../../sets/states.ts';
import { spellProtocol, spellSubnet } from './addresses.ts';
import {
  type Asked,
  asked,
  both,
  type Clauses,
  headerOf,
  never,
  noForm,
  not,
  oneOf,
  type SpellContext,
  spellRange,
  type Unwritten,
} from './spelled.ts';

const withoutEntry: readonly ConnectionState[] = ['INVALID', 'UNTRACKED'];
const withEntry: readonly ConnectionState[] = ['NEW', 'RELATED', 'ESTABLISHED'];
/** What xt_conntrack calls states is a bit of the entry's status. */
const translations = { SNAT: 'snat', DNAT: 'dnat' } as const;

/**
 * xt_conntrack asks of a packet without an entry for its state alone, and holds where that does; in nft whatever else is asked of
 * such a packet ends the rule. So where both can be, they are ways of their own.
 */
export function spellConntrack(match: ConntrackMatch, context: SpellContext): Asked | Unwritten {
  const ofEntry = entryWays(match, context);
  if ('gap' in ofEntry) return ofEntry;
  const { state } = match;
  if (!state) return ofEntry;
  const asksEntry = ofEntry.ways.length !== 1 || ofEntry.ways[0]?.length !== 0;
  const bits = state.value.flatMap((name) => (name in translations ? [translations[name as 'SNAT']] : []));
  const named = state.value.filter((name) => !(name in translations));
  if (!asksEntry && bits.length === 0) return inStates(named, state.negated);
  const accepted = (all: readonly ConnectionState[]) =>
    all.filter((one) => named.includes(one) !== state.negated);
  const [without, within] = [accepted(withoutEntry), accepted(withEntry)];
  return {
    ways: [
      ...(without.length > 0 ? inStates(without, false).ways : []),
      ...both(entryStates(within, bits, state.negated), ofEntry.ways),
    ],
  };
}

/** Of packets with an entry: they have one of the states, or one of the bits; negated, none of the bits. */
function entryStates(
  states: readonly ConnectionState[],
  bits: readonly string[],
  negated: boolean,
): readonly Clauses[] {
  const inAny = states.length > 0 ? inStates(states, false).ways : [];
  if (negated) return both(inAny, [bits.map((bit) => `ct status & ${bit} == 0`)]);
  const others = withEntry.filter((one) => !states.includes(one));
  if (others.length === 0) return inAny;
  return [
    ...inAny,
    ...bits.map((bit, at) => [
      ...(inStates(others, false).ways[0] as Clauses),
      ...bits.slice(0, at).map((other) => `ct status & ${other} == 0`),
      `ct status & ${bit} != 0`,
    ]),
  ];
}

/** `ct state new`, or of several. */
export function inStates(states: readonly ConnectionState[], negated: boolean): Asked {
  if (states.length === 0) return negated ? { ways: [[]] } : never;
  const names = states.map((state) => state.toLowerCase());
  return asked(negated ? `ct state != ${oneOf(names)}` : `ct state ${names.join(',')}`);
}

/** What is asked of the entry; a rule that asks any of it ends where there is none. */
function entryWays(match: ConntrackMatch, { family }: SpellContext): Asked | Unwritten {
  const { direction, status } = match;
  // The protocol, and what is left of a timeout, nft prints or counts otherwise.
  if (match.expire) return noForm;
  const address = (of: string, subnet: Negatable<Subnet> | undefined): readonly string[] =>
    subnet
      ? [spellSubnet(`ct ${of.replace(' ', ` ${headerOf[family]} `)}`, subnet.value, subnet.negated)]
      : [];
  const ports = (of: string, range: Negatable<{ first: number; last: number }> | undefined) =>
    range ? [`ct ${of} ${not(range.negated)}${spellRange(range.value.first, range.value.last)}`] : [];
  const asksPorts =
    match.originalSourcePort ||
    match.originalDestinationPort ||
    match.replySourcePort ||
    match.replyDestinationPort;
  if (asksPorts && !match.protocol) return noForm;
  const clauses = [
    ...(match.protocol
      ? [`ct original protocol ${not(match.protocol.negated)}${spellProtocol(match.protocol.value)}`]
      : []),
    ...(direction ? [`ct direction ${direction.toLowerCase()}`] : []),
    ...address('original saddr', match.originalSource),
    ...address('original daddr', match.originalDestination),
    ...address('reply saddr', match.replySource),
    ...address('reply daddr', match.replyDestination),
    ...ports('original proto-src', match.originalSourcePort),
    ...ports('original proto-dst', match.originalDestinationPort),
    ...ports('reply proto-src', match.replySourcePort),
    ...ports('reply proto-dst', match.replyDestinationPort),
  ];
  return { ways: both([clauses], status ? statusWays(status) : [[]]) };
}

const statusNames: Readonly<Record<string, string>> = {
  EXPECTED: 'expected',
  SEEN_REPLY: 'seen-reply',
  ASSURED: 'assured',
  CONFIRMED: 'confirmed',
};

/** One of the bits at least; NONE has none, and is never had. */
function statusWays({ value, negated }: Negatable<readonly string[]>): readonly Clauses[] {
  const bits = value.flatMap((name) => statusNames[name] ?? []);
  const clear = (bit: string) => `ct status & ${bit} == 0`;
  if (negated) return [bits.map(clear)];
  return bits.map((bit, at) => [...bits.slice(0, at).map(clear), `ct status & ${bit} != 0`]);
}
