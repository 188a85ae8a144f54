import type { ConnectionOutcome, ConnectionStep, Failure } from '../engine/connect.ts';
import type { NamedConnection } from './connection-json.ts';
import type { PlaceTexts } from './place-texts.ts';
import { printPacket, sayShare } from './trace-text.ts';

/** What each verdict means for the client. */
export const verdictWords: Readonly<Record<ConnectionOutcome['verdict'], string>> = {
  established: 'established',
  refused: 'refused',
  hangs: 'hangs: the client takes it for open, and nothing more gets through',
  'no-answer': 'no answer: the client waits until it gives up',
  unknown: 'unknown',
};

/** What becomes of connections, for people: the verdict on top, then each packet. */
export function printConnectionText(results: readonly NamedConnection[], rules: PlaceTexts): string {
  const assumed = [...new Set(results.flatMap(({ trace }) => trace.assumed))];
  return [
    ...results.map((result) => printConnection(result, rules)),
    `Assumptions: ${assumed.join('; ')}.`,
    '',
  ].join('\n');
}

/** A line for each connection: all that can become of it. */
export function sayConnections(results: readonly NamedConnection[]): string {
  const lines = results.map(({ id, trace: { outcomes } }) => {
    const ways = outcomes.map((outcome) => `${sayShare(outcome)} ${verdictWords[outcome.verdict]}`);
    return `${id}: ${ways.join('; ')}`;
  });
  return lines.join('\n');
}

function printConnection({ id, trace }: NamedConnection, rules: PlaceTexts): string {
  const sorted = [...trace.outcomes].sort((left, right) => right.probability - left.probability);
  return [id, '', ...sorted.flatMap((outcome) => printOutcome(outcome, rules)), ''].join('\n');
}

function printOutcome(outcome: ConnectionOutcome, rules: PlaceTexts): string[] {
  const { verdict, at, dnat, steps } = outcome;
  const to = dnat === null ? '' : `, with ${dnat}`;
  return [
    `  ${sayShare(outcome).padStart(6)}  ${verdictWords[verdict]}${to}`,
    ...(at ? [`          the ${at.step} ${fate(verdict, at)}: ${nameFailure(at, rules)}`] : []),
    '',
    ...steps.map(printStep),
    '',
  ];
}

function fate(verdict: ConnectionOutcome['verdict'], { because, policy, rule }: Failure): string {
  if (verdict === 'unknown') return 'cannot be told';
  if (verdict === 'refused') return 'is rejected';
  return because !== null && !policy && !rule ? 'does not arrive' : 'is dropped';
}

function nameFailure({ rule, policy, because }: Failure, rules: PlaceTexts): string {
  if (policy) return `the policy of ${policy.table} ${policy.chain}`;
  if (rule) {
    const { table, chain, number } = rule.place;
    const text = rules.textOf(rule.place);
    return `rule ${number} of ${table} ${rules.chain(table, chain)} (${rules.where(rule.place)}): ${text}`;
  }
  return because ?? 'by the kernel';
}

function printStep({ step, packet, outcome, past }: ConnectionStep): string {
  const sent = `    ${step.padEnd(9)} ${printPacket(packet)}`;
  if (!outcome) return `${sent}: not through this node: ${past}`;
  const { verdict, dnat, src, delivered, interface: name, because, rejectWith } = outcome;
  if (verdict === 'drop') return `${sent}: dropped${because === null ? '' : `: ${because}`}`;
  if (verdict === 'reject') return `${sent}: rejected with ${rejectWith}`;
  if (verdict === 'unknown') return `${sent}: unknown: ${because}`;
  const where = delivered === 'local' ? 'reaches the node itself' : `leaves by ${name}`;
  return `${sent}: ${where}${dnat === null ? '' : `, to ${dnat}`}, from ${src}`;
}
