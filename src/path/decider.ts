import type { Matched } from '../engine/branch.ts';
import type { RulePlace } from '../engine/program.ts';
import type { NodeHop } from './connection.ts';

/** A rule that decided something, and the node that has it. */
export interface Decider {
  readonly node: string;
  readonly table: string;
  readonly chain: string;
  /** Its number in the chain, from 1; null in a chain that all services share, of which only a part was compiled. */
  readonly number: number | null;
  readonly comment: string | null;
}

const sourceNat: ReadonlySet<string | undefined> = new Set(['masquerade', 'snat', 'netmap']);

/** The rule for which the node replaced the source: where a mark was set for it, the rule that led to the marking. */
export function maskedBy({ node, outcome }: NodeHop): Decider | null {
  if (!outcome.masqueraded) return null;
  const { matched } = outcome;
  const index = matched.findLastIndex(({ place }) => sourceNat.has(place.rule.target?.kind));
  const replacing = matched[index];
  if (!replacing) return null;
  const marking = matched
    .slice(0, index)
    .findLastIndex(({ place, mark }) => place.rule.target?.kind === 'mark' && mark !== 0);
  const marked = matched[marking];
  if (!marked) return reasonOf(node, replacing);
  const caller = matched[marking - 1];
  const target = caller?.place.rule.target;
  const calls = caller && target?.kind === 'jump' && target.chain === marked.place.chain;
  return reasonOf(node, calls ? caller : marked);
}

/** The rule that dropped or rejected; null where it was the kernel, or a chain's policy. */
export function stoppedBy({ node, outcome }: NodeHop): Decider | null {
  const last = outcome.matched.findLast(({ place }) => {
    const { target } = place.rule;
    return target?.kind === 'reject' || (target?.kind === 'verdict' && target.verdict === 'DROP');
  });
  return last ? reasonOf(node, last) : null;
}

const sharedChains: ReadonlySet<string> = new Set([
  'KUBE-SERVICES',
  'KUBE-EXTERNAL-SERVICES',
  'KUBE-NODEPORTS',
  'KUBE-PROXY-FIREWALL',
]);

/** Rules are compiled for the services at hand alone: in a chain of all services a rule's number is another on a node. */
export function numberOf({ chain, number }: RulePlace): number | null {
  return sharedChains.has(chain) ? null : number;
}

function reasonOf(node: string, { place }: Matched): Decider {
  const comment = place.rule.matches.find((match) => match.kind === 'comment');
  return {
    node,
    table: place.table,
    chain: place.chain,
    number: numberOf(place),
    comment: comment?.kind === 'comment' && comment.text !== '' ? comment.text : null,
  };
}
