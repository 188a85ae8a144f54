import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Matched } from '../engine/branch.ts';
import type {
  ConnectionError,
  ConnectionOutcome,
  ConnectionStep,
  ConnectionVerdict,
  Failure,
  StepName,
} from '../engine/connect.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { Packet } from '../engine/packet.ts';
import { keyOfReason } from '../engine/reasons.ts';
import { padded } from '../text/columns.ts';
import { groupedBy } from '../text/lists.ts';
import { assumptionLines } from './assumptions.ts';
import type { NamedConnection } from './connection-json.ts';
import type { PlaceTexts } from './place-texts.ts';
import { sayReason } from './reasons.ts';
import { saySilentSteps } from './silent.ts';
import { explain } from './trace-sentence.ts';
import {
  metOf,
  outcomeTables,
  printHidden,
  printMatched,
  printPacket,
  printPossible,
  sayShare,
  traceTables,
} from './trace-text.ts';
import type { TraceView } from './view.ts';
import type { Language } from './words/language.ts';
import type { FailedAs, ToldVerdict, TraceWords } from './words/trace.ts';

/** Of what has no connections, a question is answered. `at`: the packet at which it fails. */
export function toldAs(verdict: ConnectionVerdict, protocol: number, at: StepName | null): ToldVerdict {
  if (verdict === 'hangs' && (at === 'FIN' || at === 'FIN back')) return 'never-closed';
  return verdict === 'established' && protocol !== 6 ? 'answered' : verdict;
}

/** What becomes of connections, for people: the verdict on top, then each packet. */
export function printConnectionText(
  results: readonly NamedConnection[],
  rules: PlaceTexts,
  view: TraceView = {},
): string {
  const { language = 'en' } = view;
  return [
    ...results.map((result) => printConnection(result, rules, view)),
    ...(rules.isCompiled ? [traceTables[language].compiledLines] : []),
    ...assumptionLines(
      results.flatMap(({ trace }) => trace.assumed),
      language,
    ),
    '',
  ].join('\n');
}

/** A line for each connection: all that can become of it. */
export function sayConnections(results: readonly NamedConnection[], language: Language = 'en'): string {
  const w = traceTables[language];
  const lines = results.map(({ id, trace: { outcomes, packet } }) => {
    const ways = outcomes.slice(0, mostOutcomes).map((outcome) => {
      const silent = saySilentSteps(outcome.steps, language).map((sentence) => sentence.replace(/\.$/, ''));
      const says = `${sayShare(outcome)} ${withServer([outcome], packet, w)}`;
      return silent.length === 0 ? says : `${says} (${silent.join('; ')})`;
    });
    const more = outcomes.length - ways.length;
    return `${id}: ${[...ways, ...(more > 0 ? [w.more(more)] : [])].join('; ')}`;
  });
  return lines.join('\n');
}

/** The verdicts on top; below, each way packet by packet, with the rules that its packets meet. */
function printConnection({ id, trace }: NamedConnection, rules: PlaceTexts, view: TraceView): string {
  const { language = 'en' } = view;
  const told = { rules, language, view, w: traceTables[language] };
  const sorted = [...trace.outcomes].sort((left, right) => right.probability - left.probability);
  const shown = sorted.slice(0, mostOutcomes);
  const rest = sorted.length - shown.length;
  const groups = alike(shown, view.deciding !== true);
  const silentIn = ({ steps }: ConnectionOutcome) => saySilentSteps(steps, language);
  const common = shown[0]
    ? silentIn(shown[0]).filter((one) => shown.every((way) => silentIn(way).includes(one)))
    : [];
  return [
    id,
    ...headsOf(shown, trace.packet, told).flatMap((group) => [
      ...printHead(group, trace.packet, told),
      ...silentIn(group[0]).flatMap((sentence) =>
        common.includes(sentence) ? [] : [`          ${sentence}`],
      ),
    ]),
    ...(rest > 0 ? [`  ${told.w.more(rest)}`] : []),
    '',
    ...common.flatMap((sentence) => [`  ${sentence}`, '']),
    ...groups.flatMap((group) => printWay(group, groups.length > 1, trace.packet, told)),
  ].join('\n');
}

const mostOutcomes = 20;

interface Told {
  readonly rules: PlaceTexts;
  readonly language: Language;
  readonly view: TraceView;
  readonly w: TraceWords;
}

type Alike = readonly [ConnectionOutcome, ...ConnectionOutcome[]];

