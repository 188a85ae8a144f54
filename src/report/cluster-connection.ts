import type { Matched } from '../engine/branch.ts';
import { printMatch, printTarget } from '../iptables/rule/print.ts';
import type { CarriedHop } from '../path/carry.ts';
import type { CarriedRejection, ClusterConnection, ClusterStep, StepFailure } from '../path/connect.ts';
import { padded } from '../text/columns.ts';
import { groupedBy } from '../text/lists.ts';
import { assumedJson, assumptionLines } from './assumptions.ts';
import { toldAs } from './connection-text.ts';
import { chainNameIn } from './path-names.ts';
import { reasonJson, sayReason } from './reasons.ts';
import { outcomeJson } from './trace-json.ts';
import { printOutcome, printPacket, sayShare, traceTables } from './trace-text.ts';
import type { View } from './view.ts';
import type { Assumption } from './words/assumptions.ts';
import type { Language } from './words/language.ts';
import type { TraceWords } from './words/trace.ts';

/** A connection through the cluster, as it was asked for. */
export interface ConnectionReport {
  readonly id: string;
  readonly connections: readonly ClusterConnection[];
  readonly assumed: readonly Assumption[];
}

/** `{"results": [{"id", "outcomes": [{"verdict", "at", "server", "seen", …, "steps": […]}], "assumed": […], "assumptions": […]}]}`. */
export function printClusterConnectionJson({ id, connections, assumed }: ConnectionReport): string {
  const outcomes = connections.map(({ at, steps, reached: _reached, ...rest }) => ({
    ...rest,
    at: at === null ? null : { step: at, ...failureJson(steps.at(-1) as ClusterStep) },
    steps: steps.map(stepJson),
  }));
  return `{"results": [\n${JSON.stringify({ id, outcomes, ...assumedJson(assumed) })}\n]}\n`;
}

function stepJson({ step, rejection, ...carried }: ClusterStep) {
  return { step, ...carriedJson(carried), ...(rejection && { rejection: carriedJson(rejection) }) };
}

function carriedJson({ packet, hops, failed }: CarriedRejection) {
  const nodes = hops.map(({ node, outcome }) => ({
    node,
    ...outcomeJson(outcome),
    weight: undefined,
    probability: undefined,
  }));
  return { packet: printPacket(packet), nodes, arrives: failed === null };
}

function failureJson({ rejection, ...carried }: ClusterStep) {
  return { ...stopJson(carried), ...(rejection?.failed && { rejection: stopJson(rejection) }) };
}

function stopJson({ hops, failed }: CarriedRejection) {
  const last = hops.at(-1);
  if (!failed) return {};
  if (failed.kind === 'lost' || failed.kind === 'untold')
    return { kind: failed.kind, ...reasonJson(failed.reason) };
  if (failed.kind !== 'stopped') return failed;
  const { reason, by } = last?.end ?? {};
  const policy = reason?.code === 'policy-drop' ? reason : null;
  const rule = by ? ruleJson(by) : {};
  const chain = policy ? { table: policy.table, chain: policy.chain, policy: 'DROP' } : {};
  return {
    node: last?.node,
    ...rule,
    ...chain,
    ...(last?.outcome.reason && reasonJson(last.outcome.reason)),
  };
}

function ruleJson({ place, hook }: Matched) {
  const { table, chain, number } = place;
  return { hook, table, chain, rule: number, text: ruleText(place) };
}

function ruleText({ rule, text }: Matched['place']): string {
  if (text !== undefined) return text;
  return `${rule.matches.map(printMatch).join('')}${rule.target ? printTarget(rule.target) : ''}`.trim();
}

