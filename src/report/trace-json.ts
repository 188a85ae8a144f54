import type { Outcome } from '../packet/outcome.ts';
import type { Trace } from '../packet/trace.ts';

export interface NamedTrace {
  readonly id: string;
  readonly trace: Trace;
}

/** `{"results": [{"id", "outcomes": […], "assumed": […]}]}`, one result on a line. */
export function printTraceJson(results: readonly NamedTrace[]): string {
  const lines = results.map(({ id, trace }) => JSON.stringify(resultOf(id, trace)));
  return `{"results": [\n${lines.join(',\n')}\n]}\n`;
}

function resultOf(id: string, { outcomes, assumed }: Trace) {
  return { id, outcomes: outcomes.map(outcomeJson), assumed };
}

function outcomeJson(outcome: Outcome) {
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
