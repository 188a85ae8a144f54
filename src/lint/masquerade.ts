import { chainKey } from '../engine/program.ts';
import type { Match } from '../iptables/rule/match.ts';
import type { LazyChain } from '../proof/rules/program.ts';
import type { Reached } from './reached.ts';

/**
 * The mark that KUBE-MARK-MASQ sets and nothing masquerades; null where something does, or nothing is marked. Only what
 * surely happens to such packets is followed: a rule that asks for more than the mark may hold for few of them.
 */
export function unmasqueradedMark({ program, reached }: Reached): number | null {
  const marking = program.chains.get(chainKey('nat', 'KUBE-MARK-MASQ'));
  if (!marking || !reached.has(marking)) return null;
  const mark = marking.source.rules.reduce(
    (bits, { target }) => (target?.kind === 'mark' ? ((bits & ~target.mask) ^ target.value) >>> 0 : bits),
    0,
  );
  const out = program.entries.get(chainKey('nat', 'POSTROUTING'));
  return mark === 0 || (out && follow(out, mark).masqueraded) ? null : mark;
}

interface Course {
  readonly masqueraded: boolean;
  /** The way ends, here or where the chain's caller is. */
  readonly ended: boolean;
  readonly mark: number;
}

/** Chains do not lead in circles: what reads rules sees to that. */
function follow(chain: LazyChain, first: number): Course {
  let mark = first;
  for (const { rule, jump } of chain.rules) {
    if (!rule.matches.every((match) => surely(match, mark))) continue;
    const { target } = rule;
    if (target?.kind === 'masquerade' || target?.kind === 'snat')
      return { masqueraded: true, ended: true, mark };
    if (target?.kind === 'mark') mark = ((mark & ~target.mask) ^ target.value) >>> 0;
    if (target?.kind === 'verdict') return { masqueraded: false, ended: target.verdict !== 'RETURN', mark };
    if (target?.kind !== 'jump' || !jump) continue;
    const course = follow(jump as LazyChain, mark);
    if (course.ended || !target.returns) return course;
    mark = course.mark;
  }
  return { masqueraded: false, ended: false, mark };
}

function surely(match: Match, mark: number): boolean {
  if (match.kind === 'comment') return true;
  return match.kind === 'mark' && ((mark & match.mask) >>> 0 === match.value) !== match.negated;
}
