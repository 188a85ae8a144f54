import type { Match, MatchKind, OtherMatch, SetMatch } from '../../iptables/rule/match.ts';
import { notShown } from '../../iptables/rule/target.ts';

/**
 * What somebody later may see of a match's having been asked, of every kind. `own`: a count that is its rule's alone;
 * `shared`: one that others ask by its name; `list`: of `recent`; `label`: one of the connection; `elements`: counters of a
 * set's elements; `mark`: the packet gets another.
 */
export type Asking = 'own' | 'shared' | 'list' | 'label' | 'elements' | 'mark';

type Askings = {
  readonly [K in MatchKind]: (match: Extract<Match, { kind: K }>) => Asking | null;
};

const nothing = () => null;

const askings: Askings = {
  source: nothing,
  destination: nothing,
  'in-interface': nothing,
  'out-interface': nothing,
  fragment: nothing,
  protocol: nothing,
  comment: nothing,
  tcp: nothing,
  udp: nothing,
  sctp: nothing,
  dccp: nothing,
  icmp: nothing,
  icmp6: nothing,
  multiport: nothing,
  mark: nothing,
  connmark: nothing,
  conntrack: nothing,
  state: nothing,
  addrtype: nothing,
  iprange: nothing,
  physdev: nothing,
  mac: nothing,
  owner: nothing,
  rpfilter: nothing,
  tcpmss: nothing,
  length: nothing,
  pkttype: nothing,
  socket: ({ restoreMark }) => (restoreMark ? 'mark' : null),
  set: (match) => (!match.held && updatesCounters(match) ? 'elements' : null),
  recent: ({ action, reap }) => (action !== 'rcheck' || reap ? 'list' : null),
  statistic: (match) => (match.mode === 'nth' && match.every > 1 ? 'own' : null),
  other: askingOfOther,
};

function askingOfOther({ name, words, obscured }: OtherMatch): Asking | null {
  // What a listing leaves out of a rule is an address or an interface, or a text of which nothing is known.
  if (name === notShown) return words.includes('--text') ? 'own' : null;
  if (obscured && askings[name as MatchKind] === nothing) return null;
  if (name === 'hashlimit' || (name === 'nfacct' && !countsOnly(words))) return 'shared';
  if (name === 'connlabel' && words.includes('--set')) return 'label';
  // A program that is pinned has maps, it may be.
  if (name === 'bpf' && words.includes('--object-pinned')) return 'own';
  return stateless.has(name) ? null : 'own';
}

/** Objects of kube-proxy have no quota. Of one that has, the match waits until it is spent (xt_nfacct.c). */
function countsOnly(words: readonly string[]): boolean {
  return words.some((word) => proxyCounters.has(word));
}

const proxyCounters: ReadonlySet<string> = new Set([
  'ct_state_invalid_dropped_pkts',
  'localhost_nps_accepted_pkts',
  'iptables_localhost_nps_accepted_pkts',
]);

export function askingOf(match: Match): Asking | null {
  return (askings[match.kind] as (match: Match) => Asking | null)(match);
}

/** Elements that are found are counted, whether or not the match holds in the end (ip_set_match_extensions). */
export function updatesCounters({ further }: SetMatch): boolean {
  return further[further.indexOf('--update-counters') - 1] !== '!';
}

/** Whether a set's counters decide. */
export function asksCounters({ further }: SetMatch): boolean {
  return further.some((word) => /^--(?:packets|bytes)-/.test(word));
}

/** Whether a match has a state that is its rule's alone: two rules with it are two states. What is not known may have. */
export function hasOwnState(match: Match): match is OtherMatch | CountingMatch {
  return askingOf(match) === 'own';
}

/** Counts in turn: no chance, though each packet that comes by itself has one. */
export type CountingMatch = Extract<Match, { kind: 'statistic'; mode: 'nth' }>;

/** Extensions whose answer is told by the packet, its connection or the moment, and not by what the rule saw before. */
const stateless: ReadonlySet<string> = new Set([
  'ah',
  'bpf',
  'cgroup',
  'cluster',
  'connbytes',
  'connlabel',
  'cpu',
  'devgroup',
  'dscp',
  'dst',
  'ecn',
  'esp',
  'eui64',
  'frag',
  'hbh',
  'helper',
  'hl',
  'ipcomp',
  'ipv6header',
  'ipvs',
  'mh',
  'nfacct',
  'osf',
  'policy',
  'realm',
  'rt',
  'srh',
  'string',
  'time',
  'tos',
  'ttl',
  'u32',
]);
