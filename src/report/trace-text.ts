import { familyOf, formatAddress, formatEndpoint } from '../address/address.ts';
import type { Matched } from '../engine/branch.ts';
import type { Outcome, PossibleOutcome } from '../engine/outcome.ts';
import { echoRequest, isIcmp, isOpening, type Packet, tcpFlags } from '../engine/packet.ts';
import { keyOfReason } from '../engine/reasons.ts';
import type { Reply } from '../engine/reply.ts';
import type { NamedTrace } from '../session/traces.ts';
import { groupedBy } from '../text/lists.ts';
import { sayAnswerAssumptions, assumptionTitles as titles } from './answer-assumptions.ts';
import type { PlaceTexts } from './place-texts.ts';
import { sayReason } from './reasons.ts';
import { saySilent } from './silent.ts';
import { explain } from './trace-sentence.ts';
import type { TraceView } from './view.ts';
import { outcomeWords as en } from './words/en/outcome.ts';
import { traceWords as enTrace } from './words/en/trace.ts';
import { outcomeWords as ko } from './words/ko/outcome.ts';
import { traceWords as koTrace } from './words/ko/trace.ts';
import type { Language } from './words/language.ts';
import type { OutcomeWords } from './words/outcome.ts';
import type { MetRules, TraceWords } from './words/trace.ts';

/** What happens to packets, for people. */
export function printTraceText(
  results: readonly NamedTrace[],
  rules: PlaceTexts,
  view: TraceView = {},
): string {
  const { language = 'en' } = view;
  const assumed = results.map(({ trace }) => new Set(sayAnswerAssumptions(trace.assumed, language)));
  const common = [...(assumed[0] ?? [])].filter((sentence) => assumed.every((own) => own.has(sentence)));
  const parts = results.map((result) => printResult(result, common, rules, view));
  const note = common.length === 0 ? '' : `${titles[language]}: ${common.join('; ')}.\n`;
  const lines = rules.isCompiled ? `${traceTables[language].compiledLines}\n` : '';
  return `${parts.join('\n')}\n${lines}${note}`;
}

/** A line for each packet: all that can happen to it. */
export function sayOutcomes(results: readonly NamedTrace[], language: Language = 'en'): string {
  const lines = results.map(({ id, trace: { outcomes } }) => {
    const ways = outcomes.map((outcome) => `${sayShare(outcome)} ${printOutcome(outcome, language)}`);
    return `${id}: ${ways.join('; ')}`;
  });
  return lines.join('\n');
}

function printResult(
  { id, trace, drawn }: NamedTrace,
  common: readonly string[],
  rules: PlaceTexts,
  view: TraceView,
): string {
  const { language = 'en' } = view;
  const { packet, outcomes, assumed } = trace;
  const own = sayAnswerAssumptions(assumed, language).filter((sentence) => !common.includes(sentence));
  const text = printPacket(packet);
  const ways = groupWays(outcomes).flatMap((group) => [
    ...printWay(group, outcomes.length, packet, rules, view),
    '',
  ]);
  return [
    id === text ? text : `${id}: ${text}`,
    ...printOutcomes(outcomes, drawn, language),
    '',
    ...ways,
    ...(own.length > 0 ? [outcomeTables[language].assumedHere(own.join('; ')), ''] : []),
  ].join('\n');
}

const protocolNames: Readonly<Record<number, string>> = {
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  132: 'sctp',
  136: 'udplite',
};

/** A packet as `parsePacket` reads it: `tcp 198.51.100.7:40000 -> 10.96.0.1:80 from external`. */
export function printPacket(packet: Packet): string {
  const end = (address: Packet['source'], port: number | null) =>
    port === null ? formatAddress(address) : formatEndpoint(address, port);
  const from =
    packet.from === null
      ? ''
      : ` from ${typeof packet.from === 'string' ? packet.from : packet.from.interface}`;
  const { source, sourcePort, destination, destinationPort } = packet;
  const icmp = isIcmp(packet.protocol);
  const isOfFamily = packet.protocol === (familyOf(source) === 'ipv4' ? 1 : 58);
  const protocol = isOfFamily ? 'icmp' : (protocolNames[packet.protocol] ?? String(packet.protocol));
  const options = [
    packet.protocol === 6 && packet.flags !== tcpFlags.SYN ? ` flags ${printFlags(packet.flags)}` : '',
    icmp ? printIcmp(packet) : '',
    packet.state === null ? '' : ` state ${packet.state.toLowerCase()}`,
  ];
  return `${protocol} ${end(source, icmp ? null : sourcePort)} -> ${end(destination, destinationPort)}${from}${options.join('')}`;
}

