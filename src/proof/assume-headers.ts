import type { Family } from '../address/address.ts';
import type { FieldName } from '../engine/fields.ts';
import { instructionsIn } from '../engine/instructions.ts';
import type { BaseChain, Condition, Instruction, IrChain, IrProgram, IrRule } from '../engine/ir.ts';
import { printCode } from '../engine/print.ts';
import type { Host } from '../host/model.ts';
import type { Match, MatchKind, OtherMatch } from '../iptables/rule/match.ts';
import type { Rule, TableName } from '../iptables/rule/ruleset.ts';
import type { Target } from '../iptables/rule/target.ts';
import type { ProgramsAlike } from './alike/programs.ts';
import { chainsIn } from './alike/programs.ts';
import { assumedOfTracking } from './assume-tracking.ts';
import type { ProofAssumption } from './assumption.ts';
import type { DifferingEntry } from './rules/differing.ts';

/**
 * Of a packet that ends before what a rule asks of it, xtables drops it there and then (`hotdrop`), and nf_tables ends the rule: neither
 * answer is that of a packet. So a proof is of whole ones, unless all that reads them is the same on both sides. The nat table never meets
 * another: without ports a packet has no connection (nf_conntrack_in, nf_nat_inet_fn).
 */
const whole: ProofAssumption = { code: 'headers-whole' };
const neverBroken: TableName = 'nat';

export function assumedOfHeaders(entries: readonly DifferingEntry[], family: Family): ProofAssumption[] {
  const starts = entries.flatMap(({ table, chains }) => (table === neverBroken ? [] : chains));
  return reachedFrom(starts).some(({ rules }) => rules.some((rule) => readsHeaders(rule, family)))
    ? [whole]
    : [];
}

/** The same of rules that were laid side by side, of which those that read the same are no matter. */
export function assumedOfHeadersIn(
  before: IrProgram,
  after: IrProgram,
  alike: ProgramsAlike,
  host: Host,
): readonly ProofAssumption[] {
  const matters = (isMet: (base: BaseChain) => boolean) => readsApart(before, alike, isMet);
  if (!matters(() => true)) return [];
  const isTracked = host.conntrack || before.usesConntrack || after.usesConntrack;
  const hasFragments = isTracked ? matters(meetsFragments) : true;
  return [
    whole,
    ...assumedOfTracking(before, after, host),
    ...(hasFragments ? [{ code: 'no-fragments', tracked: isTracked } as const] : []),
  ];
}

/** Connection tracking puts fragments together where packets come in, behind all that runs before (NF_IP_PRI_CONNTRACK_DEFRAG). */
const meetsFragments = ({ hook, priority }: BaseChain): boolean =>
  (hook === 'PREROUTING' || hook === 'OUTPUT') && priority <= -400;

/** Whether rules that read headers, below such base chains, do not read the same. */
function readsApart(
  { baseChains, family }: IrProgram,
  { chains }: ProgramsAlike,
  isMet: (base: BaseChain) => boolean,
): boolean {
  const starts = Object.values(baseChains).flatMap((bases: readonly BaseChain[]) =>
    bases.flatMap((base) => (base.type !== 'nat' && isMet(base) ? [base.chain] : [])),
  );
  const met = new Set(reachedFrom(starts));
  const textOf = (rules: readonly IrRule[]) => rules.map((rule) => textOfRule(rule, family)).join('\n');
  return chains.some(({ left, right, together }) => {
    const [own, others] = [left, right].map((chain) =>
      (together ? reachedFrom([chain]) : [chain]).flatMap(({ rules }) => rules),
    ) as [IrRule[], IrRule[]];
    return (
      met.has(left) &&
      [...own, ...others].some((rule) => readsHeaders(rule, family)) &&
      // What reads the same may be run by xtables and by nf_tables.
      (left.language !== right.language || textOf(own) !== textOf(others))
    );
  });
}

/** Who counts and logs reads nothing. */
const textOfRule = ({ code }: IrRule, family: Family) =>
  printCode(
    code.filter((instruction) => instruction.do !== 'note'),
    family,
  );

function reachedFrom(starts: readonly IrChain[]): readonly IrChain[] {
  const reached = new Set<IrChain>(starts);
  for (const chain of reached)
    for (const rule of chain.rules) for (const next of calledBy(rule)) reached.add(next);
  return [...reached];
}

