import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Tuple } from '../engine/connection.ts';
import type { TimelineStep } from '../session/timeline.ts';
import { assumedJson, assumptionLines } from './assumptions.ts';
import { saySilent } from './silent.ts';
import { outcomeJson } from './trace-json.ts';
import { printOutcome, printPacket } from './trace-text.ts';
import { timelineWords as en } from './words/en/timeline.ts';
import { timelineWords as ko } from './words/ko/timeline.ts';
import type { Language } from './words/language.ts';
import type { TimelineWords } from './words/timeline.ts';

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

const tables: Readonly<Record<Language, TimelineWords>> = { en, ko };

/** Event by event, for people. */
export function printTimelineText(steps: readonly TimelineStep[], language: Language = 'en'): string {
  const assumed = steps.flatMap((step) => (step.kind === 'packet' ? step.trace.assumed : []));
  const lines = steps.flatMap((step) => printStep(step, language));
  return [...lines, ...assumptionLines(assumed, language), ''].join('\n');
}

function printStep(step: TimelineStep, language: Language): string[] {
  const w = tables[language];
  const time = w.at(step.at).padStart(8);
  if (step.kind === 'packet') {
    const { packet, outcomes } = step.trace;
    const shares = outcomes.map(
      (outcome) =>
        `${outcome.weight === '1/1' ? '' : `${outcome.weight} `}${printOutcome(outcome, language)}`,
    );
    const notes = new Set(outcomes.flatMap((outcome) => saySilent(outcome, language)));
    return [`${time}  ${printPacket(packet)}`, ...[...shares, ...notes].map((line) => `          ${line}`)];
  }
  const what = step.kind === 'flush' ? w.flush : w.changes[step.kind](step.files.join(', '));
  return [
    `${time}  ${what}`,
    ...step.connections.map(({ connection: { original, reply }, forgotten }) => {
      const flow = `${sayEnd(original, 'source')} -> ${sayEnd(original, 'destination')}`;
      return `          ${w.connection(flow, sayEnd(reply, 'source'), forgotten)}`;
    }),
  ];
}