/** What becomes of it, for people: all verdicts on top, then packet by packet one way of each verdict, or all that are asked for. */
export function printClusterConnectionText(
  { id, connections, assumed }: ConnectionReport,
  { language = 'en', verbose = false }: Pick<View, 'language' | 'verbose'> = {},
): string {
  const w = traceTables[language];
  const sorted = [...connections].sort((left, right) => right.probability - left.probability);
  const kinds = groupedBy(sorted, ({ verdict, at, steps }) => [verdict, at, steps.length].join(' '));
  const shown = verbose ? sorted : [...kinds.values()].map(([first]) => first);
  const hidden = sorted.length - shown.length;
  return [
    w.throughAll(id),
    '',
    ...sorted.flatMap((one) => [`  ${headOf(one, w)}`, ...whyOf(one, language)]),
    '',
    ...shown.flatMap((one) => [
      ...(sorted.length > 1 ? [`${headOf(one, w).trimStart()}:`] : []),
      ...one.steps.flatMap((step) => printStep(step, language)),
      '',
    ]),
    ...(hidden > 0 ? [w.otherWays(hidden), ''] : []),
    ...assumptionLines(assumed, language),
    '',
  ].join('\n');
}

/** All that can become of it, in a line. */
export function sayClusterConnection(
  { id, connections }: ConnectionReport,
  language: Language = 'en',
): string {
  const w = traceTables[language];
  return `${id}: ${connections.map((one) => headOf(one, w).trimStart()).join('; ')}`;
}

function headOf(connection: ClusterConnection, w: TraceWords): string {
  const { verdict, at, server, seen, steps } = connection;
  const { protocol } = (steps[0] as ClusterStep).packet;
  const said = w.verdicts[toldAs(verdict, protocol, at)];
  return `${sayShare(connection).padStart(6)}  ${server === null ? said : w.server(said, server, seen)}`;
}

function whyOf({ at, steps }: ClusterConnection, language: Language): string[] {
  const last = steps.at(-1);
  if (at === null || !last?.failed) return [];
  const w = traceTables[language];
  const { rejection } = last;
  return [
    `          ${w.packetFails(at, failureWords(last.failed, last.hops.at(-1), language))}`,
    ...(rejection?.failed
      ? [`          ${w.rejectionFails(failureWords(rejection.failed, rejection.hops.at(-1), language))}`]
      : []),
  ];
}

function failureWords(failed: StepFailure, last: CarriedHop | undefined, language: Language): string {
  const w = traceTables[language];
  switch (failed.kind) {
    case 'lost':
      return w.lost(sayReason(failed.reason, language));
    case 'untold':
      return w.perhapsLost(sayReason(failed.reason, language));
    case 'strayed':
      return w.strays(failed.from, failed.called, failed.past);
    case 'stopped':
      return last ? w.endsOn(last.node, stopWords(last, language)) : w.ends;
  }
}

function stopWords({ end, outcome, rules }: CarriedHop, language: Language): string {
  const w = traceTables[language];
  const { reason, by } = end;
  if (reason?.code === 'policy-drop') return w.droppedByPolicy(reason.table, reason.chain);
  if (!by) return printOutcome(outcome, language);
  const { table, chain, number } = by.place;
  const name = chainNameIn(rules, table, chain);
  return w.stoppedBy(end.verdict === 'reject', number, table, name, ruleText(by.place));
}

function printStep({ step, rejection, ...carried }: ClusterStep, language: Language): string[] {
  return [
    ...printCarried(traceTables[language].stepNames[step], carried, language),
    ...(rejection ? printCarried(traceTables[language].rejection, rejection, language) : []),
  ];
}

function printCarried(
  name: string,
  { packet, hops, failed }: CarriedRejection,
  language: Language,
): string[] {
  return [
    `    ${padded(name, 9)} ${printPacket(packet)}`,
    ...hops.map(
      (hop) =>
        `      ${hop.node}: ${hop.end.verdict === 'accept' ? printOutcome(hop.outcome, language) : stopWords(hop, language)}`,
    ),
    ...(failed && failed.kind !== 'stopped' ? [`      ${failureWords(failed, hops.at(-1), language)}`] : []),
  ];
}
