import type { Matched } from '../engine/branch.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { Parting } from '../logs/compare.ts';
import type { FollowedEntry } from '../logs/entry.ts';
import type { Followed, FollowedWay } from '../logs/follow.ts';
import type { LoggedPacket, PassedOver, Sight } from '../logs/model.ts';
import type { Taken } from '../logs/suppositions.ts';
import { assumptionLines } from './assumptions.ts';
import type { LogAnswer } from './log-json.ts';
import type { RuleTexts } from './rule-texts.ts';
import { printOutcome, printPacket } from './trace-text.ts';

/** Where the packets and connections of a log are in the rules, for people. */
export function printLogText({ packets, entries, passed }: LogAnswer, rules: RuleTexts): string {
  const over = [...passed].map(([why, lines]) => `${countLines(lines)} ${passedWords[why]}`);
  return [
    ...packets.flatMap((one) => [...printFollowed(one, rules), '']),
    ...entries.flatMap((one) => [...printEntry(one, rules), '']),
    ...(over.length > 0 ? [`Passed over: ${over.join('; ')}.`] : []),
    ...assumptionLines(packets.flatMap((one) => one.assumed)),
    '',
  ].join('\n');
}

function countLines(lines: readonly number[]): string {
  return lines.length === 1 ? `line ${lines[0]}` : `${lines.length} lines (from ${lines[0]} on)`;
}

const passedWords: Readonly<Record<PassedOver, string>> = {
  'no-packet': 'without a packet that can be followed',
  left: 'of packets that have left the node (Out)',
  'other-family': 'of the other address family (--family)',
  names: 'with names in place of addresses (tcpdump -n)',
  'flags-unknown': 'of TCP without its flags (tcpdump without -q)',
  zone: 'of a zone of connection tracking, which is not followed',
  destroyed: 'of connections that are gone',
};

const takenWords: Readonly<Record<Taken, string>> = {
  first: 'the first of its flow',
  later: 'a later packet of a known flow',
  answer: 'an answer in a known flow',
  related: 'an error about a known flow (RELATED)',
  invalid: 'a packet that fits no flow (INVALID)',
};

function printFollowed(followed: Followed, rules: RuleTexts): string[] {
  const { logged, ways, parting, late } = followed;
  const [way] = ways as [FollowedWay];
  return [
    `${linesOf(logged)}: ${printPacket(way.packet)} (${sourceOf(logged.sights[0])})`,
    ...(parting ? printParting(parting, way, rules) : ways.flatMap((one) => printWay(one, ways, rules))),
    ...(late
      ? ['  The first line stands after nat: what the packet asked for when it came is not in the log.']
      : []),
  ];
}

function linesOf({ sights }: LoggedPacket): string {
  const [first, last] = [sights[0].line, (sights.at(-1) as Sight).line];
  return first === last ? `line ${first}` : `lines ${first}-${last}`;
}

function sourceOf({ writer, prefix }: Sight): string {
  if (writer !== 'log') return writer === 'trace' ? 'TRACE' : 'tcpdump';
  return prefix ? `LOG ${JSON.stringify(prefix)}` : 'LOG';
}

function printWay(way: FollowedWay, ways: readonly FollowedWay[], rules: RuleTexts): string[] {
  const { taken, outcome, sourceKnown, at, next } = way;
  const others = ways.filter((other) => other.taken[0] === taken[0]);
  const share = others.length > 1 && outcome ? ` (${outcome.weight} of them)` : '';
  const as = taken.map((one) => takenWords[one]).join(', or as ');
  return [
    `  as ${as}${share}: ${outcome ? fate(outcome, rules, sourceKnown) : unknownFate}`,
    ...(at ? [`    the last rule by the log: ${nameRule(at, rules)}`] : []),
    ...next.map((matched) => `    next: ${nameRule(matched, rules)}`),
  ];
}

const unknownFate =
  'how its flow is translated is not in the log (conntrack -L shows it), and its way depends on that';