/** Nothing of what is meant where nobody names a type: an echo request. */
function printIcmp({ source, icmp: { type, code } }: Packet): string {
  const usual = echoRequest[familyOf(source)];
  if (type === usual.type && code === usual.code) return '';
  return ` type ${type}${code === 0 ? '' : `/${code}`}`;
}

function printFlags(flags: number): string {
  const names = Object.entries(tcpFlags).filter(([, bit]) => flags & bit);
  return names.map(([name]) => name).join(',') || 'NONE';
}

const mostLines = 20;

function printOutcomes(
  outcomes: readonly Outcome[],
  drawn: readonly number[] | undefined,
  language: Language,
): string[] {
  const w = outcomeTables[language];
  const sorted = outcomes
    .map((outcome, index) => ({ outcome, times: drawn?.[index] }))
    .sort((left, right) => right.outcome.probability - left.outcome.probability);
  const lines = sorted.slice(0, mostLines).flatMap(({ outcome, times }) => {
    const draws = times === undefined ? '' : `  ${w.drawn(times)}`;
    return [
      `  ${sayShare(outcome).padStart(7)}  ${printOutcome(outcome, language)}${draws}`,
      ...printPossible(outcome, language),
    ];
  });
  const rest = sorted.length - mostLines;
  return rest > 0 ? [...lines, `  ${w.more(rest)}`] : lines;
}

/** What an unknown outcome may be, where that is known. */
export function printPossible(
  outcome: Pick<Outcome, 'possible'> | null | undefined,
  language: Language = 'en',
): string[] {
  const w = outcomeTables[language];
  const { possible = [] } = outcome ?? {};
  const lines = possible
    .slice(0, mostLines)
    .map((one, index) => `           ${index === 0 ? w.either : w.or} ${printOutcome(one, language)}`);
  const rest = possible.length - lines.length;
  return rest > 0 ? [...lines, `           ${w.orOneOf(rest)}`] : lines;
}

/** `33.33 % (1/3)`; fractions that nobody would read are left out. */
export function sayShare({ probability, weight }: Pick<Outcome, 'probability' | 'weight'>): string {
  const percent = `${(probability * 100).toFixed(probability === 1 ? 0 : 2)} %`;
  return weight === '1/1' || weight.length > 12 ? percent : `${percent} (${weight})`;
}

export const outcomeTables: Readonly<Record<Language, OutcomeWords>> = { en, ko };

/** What is said of ways, beside their outcomes. */
export const traceTables: Readonly<Record<Language, TraceWords>> = { en: enTrace, ko: koTrace };

/** In half a sentence: `leaves by eth0, to the same destination, from 192.0.2.1`. */
export function printOutcome(
  outcome: Omit<PossibleOutcome, 'share'> & Pick<Outcome, 'copy'>,
  language: Language = 'en',
): string {
  const w = outcomeTables[language];
  const { copy } = outcome;
  return copy ? w.copy(printOwn(outcome, w), copy.verdict, copy.certain) : printOwn(outcome, w);
}

function printOwn(outcome: Omit<PossibleOutcome, 'share'>, w: OutcomeWords): string {
  const { verdict, dnat, src, delivered, reason, rejectWith, interface: link } = outcome;
  const because = reason && w.reason(reason);
  if (verdict === 'unknown') return w.unknown(because);
  if (verdict === 'drop') return w.dropped(because);
  if (verdict === 'reject') return w.rejected(rejectWith);
  const where = { pod: w.toPod(link), uplink: w.byLink(link), local: w.toNode, none: '' }[delivered];
  return w.arrives(where, dnat, src);
}

/** Outcomes that differ only in the endpoint are told once: by the first of them. */
function groupWays(outcomes: readonly Outcome[]): (readonly [Outcome, ...Outcome[]])[] {
  const groups = groupedBy(outcomes, ({ verdict, delivered, src, dnat, reason, silent }) =>
    [verdict, delivered, src, dnat === null, reason && keyOfReason(reason), silent?.address].join(' '),
  );
  return [...groups.values()];
}

