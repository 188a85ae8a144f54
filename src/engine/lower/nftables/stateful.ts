import { spellStateful } from '../../../nftables/print/stateful.ts';
import type { Stateful } from '../../../nftables/stateful.ts';
import type { Instruction } from '../../ir.ts';

type Lower = {
  readonly [K in Stateful['kind']]: (statement: Extract<Stateful, { kind: K }>) => readonly Instruction[];
};

/** What keeps a state of its own: what is counted is nothing to the packet, whether a limit is reached is not known. */
const lower: Lower = {
  counter: () => [{ do: 'note', what: 'counter' }],
  last: () => [{ do: 'note', what: 'last' }],
  limit: meter,
  quota: meter,
  connlimit: meter,
};

function meter(statement: Stateful): readonly Instruction[] {
  return [askMeter(statement.kind, spellStateful(statement, { stateless: true }), null)];
}

/** Whether something that is counted has come to its limit; `shared` tells whose count it is, where others ask it, too. */
export function askMeter(name: string, text: string, shared: string | null): Instruction {
  const reason = { code: 'statement-unevaluated', text } as const;
  return { do: 'recall', state: { kind: 'meter', name, shared, text, reason }, negated: false };
}

export function lowerStateful(statement: Stateful): readonly Instruction[] {
  return (lower[statement.kind] as (statement: Stateful) => readonly Instruction[])(statement);
}

/** What is asked where an element carries statements. */
export function meters(statements: readonly Stateful[]): readonly Instruction[] {
  return statements.flatMap(lowerStateful);
}