const calledBy = (rule: IrRule): readonly IrChain[] =>
  rule.language === 'iptables' ? (rule.jump ? [rule.jump] : []) : chainsIn(rule.code);

/** Whether a rule asks for more than the network header of IPv4, or the one that begins a packet of IPv6. */
function readsHeaders({ language, rule, code }: IrRule, family: Family): boolean {
  if (language === 'iptables') return readsOfRule(rule, family);
  return [...instructionsIn(code)].some((instruction) => readsByField(instruction, family));
}

function readsOfRule({ matches, target }: Rule, family: Family): boolean {
  return matches.some((match) => readsOfMatch(match, family)) || (target !== null && targetReads(target));
}

const no = () => false;
const yes = () => true;

type Readers = {
  readonly [K in MatchKind]: (match: Extract<Match, { kind: K }>, family: Family) => boolean;
};

/** All matches, by what the kernel's module of that name looks for in a packet. */
const readers: Readers = {
  source: no,
  destination: no,
  'in-interface': no,
  'out-interface': no,
  fragment: no,
  // Of IPv6 the headers before it are gone through (ip6_packet_match).
  protocol: (_match, family) => family === 'ipv6',
  comment: no,
  tcp: yes,
  udp: yes,
  sctp: yes,
  dccp: yes,
  icmp: yes,
  icmp6: yes,
  multiport: yes,
  mark: no,
  connmark: no,
  conntrack: no,
  state: no,
  addrtype: no,
  iprange: no,
  physdev: no,
  mac: no,
  owner: no,
  rpfilter: no,
  tcpmss: yes,
  length: no,
  pkttype: no,
  socket: yes,
  // Of what type it is the rule does not tell.
  set: yes,
  recent: no,
  statistic: no,
  other: readsOther,
};

function readsOfMatch(match: Match, family: Family): boolean {
  return (readers[match.kind] as (match: Match, family: Family) => boolean)(match, family);
}

/** Extensions that are about something else. */
const besideHeaders: ReadonlySet<string> = new Set([
  'cgroup',
  'cluster',
  'connbytes',
  'connlabel',
  'cpu',
  'devgroup',
  'dscp',
  'helper',
  'hl',
  'ipvs',
  'limit',
  'nfacct',
  'policy',
  'quota',
  'rateest',
  'realm',
  'time',
  'tos',
  'ttl',
]);

function readsOther({ name, words }: OtherMatch): boolean {
  if (name === 'hashlimit') return words.some((word) => /(^|,)(src|dst)port(,|$)/.test(word));
  return !besideHeaders.has(name);
}

/** Targets that change or ask the transport header: of one that is cut off they drop the packet. */
const readingTargets: ReadonlySet<string> = new Set(['ECN', 'HMARK', 'SYNPROXY', 'TCPOPTSTRIP']);

function targetReads(target: Target): boolean {
  return (
    target.kind === 'tcpmss' ||
    target.kind === 'tproxy' ||
    (target.kind === 'other' && readingTargets.has(target.name))
  );
}

const transportFields: ReadonlySet<FieldName> = new Set<FieldName>([
  'sourcePort',
  'destinationPort',
  'tcpFlags',
  'tcpOption',
  'mss',
  'icmpType',
  'icmpCode',
  'transport',
  'extensionHeader',
]);

/** nf_tables leaves the protocol unset of a packet of IPv6 whose headers do not lead to one (nft_set_pktinfo_ipv6). */
const isRead = (field: FieldName, family: Family) =>
  transportFields.has(field) || (field === 'protocol' && family === 'ipv6');

function readsByField(instruction: Instruction, family: Family): boolean {
  switch (instruction.do) {
    case 'test':
      return conditionReads(instruction.condition, family);
    case 'lookup':
      return instruction.fields.some(({ field }) => isRead(field, family));
    case 'recall':
    case 'remember':
      return (
        instruction.state.kind === 'dynamic' &&
        instruction.state.fields.some(({ field }) => isRead(field, family))
      );
    case 'set':
      return isRead(instruction.field.field, family);
    default:
      return false;
  }
}

function conditionReads(condition: Condition, family: Family): boolean {
  switch (condition.kind) {
    case 'test':
      return isRead(condition.field, family);
    case 'open':
      return condition.until === 'packet';
    case 'not':
      return conditionReads(condition.of, family);
    default:
      return condition.of.some((one) => conditionReads(one, family));
  }
}
