import type { Matched } from '../engine/branch.ts';
import { printMatch, printTarget } from '../iptables/rule/print.ts';
import type { CarriedHop } from '../path/carry.ts';
import type { CarriedRejection, ClusterConnection, ClusterStep, StepFailure } from '../path/connect.ts';
import { assumedJson, assumptionLines } from './assumptions.ts';
import { sayVerdict } from './connection-text.ts';
import { chainNameIn } from './path-names.ts';
import { outcomeJson } from './trace-json.ts';
import { printOutcome, printPacket, sayShare } from './trace-text.ts';
import type { Assumption } from './words/assumptions.ts';

/** A connection through the cluster, as it was asked for. */
export interface ConnectionReport {
  readonly id: string;
  readonly connections: readonly ClusterConnection[];
  readonly assumed: readonly Assumption[];
}

/** `{"results": [{"id", "outcomes": [{"verdict", "at", "server", "seen", …, "steps": […]}], "assumed": […], "assumptions": […]}]}`. */
export function printClusterConnectionJson({ id, connections, assumed }: ConnectionReport): string {
  const outcomes = connections.map(({ at, steps, ...rest }) => ({
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
  if (failed?.kind !== 'stopped') return failed ?? {};
  const { reason, by } = last?.end ?? {};
  const policy = reason?.code === 'policy-drop' ? reason : null;
  const rule = by ? ruleJson(by) : {};
  const chain = policy ? { table: policy.table, chain: policy.chain, policy: 'DROP' } : {};
  return { node: last?.node, ...rule, ...chain, because: last?.outcome.because ?? undefined };
}

function ruleJson({ place, hook }: Matched) {
  const { table, chain, number } = place;
  return { hook, table, chain, rule: number, text: ruleText(place) };
}

function ruleText({ rule }: Matched['place']): string {
  return `${rule.matches.map(printMatch).join('')}${rule.target ? printTarget(rule.target) : ''}`.trim();
}

/** What becomes of it, for people: all verdicts on top, then each way packet by packet. */
export function printClusterConnectionText({ id, connections, assumed }: ConnectionReport): string {
  const sorted = [...connections].sort((left, right) => right.probability - left.probability);
  return [
    `${id}, through all nodes on its way`,
    '',
    ...sorted.flatMap((one) => [`  ${headOf(one)}`, ...whyOf(one)]),
    '',
    ...sorted.flatMap((one) => [
      ...(sorted.length > 1 ? [`${headOf(one).trimStart()}:`] : []),
      ...one.steps.flatMap(printStep),
      '',
    ]),
    ...assumptionLines(assumed),
    '',
  ].join('\n');
}

/** All that can become of it, in a line. */
export function sayClusterConnection({ id, connections }: ConnectionReport): string {
  return `${id}: ${connections.map((one) => headOf(one).trimStart()).join('; ')}`;
}

function headOf(connection: ClusterConnection): string {
  const { verdict, server, seen, steps } = connection;
  const { protocol } = (steps[0] as ClusterStep).packet;
  const who = server === null ? '' : `, with ${server}, which sees ${seen}`;
  return `${sayShare(connection).padStart(6)}  ${sayVerdict(verdict, protocol)}${who}`;
}

function whyOf({ at, steps }: ClusterConnection): string[] {
  const last = steps.at(-1);
  if (at === null || !last?.failed) return [];
  const { rejection } = last;
  return [
    `          the ${at} ${failureWords(last.failed, last.hops.at(-1))}`,
    ...(rejection?.failed
      ? [`          its rejection ${failureWords(rejection.failed, rejection.hops.at(-1))}`]
      : []),
  ];
}

function failureWords(failed: StepFailure, last: CarriedHop | undefined): string {
  if (failed.kind === 'lost') return `does not arrive: ${failed.because}`;
  if (failed.kind === 'untold') return `perhaps does not arrive: ${failed.because}`;
  if (failed.kind === 'strayed') {
    const past =
      failed.past.length === 0 ? '' : `, past ${failed.past.join(' and ')}, which alone could translate it`;
    return `comes from ${failed.from}${past}: what was called is ${failed.called}, so it is not taken`;
  }
  return last ? `ends on ${last.node}: ${stopWords(last)}` : 'ends';
}

function stopWords({ end, outcome, rules }: CarriedHop): string {
  const { reason, by } = end;
  if (reason?.code === 'policy-drop') return `dropped by the policy of ${reason.table} ${reason.chain}`;
  if (!by) return printOutcome(outcome);
  const { table, chain, number } = by.place;
  const name = chainNameIn(rules, table, chain);
  return `${end.verdict === 'reject' ? 'rejected' : 'dropped'} by rule ${number} of ${table} ${name}: ${ruleText(by.place)}`;
}

function printStep({ step, rejection, ...carried }: ClusterStep): string[] {
  return [...printCarried(step, carried), ...(rejection ? printCarried('rejection', rejection) : [])];
}

function printCarried(name: string, { packet, hops, failed }: CarriedRejection): string[] {
  return [
    `    ${name.padEnd(9)} ${printPacket(packet)}`,
    ...hops.map(
      (hop) =>
        `      ${hop.node}: ${hop.end.verdict === 'accept' ? printOutcome(hop.outcome) : stopWords(hop)}`,
    ),
    ...(failed && failed.kind !== 'stopped' ? [`      ${failureWords(failed, hops.at(-1))}`] : []),
  ];
}
