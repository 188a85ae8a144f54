import type { Family } from '../../address/address.ts';
import { addrtype, iprange, mac, pkttype, set } from './extensions/addresses.ts';
import { recent, statistic } from './extensions/chance.ts';
import { conntrack, state } from './extensions/connection.ts';
import { ct, notrack } from './extensions/ct-targets.ts';
import { headerMatches } from './extensions/headers.ts';
import { icmp, icmp6 } from './extensions/icmp.ts';
import { connmark, mark } from './extensions/mark.ts';
import { connmarkTarget, markTarget } from './extensions/mark-targets.ts';
import { multiport } from './extensions/multiport.ts';
import { dnat, masquerade, netmap, redirect, snat } from './extensions/nat.ts';
import { otherMatches } from './extensions/other-matches.ts';
import { otherTargets } from './extensions/other-targets.ts';
import { comment, length, owner, physdev, rpfilter, socket, tcpmss } from './extensions/packet.ts';
import { rateMatches } from './extensions/rates.ts';
import { dccp, sctp } from './extensions/sctp.ts';
import { log, nflog, reject, tcpmssTarget, tproxy, trace } from './extensions/targets.ts';
import { tcp, udp } from './extensions/transport.ts';
import type { baseMatchKinds, Match, MatchKind } from './match.ts';
import type { Extension } from './syntax.ts';
import type { Target, TargetKind } from './target.ts';

export type BaseMatchKind = (typeof baseMatchKinds)[number];
export type ExtensionMatchKind = Exclude<MatchKind, BaseMatchKind | 'other'>;
export type ExtensionTargetKind = Exclude<TargetKind, 'verdict' | 'jump' | 'other'>;

/** The syntax of every match that is evaluated. */
const matchTable = {
  tcp,
  udp,
  sctp,
  dccp,
  icmp,
  icmp6,
  multiport,
  addrtype,
  comment,
  conntrack,
  state,
  mark,
  connmark,
  statistic,
  recent,
  iprange,
  set,
  physdev,
  mac,
  owner,
  socket,
  rpfilter,
  tcpmss,
  length,
  pkttype,
} satisfies Record<ExtensionMatchKind, unknown>;

/** Each extension takes the match of its own kind; whoever looks it up by that kind gives it that. */
export const matchExtensions = matchTable as unknown as Readonly<
  Record<ExtensionMatchKind, Extension<Match>>
>;

/** The syntax of every target that is carried out. */
const targetTable = {
  reject,
  dnat,
  snat,
  masquerade,
  redirect,
  netmap,
  mark: markTarget,
  connmark: connmarkTarget,
  ct,
  log,
  nflog,
  trace,
  tproxy,
  tcpmss: tcpmssTarget,
} satisfies Record<ExtensionTargetKind, unknown>;

export const targetExtensions = targetTable as unknown as Readonly<
  Record<ExtensionTargetKind, Extension<Target>>
>;

/** Extensions by the name that stands after `-m` and `-j`, in each family. */
const matchesByName = byName<Match>([
  ...Object.values(matchExtensions),
  ...headerMatches,
  ...rateMatches,
  ...otherMatches,
]);
const targetsByName = byName<Target>([...Object.values(targetExtensions), notrack, ...otherTargets]);

type Named<T> = Readonly<Record<Family, ReadonlyMap<string, Extension<T>>>>;

function byName<T>(extensions: readonly unknown[]): Named<T> {
  const named = (family: Family) =>
    new Map(
      (extensions as readonly Extension<T>[])
        .filter((one) => one.family === undefined || one.family === family)
        .map((one) => [one.name, one]),
    );
  return { ipv4: named('ipv4'), ipv6: named('ipv6') };
}

/** The syntax of a match or target of a rule; undefined where it has none: verdicts, jumps, what is foreign. */
export function extensionOf(one: Match, family: Family): Extension<Match> | undefined {
  return one.kind === 'other' ? findMatch(one.name, family) : matchExtensions[one.kind as ExtensionMatchKind];
}

export function targetExtensionOf(one: Target, family: Family): Extension<Target> | undefined {
  return one.kind === 'other'
    ? findTarget(one.name, family)
    : targetExtensions[one.kind as ExtensionTargetKind];
}

/** What can stand after `-m` and after `-j`. */
export function matchNames(): string[] {
  return namesOf(matchesByName);
}

export function targetNames(): string[] {
  return namesOf(targetsByName);
}

function namesOf<T>({ ipv4, ipv6 }: Named<T>): string[] {
  return [...new Set([...ipv4.keys(), ...ipv6.keys()])];
}

/** Names that no chain can have. */
const reservedNames: ReadonlySet<string> = new Set([...targetNames(), 'ACCEPT', 'DROP', 'RETURN']);

export function isTargetName(name: string): boolean {
  return reservedNames.has(name);
}

/** Whether iptables knows the name for the other family only. */
export function isOfOtherFamily(name: string, family: Family): boolean {
  const other = family === 'ipv4' ? 'ipv6' : 'ipv4';
  return [findMatch, findTarget].some(
    (find) => find(name, other) !== undefined && find(name, family) === undefined,
  );
}

export type KnownExtension = Extension<Match> | Extension<Target>;

/** What ip6tables takes for the names of matches, as protocols are called so. */
const otherNames: Readonly<Record<string, string>> = {
  icmpv6: 'icmp6',
  'ipv6-icmp': 'icmp6',
};

/** The extension of the name in the family. */
export function findMatch(name: string, family: Family): Extension<Match> | undefined {
  return matchesByName[family].get(family === 'ipv6' ? (otherNames[name] ?? name) : name);
}

export function findTarget(name: string, family: Family): Extension<Target> | undefined {
  return targetsByName[family].get(name);
}
