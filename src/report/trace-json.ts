import type { Outcome } from '../engine/outcome.ts';
import type { Trace } from '../engine/trace.ts';

/** A trace, and the name under which it is reported. */
export interface NamedTrace {
  readonly id: string;
  readonly trace: Trace;
  /** How often each outcome was drawn, where that was asked for. */
  readonly drawn?: readonly number[];
}

/** `{"results": [{"id", "outcomes": […], "assumed": […]}]}`, one result on a line. */
export function printTraceJson(results: readonly NamedTrace[]): string {
  const lines = results.map((result) => JSON.stringify(resultOf(result)));
  return `{"results": [\n${lines.join(',\n')}\n]}\n`;
}

export function resultOf({ id, trace: { outcomes, assumed }, drawn }: NamedTrace) {
  const listed = outcomes.map((outcome, index) => ({
    ...outcomeJson(outcome),
    ...(drawn && { drawn: drawn[index] }),
  }));
  return { id, outcomes: listed, assumed };
}

export function outcomeJson(outcome: Outcome) {
  const { verdict, dnat, src, masqueraded, delivered, probability, weight } = outcome;
  return {
    verdict,
    dnat,
    src,
    masqueraded,
    delivered,
    probability,
    weight,
    ...(outcome.because === null ? {} : { because: outcome.because }),
    ...(outcome.rejectWith === null ? {} : { rejectWith: outcome.rejectWith }),
    ...(outcome.reply === null ? {} : { reply: outcome.reply }),
    ...(outcome.sticks === null ? {} : { sticks: outcome.sticks }),
    ...(outcome.interface === null ? {} : { interface: outcome.interface }),
  };
}
