import type { Outcome, PossibleOutcome } from '../engine/outcome.ts';
import type { NamedTrace } from '../session/traces.ts';
import { formatFraction, multiply, parseFraction, toNumber } from '../sets/fraction.ts';
import { answerJson } from './answer-assumptions.ts';
import { dataJson } from './data-json.ts';
import { reasonJson, sayReason } from './reasons.ts';
import { silentJson } from './silent.ts';

/** `{"results": [{"id", "outcomes": […], "assumed": […], "assumptions": […]}]}`, one result on a line. */
export function printTraceJson(results: readonly NamedTrace[]): string {
  const lines = results.map((result) => JSON.stringify(resultOf(result)));
  return `{"results": [\n${lines.join(',\n')}\n]}\n`;
}

export function resultOf({ id, trace: { outcomes, assumed }, drawn }: NamedTrace) {
  const listed = outcomes.flatMap((outcome, index) => {
    if (outcome.possible) return possibleJson(outcome, outcome.possible);
    return [{ ...outcomeJson(outcome), ...(drawn && { drawn: drawn[index] }) }];
  });
  return { id, outcomes: listed, ...answerJson(assumed) };
}

/** All that an outcome may be that depends on what no text of rules tells. */
function possibleJson(
  { reason, weight }: Outcome,
  possible: readonly PossibleOutcome[],
): readonly ReturnType<typeof outcomeJson>[] {
  return possible.map(({ share, ...one }) => {
    const own = multiply(parseFraction(weight), share);
    const told = { ...one, probability: toNumber(own), weight: formatFraction(own) };
    return {
      ...outcomeJson(told),
      ...(reason !== null && { dependsOn: sayReason(reason), dependsOnReason: dataJson(reason) }),
    };
  });
}

type Told = Pick<Outcome, Exclude<keyof PossibleOutcome, 'share'> | 'probability' | 'weight'> &
  Partial<Pick<Outcome, 'reply' | 'sticks' | 'copy' | 'silent' | 'answers'>>;

export function outcomeJson(outcome: Told) {
  const { verdict, dnat, src, masqueraded, delivered, probability, weight } = outcome;
  return {
    verdict,
    dnat,
    src,
    masqueraded,
    delivered,
    probability,
    weight,
    ...(outcome.reason && reasonJson(outcome.reason)),
    ...(outcome.rejectWith === null ? {} : { rejectWith: outcome.rejectWith }),
    ...(outcome.reply && {
      reply: { comesBack: outcome.reply.comesBack, ...reasonJson(outcome.reply.reason) },
    }),
    ...(outcome.answers ? { answers: true } : {}),
    ...(outcome.sticks ? { sticks: outcome.sticks } : {}),
    ...(outcome.interface === null ? {} : { interface: outcome.interface }),
    ...silentJson(outcome),
    ...(outcome.copy ? { copy: { verdict: outcome.copy.verdict, certain: outcome.copy.certain } } : {}),
  };
}
