import { type Address, familyOf } from '../address/address.ts';
import type { Match } from '../iptables/rule/match.ts';
import { printMatch } from '../iptables/rule/print.ts';
import type { ProofAssumption } from './assumption.ts';

/** What somebody says of a host that no rule tells. A proof takes it for granted, and says so. */
export interface Facts {
  /** What a match comes to for every packet, by its canonical text without a `!`. */
  readonly answers: ReadonlyMap<string, boolean>;
  /** Interfaces that rules name are there only if they are among these; null: all that are named, and others. */
  readonly interfaces: readonly string[] | null;
  /** The multicast groups that the node listens to, of either family; null: nobody says. */
  readonly groups: readonly Address[] | null;
}

export const noFacts: Facts = { answers: new Map(), interfaces: null, groups: null };

/** Undefined: nobody says. Only what the packet, the rules and the host leave open is asked. */
export function factOf({ answers }: Facts, match: Match): boolean | undefined {
  if (answers.size === 0) return undefined;
  const { text, negated } = factText(match);
  const holds = answers.get(text);
  return holds === undefined ? undefined : holds !== negated;
}

/** A match by the text under which facts name it, and whether it asks for the contrary of that. */
export function factText(match: Match): { readonly text: string; readonly negated: boolean } {
  if ('negated' in match && match.negated === true)
    return { text: printMatch({ ...match, negated: false } as Match).trim(), negated: true };
  // Options that may be turned round each on its own: one alone is the match.
  const [option, ...others] = Object.entries(match).filter(isNegatable);
  if (option?.[1].negated && others.length === 0) {
    const turned = { ...match, [option[0]]: { ...option[1], negated: false } } as Match;
    return { text: printMatch(turned).trim(), negated: true };
  }
  // With several options a `!` is of one of them, and then the whole is one question.
  const single = match.kind === 'other' && match.words.filter((word) => word.startsWith('-')).length === 1;
  if (match.kind !== 'other' || !single || match.words[0] !== '!')
    return { text: printMatch(match).trim(), negated: false };
  return { text: printMatch({ ...match, words: match.words.slice(1) }).trim(), negated: true };
}

function isNegatable(entry: [string, unknown]): entry is [string, { readonly negated: boolean }] {
  const [, value] = entry;
  return typeof value === 'object' && value !== null && 'negated' in value;
}

/** What is taken for granted by them. */
export function factsAssumed(
  { answers, interfaces, groups }: Facts,
  family: 'ipv4' | 'ipv6',
): readonly ProofAssumption[] {
  return [
    ...[...answers].map(([match, holds]) => ({ code: 'fact-match', match, holds }) as const),
    ...(interfaces ? [{ code: 'fact-interfaces', names: interfaces } as const] : []),
    ...(groups
      ? [{ code: 'fact-groups', groups: groups.filter((group) => familyOf(group) === family) } as const]
      : []),
  ];
}
