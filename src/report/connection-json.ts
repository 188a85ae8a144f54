import type { Matched } from '../engine/branch.ts';
import type {
  ConnectionError,
  ConnectionOutcome,
  ConnectionStep,
  ConnectionTrace,
  Failure,
} from '../engine/connect.ts';
import { assumedJson } from './assumptions.ts';
import type { PlaceTexts } from './place-texts.ts';
import { reasonJson } from './reasons.ts';
import { silentJson } from './silent.ts';
import { printPacket } from './trace-text.ts';

/** A connection's trace, and the name under which it is reported. */
export interface NamedConnection {
  readonly id: string;
  readonly trace: ConnectionTrace;
}

/** `{"results": [{"id", "outcomes": [{"verdict", "at", …, "steps": […]}], "assumed": […], "assumptions": […]}]}`, one result on a line. */
export function printConnectionJson(results: readonly NamedConnection[], rules: PlaceTexts): string {
  const lines = results.map(({ id, trace }) =>
    JSON.stringify({
      id,
      outcomes: trace.outcomes.map((outcome) => outcomeJson(outcome, rules)),
      ...assumedJson(trace.assumed),
    }),
  );
  return `{"results": [\n${lines.join(',\n')}\n]}\n`;
}

function outcomeJson({ at, steps, errors, ...outcome }: ConnectionOutcome, rules: PlaceTexts) {
  return {
    verdict: outcome.verdict,
    at: at && failureJson(at, rules),
    dnat: outcome.dnat,
    src: outcome.src,
    masqueraded: outcome.masqueraded,
    probability: outcome.probability,
    weight: outcome.weight,
    steps: steps.map(stepJson),
    errors: errors.map((error) => errorJson(error, rules)),
  };
}

function errorJson({ error, about, packet, outcome, at }: ConnectionError, rules: PlaceTexts) {
  const { verdict, delivered } = outcome;
  return {
    error,
    about,
    packet: printPacket(packet),
    verdict,
    delivered,
    arrives: at === null,
    ...(at && { at: failureJson(at, rules) }),
  };
}

function failureJson({ step, rule, policy, reason }: Failure, rules: PlaceTexts) {
  return {
    step,
    ...(rule ? placeJson(rule, rules) : {}),
    ...(policy ? { ...policy, policy: 'DROP' } : {}),
    ...(reason && reasonJson(reason)),
  };
}

function placeJson({ place, hook }: Matched, rules: PlaceTexts) {
  const { table, chain, number } = place;
  return { hook, table, chain, rule: number, line: rules.lineOf(place), text: rules.textOf(place) };
}

function stepJson({ step, packet, outcome, past }: ConnectionStep) {
  const sent = { step, packet: printPacket(packet) };
  if (!outcome) return { ...sent, verdict: 'not-seen', ...(past && reasonJson(past)) };
  const { verdict, dnat, src, delivered, reason } = outcome;
  return {
    ...sent,
    verdict,
    dnat,
    src,
    delivered,
    ...silentJson(outcome),
    ...(reason && reasonJson(reason)),
  };
}