function printWay(
  [first, ...others]: readonly [Outcome, ...Outcome[]],
  total: number,
  packet: Packet,
  rules: PlaceTexts,
  view: TraceView,
): string[] {
  const { language = 'en' } = view;
  const title = total === 1 ? [] : [traceTables[language].likewise(titleOf(first, language), others.length)];
  return [
    ...title,
    ...explain(first, packet, rules, language),
    ...printLater(first, packet, language),
    ...saySilent(first, language).map((sentence) => `  ${sentence}`),
    ...printMatched(first.matched, rules, view),
    ...printHidden([first.matched], rules, view),
  ];
}

/** What comes after the packet: the answer, and the client's next flows. */
function printLater({ reply, sticks }: Outcome, packet: Packet, language: Language): string[] {
  const w = traceTables[language];
  // Rules may still drop it, or what the client sends next.
  const asks = packet.protocol === 6 && isOpening(packet);
  const rest = asks ? [`  ${w.connectionNotAsked(printPacket(packet))}`] : [];
  return [
    ...(reply ? [`  ${sayBack(reply, language)}`, ...rest] : []),
    ...(sticks ? [`  ${w.stays(sticks.until, sticks.list)}`] : []),
  ];
}

function sayBack({ comesBack, reason }: Reply, language: Language): string {
  const w = traceTables[language];
  const why = sayReason(reason, language);
  return reason.code === 'asked-many' ? w.backOfMany(why) : w.back(comesBack, why);
}

function titleOf({ verdict, dnat, src }: Outcome, language: Language): string {
  const w = traceTables[language];
  return verdict === 'accept' ? w.to(dnat, src) : w.stopped[verdict];
}

/** Of a longer way, the begin and the end, in rules each. */
const mostMatched = 500;

/** Whether a rule decides what becomes of a packet, or chance by it; others only lead on from chain to chain. */
function decides({ place, perhaps }: Matched, { rulesIn }: PlaceTexts): boolean {
  const { target, matches } = place.rule;
  if (perhaps || matches.some(({ kind }) => kind === 'statistic' || kind === 'recent')) return true;
  // Of a map, what one of its elements does, unless all lead on.
  if (target === null)
    return place.rule.ways?.some(({ target: to }) => to !== null && to.kind !== 'jump') === true;
  // What comes after it in its chain is what it keeps the packet from.
  const skips = place.number < rulesIn(place.table, place.chain).length;
  if (target.kind === 'jump') return !target.returns && skips;
  return target.kind !== 'verdict' || target.verdict !== 'RETURN' || skips;
}

const shownOf = (matched: readonly Matched[], rules: PlaceTexts, { deciding = false }: TraceView) =>
  deciding ? matched.filter((one) => decides(one, rules)) : matched;

/** What of the rules that a packet matched is shown. */
export function metOf(matched: readonly Matched[], rules: PlaceTexts, view: TraceView): MetRules {
  if (matched.length === 0) return 'none';
  return shownOf(matched, rules, view).length === 0 ? 'leading' : 'rules';
}

/** How many rules of some ways are not shown. */
export function printHidden(
  ways: readonly (readonly Matched[])[],
  rules: PlaceTexts,
  view: TraceView,
): string[] {
  const hidden = ways.reduce(
    (sum, matched) => sum + matched.length - shownOf(matched, rules, view).length,
    0,
  );
  return hidden === 0 ? [] : [`  ${traceTables[view.language ?? 'en'].leadingRules(hidden)}`];
}

/** Rule after rule; the table, hook and chain are said where they change. */
export function printMatched(matched: readonly Matched[], rules: PlaceTexts, view: TraceView = {}): string[] {
  const w = traceTables[view.language ?? 'en'];
  if (matched.length === 0) return [`  ${w.noRule}`];
  const shown = shownOf(matched, rules, view);
  if (shown.length === 0) return [`  ${w.noneDecides}`];
  const hidden = shown.length - 2 * mostMatched;
  if (hidden <= 0) return printRules(shown, rules, w);
  return [
    ...printRules(shown.slice(0, mostMatched), rules, w),
    `    ${w.hiddenRules(hidden)}`,
    ...printRules(shown.slice(-mostMatched), rules, w),
  ];
}

function printRules(matched: readonly Matched[], rules: PlaceTexts, w: TraceWords): string[] {
  let where = '';
  return matched.map(({ place, hook, perhaps }) => {
    const here = `${place.table} ${place.language === 'iptables' ? hook : hook.toLowerCase()}`;
    const start = here === where ? '      ' : `    ${here}: `;
    where = here;
    const chain = rules.chain(place.table, place.chain);
    const named = w.rule(chain, place.number, rules.where(place), perhaps === true);
    return `${start}${named}: ${rules.textOf(place)}`;
  });
}
