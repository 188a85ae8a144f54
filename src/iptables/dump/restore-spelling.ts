import { formatSubnet } from '../../address/subnet.ts';
import { formatShort } from '../rule/base.ts';
import { defaultRejection } from '../rule/extensions/targets.ts';
import { baseMatchKinds, type Match, type MatchKind, statisticScale } from '../rule/match.ts';
import { printMatch, printTarget } from '../rule/print.ts';
import { protocolName } from '../rule/protocols.ts';
import { inQuotes } from '../rule/quote.ts';
import type { Target, TargetKind } from '../rule/target.ts';

/** kube-proxy writes these before the base options, and all other extensions after them. */
const leading: ReadonlySet<MatchKind> = new Set(['comment', 'addrtype', 'recent']);
const base: ReadonlySet<MatchKind> = new Set(baseMatchKinds);

/** A rule as kube-proxy sends it to iptables-restore. It loads as the same rule that `printMatch` and the like print. */
export function printForRestore(start: string, matches: readonly Match[], target: Target | null): string {
  const bases = matches.filter((match) => base.has(match.kind));
  const extensions = matches.filter((match) => !base.has(match.kind));
  const first = extensions.findIndex((match) => !leading.has(match.kind));
  const before = first === -1 ? extensions : extensions.slice(0, first);
  const after = first === -1 ? [] : extensions.slice(first);
  let text = start;
  for (const match of before) text += print(match);
  text += printBases(bases, after);
  for (const match of after) text += print(match);
  return target === null ? text : text + printTargetForRestore(target);
}

/** `-m tcp -p tcp -d X --dport N ! -s Y -i Z`; takes the match of the protocol from the front of `after`. */
function printBases(bases: readonly Match[], after: Match[]): string {
  const find = <K extends MatchKind>(kind: K) =>
    bases.find((match): match is Extract<Match, { kind: K }> => match.kind === kind);
  const protocol = find('protocol');
  const transport =
    protocol && after[0]?.kind === protocolName(protocol.protocol) ? after.shift() : undefined;
  const [module, options] = transport ? splitTransport(printMatch(transport)) : ['', ''];
  const text =
    module +
    (protocol ? printMatch(protocol) : '') +
    print(find('destination')) +
    options +
    print(find('source'));
  return (
    text + (['in-interface', 'out-interface', 'fragment'] as const).map((kind) => print(find(kind))).join('')
  );
}

/** ` -m tcp` and ` --dport 80`. */
function splitTransport(text: string): [string, string] {
  const end = / (?:! )?--/.exec(text)?.index ?? text.length;
  return [text.slice(0, end), text.slice(end)];
}

function print(match: Match | undefined): string {
  if (match === undefined) return '';
  const printer = matchSpellings[match.kind] as ((match: Match) => string) | undefined;
  return printer ? printer(match) : printMatch(match);
}

const not = (negated: boolean) => (negated ? ' !' : '');

/** Where kube-proxy spells otherwise than iptables-save. */
const matchSpellings: { readonly [K in MatchKind]?: (match: Extract<Match, { kind: K }>) => string } = {
  source: ({ negated, subnet, asPrefix }) =>
    `${not(negated)} -s ${(asPrefix ? formatSubnet : formatShort)(subnet)}`,
  destination: ({ negated, subnet, asPrefix }) =>
    `${not(negated)} -d ${(asPrefix ? formatSubnet : formatShort)(subnet)}`,
  // iptables-save prints two blanks before the name, kube-proxy one.
  other: (match) => printMatch(match).replace(/^( -m nfacct --nfacct-name) +/, '$1 '),
  comment: ({ text }) => ` -m comment --comment ${/^[^\s"'\\]+$/.test(text) ? text : inQuotes(text)}`,
  mark: ({ negated, value, mask }) => ` -m mark${not(negated)} --mark ${hex8(value)}/${hex8(mask)}`,
  statistic: (match) =>
    match.mode === 'nth'
      ? printMatch(match)
      : ` -m statistic --mode random${not(match.negated)} --probability ${shortFraction(match.threshold)}`,
  recent(match) {
    const text = printMatch(match);
    const usual = / --name (\S+) --mask (?:255\.255\.255\.255|ffff(?::ffff){7}) --rsource/.exec(text);
    if (!usual) return text;
    return ` -m recent --name ${match.name}${text.slice(' -m recent'.length, usual.index)}`;
  },
};

function hex8(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

/** 1/n with ten decimals, as kube-proxy has it, where that gives the threshold; else as many as do. */
function shortFraction(threshold: number): string {
  const short = (1 / Math.round(statisticScale / threshold)).toFixed(10);
  if (Math.round(Number(short) * statisticScale) === threshold) return short;
  return (threshold / statisticScale).toFixed(11);
}

function printTargetForRestore(target: Target): string {
  const printer = targetSpellings[target.kind] as ((target: Target) => string) | undefined;
  return printer ? printer(target) : printTarget(target);
}

const targetSpellings: { readonly [K in TargetKind]?: (target: Extract<Target, { kind: K }>) => string } = {
  reject: (target) =>
    target.with === defaultRejection('ipv4') || target.with === defaultRejection('ipv6')
      ? ' -j REJECT'
      : printTarget(target),
  mark(target) {
    if (target.value === target.mask) return ` -j MARK --or-mark ${hex8(target.value)}`;
    return target.mask === 0 ? ` -j MARK --xor-mark ${hex8(target.value)}` : printTarget(target);
  },
};