/** Outcomes of one share of which nothing but the endpoint has to be told. */
function headsOf(outcomes: readonly ConnectionOutcome[], packet: Packet, told: Told): readonly Alike[] {
  const groups = groupedBy(outcomes, (outcome) => {
    const { dnat, src, verdict, at, reached, errors, steps } = outcome;
    const isPlain =
      dnat !== null && reached !== null && at === null && errors.every((one) => one.at === null);
    const silent = saySilentSteps(steps, told.language);
    return JSON.stringify(
      isPlain
        ? [sayShare(outcome), verdict, src, silent]
        : [printHead([outcome], packet, told), outcomes.indexOf(outcome)],
    );
  });
  return [...groups.values()];
}

function printHead(group: Alike, packet: Packet, told: Told): string[] {
  const { w, language } = told;
  const [outcome] = group;
  const { verdict, at, steps } = outcome;
  const share = sayShare(outcome).padStart(6);
  return [
    `  ${group.length === 1 ? share : w.each(share)}  ${withServer(group, packet, w)}`,
    ...(at
      ? [`          ${w.failure(at.step, fate(verdict, at, steps.at(-1)?.outcome), nameFailure(at, told))}`]
      : []),
    ...(verdict === 'unknown' ? printPossible(steps.at(-1)?.outcome, language) : []),
    ...printLost(outcome, told),
  ];
}

/** Errors that surely do not arrive, those for one reason together. */
function printLost({ errors }: ConnectionOutcome, told: Told): string[] {
  const lost = errors.filter(
    (error): error is Lost => error.at !== null && error.outcome.verdict !== 'unknown',
  );
  const groups = groupedBy(
    lost,
    ({ error, at }) => `${error} ${fate('no-answer', at)}: ${nameFailure(at, told)}`,
  );
  return [...groups.values()].map(([first, ...others]) => {
    const { error, at } = first;
    const about = [first, ...others].map((one) => one.about);
    return `          ${told.w.lostError(error, about, fate('no-answer', at), nameFailure(at, told))}`;
  });
}

type Lost = ConnectionError & { readonly at: Failure };

/** Servers that are named. */
const mostServers = 4;

function withServer(group: Alike, { protocol }: Packet, w: TraceWords): string {
  const [{ verdict, at, reached, src }] = group;
  const said = w.verdicts[toldAs(verdict, protocol, at?.step ?? null)];
  if (reached === null) return said;
  const servers = group.flatMap(({ dnat, reached: end }) => dnat ?? (end === null ? [] : formatEnd(end)));
  const rest = servers.length - mostServers;
  return w.server(said, w.oneOf(servers.slice(0, mostServers), Math.max(rest, 0)), src);
}

function formatEnd({ address, port }: NonNullable<ConnectionOutcome['reached']>): string {
  return port === null ? formatAddress(address) : formatEndpoint(address, port);
}

/**
 * Outcomes that differ in nothing but the endpoint are told once: by the first of them. `whole`: those of which packets leave by
 * other interfaces are told, too, though the same becomes of them.
 */
function alike(outcomes: readonly ConnectionOutcome[], whole: boolean): readonly Alike[] {
  const groups = groupedBy(outcomes, ({ verdict, at, dnat, src, steps }) => {
    const place = at?.rule?.place;
    return JSON.stringify([
      verdict,
      at?.step,
      place && [place.table, place.chain, place.number],
      at?.policy,
      at?.reason && keyOfReason(at.reason),
      dnat === null,
      src,
      saySilentSteps(steps),
      whole || verdict !== 'established' ? steps.map((step) => step.outcome?.interface) : [],
    ]);
  });
  return [...groups.values()];
}

function printWay([first, ...others]: Alike, titled: boolean, packet: Packet, told: Told): string[] {
  const { rules, language, w } = told;
  const [opening] = first.steps;
  const title = w.likewise(titleOf(first, packet, w), others.length);
  const stays = opening?.outcome?.sticks;
  return [
    ...(titled ? [title] : []),
    ...printSteps(first, told),
    ...(opening?.outcome?.verdict === 'accept' ? explain(opening.outcome, packet, rules, language) : []),
    ...(stays ? [`  ${w.stays(stays.until, stays.list)}`] : []),
    ...printRules(first.steps, told),
    ...(titled ? [''] : []),
  ];
}

function titleOf(
  { verdict, reached, dnat, at }: ConnectionOutcome,
  { protocol }: Packet,
  w: TraceWords,
): string {
  const server = reached && (dnat ?? formatEnd(reached));
  return at === null
    ? w.titleWith(w.titles[toldAs(verdict, protocol, null)], server)
    : w.failsAt(at.step, verdict, server);
}