function fate(outcome: Outcome, rules: RuleTexts, sourceKnown = true): string {
  if (!sourceKnown && outcome.verdict === 'accept') return printOutcome({ ...outcome, src: null });
  if (outcome.verdict !== 'drop' || outcome.reason !== null) return printOutcome(outcome);
  if (outcome.by === null) return 'dropped';
  const { table, chain, number } = outcome.by.place;
  return `dropped by rule ${number} of ${table} ${rules.chain(table, chain)}`;
}

function nameRule({ place }: Matched, rules: RuleTexts): string {
  const chain = rules.chain(place.table, place.chain);
  return `${place.table} ${chain} ${place.number} (line ${rules.line(place.rule)}): ${rules.text(place.rule)}`;
}

function printParting(parting: Parting, { at }: FollowedWay, rules: RuleTexts): string[] {
  const { sight } = parting;
  return [
    `  Log and rules part at line ${sight.line}: ${partingWords(parting, rules)}.`,
    ...(at ? [`    up to there, it is at ${nameRule(at, rules)}`] : []),
    ...(parting.kind === 'other' && parting.instead
      ? [`    by the rules, next is ${nameRule(parting.instead, rules)}`]
      : []),
  ];
}

function partingWords(parting: Parting, rules: RuleTexts): string {
  const { place, prefix } = parting.sight;
  const chain = place ? `${place.table} ${rules.chain(place.table, place.chain)}` : '';
  const rule =
    place?.number === null
      ? (place.text ?? `a rule${place.jump ? ` that jumps to ${place.jump}` : ''}`)
      : `rule ${place?.number}`;
  switch (parting.kind) {
    case 'missing':
      return parting.rules === null
        ? `the dump has no chain ${chain}`
        : `the packet matched ${rule} of ${chain}, which the dump has not (${parting.rules} rules)`;
    case 'length':
      return `${chain} had ${parting.logged} rules, and has ${parting.rules} in the dump`;
    case 'other':
      return `the packet matched ${rule} of ${chain}, and by the rules of the dump it does not`;
    case 'no-log':
      return `no rule on this packet's way logs with the prefix ${JSON.stringify(prefix)}`;
  }
}

function printEntry(
  { entry, request, to, as, today, agrees, next }: FollowedEntry,
  rules: RuleTexts,
): string[] {
  const { line, stateName, answered, left } = entry;
  const what = [
    ...(to === null ? [] : [`goes to ${to}`]),
    ...(as === null ? [] : [`as ${as}`]),
    ...(stateName === null ? [] : [stateName]),
    answered ? 'answered' : 'without an answer',
    ...(left === null ? [] : [`${left} s left`]),
  ];
  return [
    `line ${line}: ${printPacket(request)} (conntrack: ${what.join(', ')})`,
    ...printAgreement(agrees, to, today, rules),
    ...(next
      ? [
          ...printNext('the next request', next.request, rules),
          ...printNext('the next answer', next.answer, rules),
        ]
      : ['  it is at its end: no further data is expected']),
  ];
}

function printAgreement(
  agrees: boolean | null,
  to: string | null,
  today: readonly Outcome[],
  rules: RuleTexts,
): string[] {
  if (agrees) return ['  the rules would lead a new connection there, too'];
  if (agrees === null) return ['  whether the rules would lead a new connection there is not known'];
  const fates = today.map(
    (outcome) => `${outcome.weight === '1/1' ? '' : `${outcome.weight} `}${fate(outcome, rules)}`,
  );
  const shown = fates.length > 4 ? [...fates.slice(0, 4), `and ${fates.length - 4} more`] : fates;
  const there = to === null ? 'untranslated, as it goes' : `to ${to}`;
  return [
    `  Log and rules part: a new connection would not go ${there}, and this one does until its entry ends.`,
    `    a new one: ${shown.join('; ')}`,
  ];
}

function printNext(name: string, outcomes: readonly Outcome[], rules: RuleTexts): string[] {
  return outcomes.map(
    (outcome) =>
      `  ${name}${outcome.weight === '1/1' ? '' : ` (${outcome.weight})`}: ${fate(outcome, rules)}`,
  );
}
