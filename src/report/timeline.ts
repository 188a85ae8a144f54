import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Tuple } from '../engine/connection.ts';
import type { TimelineStep } from '../session/timeline.ts';
import { assumedJson, assumptionLines } from './assumptions.ts';
import { outcomeJson } from './trace-json.ts';
import { printOutcome, printPacket } from './trace-text.ts';

/** `{"events": [{"at", "packet", "outcomes"}, {"at", "objects", "connections"}]}`, one event on a line. */
export function printTimelineJson(steps: readonly TimelineStep[]): string {
  const lines = steps.map((step) => JSON.stringify(stepJson(step)));
  return `{"events": [\n${lines.join(',\n')}\n]}\n`;
}

function stepJson(step: TimelineStep) {
  if (step.kind === 'packet') {
    const { packet, outcomes, assumed } = step.trace;
    return {
      at: step.at,
      packet: printPacket(packet),
      outcomes: outcomes.map(outcomeJson),
      ...assumedJson(assumed),
    };
  }
  const connections = step.connections.map(({ connection: { original, reply }, forgotten }) => ({
    from: sayEnd(original, 'source'),
    to: sayEnd(original, 'destination'),
    server: sayEnd(reply, 'source'),
    forgotten,
  }));
  return { at: step.at, [step.kind]: step.kind === 'flush' ? true : step.files, connections };
}

function sayEnd(tuple: Tuple, side: 'source' | 'destination'): string {
  const [address, port] =
    side === 'source' ? [tuple.source, tuple.sourcePort] : [tuple.destination, tuple.destinationPort];
  return port === null ? formatAddress(address) : formatEndpoint(address, port);
}

/** Event by event, for people. */
export function printTimelineText(steps: readonly TimelineStep[]): string {
  const assumed = steps.flatMap((step) => (step.kind === 'packet' ? step.trace.assumed : []));
  return [...steps.flatMap(printStep), ...assumptionLines(assumed), ''].join('\n');
}

const fates = {
  true: 'its entry is deleted',
  false: 'stays',
  null: 'whether it stays is not known',
} as const;

function printStep(step: TimelineStep): string[] {
  const time = `${step.at} s`.padStart(8);
  if (step.kind === 'packet') {
    const { packet, outcomes } = step.trace;
    const shares = outcomes.map(
      (outcome) => `${outcome.weight === '1/1' ? '' : `${outcome.weight} `}${printOutcome(outcome)}`,
    );
    return [`${time}  ${printPacket(packet)}`, ...shares.map((share) => `          ${share}`)];
  }
  const what = step.kind === 'flush' ? 'all entries are deleted' : `${step.kind}: ${step.files.join(', ')}`;
  return [
    `${time}  ${what}`,
    ...step.connections.map(({ connection: { original, reply }, forgotten }) => {
      const from = `${sayEnd(original, 'source')} -> ${sayEnd(original, 'destination')}`;
      return `          connection ${from} with ${sayEnd(reply, 'source')}: ${fates[`${forgotten}`]}`;
    }),
  ];
}