/** The rules that packets meet: those of the same rules together. */
function printRules(steps: readonly ConnectionStep[], { rules, view, w }: Told): string[] {
  const groups = new Map<string, { readonly names: StepName[]; readonly matched: readonly Matched[] }>();
  for (const { step, outcome } of steps) {
    if (!outcome) continue;
    const { matched } = outcome;
    const key = matched.map(({ hook, place }) => `${hook} ${place.table}/${place.chain}/${place.number}`);
    const known = groups.get(key.join(' '));
    if (known) known.names.push(step);
    else groups.set(key.join(' '), { names: [step], matched });
  }
  const ways = [...groups.values()].map(({ matched }) => matched);
  const hidden = printHidden(ways, rules, view).map((line) => ` ${line.trim()}`);
  return [...groups.values()].flatMap(({ names, matched }, index) => {
    const met = metOf(matched, rules, view);
    const isRest = names.length > 2 && names.length === steps.length - 1;
    const title = `  ${isRest ? w.others(met) : w.steps(names, met)}${index === 0 ? hidden.join('') : ''}`;
    const lines = met === 'rules' ? printMatched(matched, rules, view) : [];
    const [only = '', ...others] = lines;
    // What all packets but the first meet is mostly one rule.
    return index > 0 && others.length === 0 && only !== '' ? [`${title} ${only.trim()}`] : [title, ...lines];
  });
}

function fate(
  verdict: ConnectionOutcome['verdict'],
  { reason, policy, rule }: Failure,
  outcome: Outcome | null = null,
): FailedAs {
  if (outcome?.verdict === 'reject') return 'rejected';
  if (verdict === 'unknown') return 'unknown';
  return reason !== null && !policy && !rule ? 'not-arriving' : 'dropped';
}

function nameFailure({ rule, policy, reason }: Failure, { rules, language, w }: Told): string {
  if (policy) return w.policy(policy.table, policy.chain);
  if (rule) {
    const { table, chain, number } = rule.place;
    const text = rules.textOf(rule.place);
    const why = reason ? `; ${sayReason(reason, language)}` : '';
    return `${w.namedRule(number, table, rules.chain(table, chain), rules.where(rule.place))}: ${text}${why}`;
  }
  return reason ? sayReason(reason, language) : w.byKernel;
}

/** Packets that go like those before them in their direction are told in a word, and so are errors that all arrive. */
function printSteps({ steps, errors }: ConnectionOutcome, told: Told): string[] {
  const { alikeSteps, errorsArrive, stepNames } = told.w;
  const lines: string[] = [];
  let alike: string[] = [];
  const tell = () => {
    if (alike.length > 0) lines.push(`${lines.pop()}; ${alikeSteps(alike)}`);
    alike = [];
  };
  steps.forEach((step, index) => {
    const before = steps.slice(0, index).findLast((other) => isBack(other) === isBack(step));
    if (before && step.outcome?.verdict === 'accept' && wayOf(step) === wayOf(before))
      alike.push(stepNames[step.step]);
    else {
      tell();
      lines.push(printStep(step, told));
    }
  });
  tell();
  const arrive = errors.length > 0 && errors.every(({ at }) => at === null);
  return arrive
    ? [...lines.slice(0, -1), `${lines.at(-1)}; ${errorsArrive}`]
    : [...lines, ...printErrors(errors, told)];
}

function isBack({ step }: ConnectionStep): boolean {
  return ['SYN-ACK', 'data back', 'FIN back', 'answer'].includes(step);
}

function wayOf({ outcome, past }: ConnectionStep): string {
  if (!outcome) return `past ${past && keyOfReason(past)}`;
  const { verdict, dnat, src, interface: name, delivered } = outcome;
  return [verdict, dnat, src, name, delivered].join(' ');
}

function printErrors(errors: readonly ConnectionError[], { language, w }: Told): string[] {
  return errors.flatMap(({ error, about, packet, outcome, at }) =>
    at === null
      ? []
      : [
          `    ICMP      ${w.errorAbout(error, about)}: ${printPacket(packet)}: ${sayFate(outcome, language)}`,
        ],
  );
}

function printStep({ step, packet, outcome, past }: ConnectionStep, { language, w }: Told): string {
  const sent = `    ${padded(w.stepNames[step], 9)} ${printPacket(packet)}`;
  return `${sent}: ${outcome ? sayFate(outcome, language) : w.notThrough(past ? sayReason(past, language) : '')}`;
}

function sayFate(outcome: Outcome, language: Language): string {
  const w = outcomeTables[language];
  const { verdict, dnat, src, delivered, interface: name, reason, rejectWith } = outcome;
  if (verdict === 'drop') return w.dropped(reason && w.reason(reason));
  if (verdict === 'reject') return w.rejected(rejectWith);
  if (verdict === 'unknown') return w.unknown(reason && w.reason(reason));
  return w.step(delivered === 'local' ? w.toNode : w.byLink(name), dnat, src);
}
