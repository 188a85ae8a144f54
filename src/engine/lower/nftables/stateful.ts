import { spellStateful } from '../../../nftables/print/stateful.ts';
import type { LimitUnit, Stateful } from '../../../nftables/stateful.ts';
import type { Instruction } from '../../ir.ts';

type Lower = {
  readonly [K in Stateful['kind']]: (statement: Extract<Stateful, { kind: K }>) => readonly Instruction[];
};

/** What keeps a state of its own: what is counted is nothing to the packet, whether a limit is reached is not known. */
const lower: Lower = {
  counter: () => [{ do: 'note', what: 'counter' }],
  last: () => [{ do: 'note', what: 'last' }],
  limit: (statement) => [askMeter('limit', spelled(inLeastUnit(statement)), null, spelled(statement))],
  quota: meter,
  connlimit: meter,
};

function meter(statement: Stateful): readonly Instruction[] {
  return [askMeter(statement.kind, spelled(statement), null)];
}

const spelled = (statement: Stateful): string => spellStateful(statement, { stateless: true });

const seconds: Readonly<Record<LimitUnit, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
};

/** What a packet costs is the unit by the rate (nft_limit_init); of bytes the bucket is larger, by what comes in one unit. */
function inLeastUnit(statement: Extract<Stateful, { kind: 'limit' }>): Stateful {
  const { of, rate, unit } = statement;
  if (of === 'bytes') return statement;
  const rateIn = (other: LimitUnit) => (rate * seconds[other]) / seconds[unit];
  const least =
    (Object.keys(seconds) as LimitUnit[]).find((other) => Number.isInteger(rateIn(other))) ?? unit;
  return { ...statement, rate: rateIn(least), unit: least };
}

/**
 * Whether something that is counted has come to its limit; `shared` tells whose count it is, where others ask it, too. `written`: in the
 * rule's own words, where `text` has those that are the same for equal ones.
 */
export function askMeter(name: string, text: string, shared: string | null, written = text): Instruction {
  const reason = { code: 'statement-unevaluated', text: written } as const;
  return { do: 'recall', state: { kind: 'meter', name, shared, text, reason }, negated: false };
}

export function lowerStateful(statement: Stateful): readonly Instruction[] {
  return (lower[statement.kind] as (statement: Stateful) => readonly Instruction[])(statement);
}

/** What is asked where an element carries statements. */
export function meters(statements: readonly Stateful[]): readonly Instruction[] {
  return statements.flatMap(lowerStateful);
}
