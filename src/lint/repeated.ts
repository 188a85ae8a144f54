import type { ProgramChain, ProgramRule } from '../engine/program.ts';
import type { Rule } from '../iptables/rule/ruleset.ts';
import { isUnread, standsForNone } from '../iptables/rule/shown.ts';
import { ruleKey } from '../proof/rules/keys.ts';
import { type FindingOf, placeOf } from './finding.ts';

/** Extensions that count or choose, so that asking them again is something else than asking them once. */
const counting: ReadonlySet<string> = new Set(['statistic', 'recent', 'other']);

/** kube-proxy lets in a health check's port once for each port of the service. */
export function repeatsOnPurpose(chain: string): boolean {
  return chain === 'KUBE-NODEPORTS';
}

/**
 * Rules that stand in one chain again, word for word, with nothing between that gives the second a meaning of its own: what
 * is left behind where something adds its rules at every start, or two back ends do.
 */
export function findRepeated(chain: ProgramChain): FindingOf<'repeated'>[] {
  if (repeatsOnPurpose(chain.name) || chain.rules.length < 2) return [];
  const likely = likelyIn(chain);
  if (likely.size === chain.rules.length) return [];
  const first = new Map<string, ProgramRule>();
  const asking = new Set<string>();
  return chain.rules.flatMap((rule) => {
    if (
      rule.rule.matches.some(({ kind }) => counting.has(kind)) ||
      standsForNone(rule.rule) ||
      isUnread(rule.rule)
    )
      return [];
    const isAlone = likely.get(likelyKey(rule.rule)) === 1;
    const key = isAlone ? null : ruleKey(rule.rule);
    const known = key === null ? undefined : first.get(key);
    if (known) return [{ code: 'repeated', place: placeOf(rule), first: known } as const];
    if (asking.size > 0 && mayMark(rule, new Set())) {
      for (const own of asking) first.delete(own);
      asking.clear();
    }
    if (key === null) return [];
    first.set(key, rule);
    if (asksMark(rule.rule)) asking.add(key);
    return [];
  });
}

/** What rules that are the same have in common, and how many have it: spelling each of many rules takes longer. */
function likelyIn({ rules }: ProgramChain): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { rule } of rules) {
    const key = likelyKey(rule);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function likelyKey({ matches, target }: Rule): string {
  return target?.kind === 'jump' ? `${target.chain} ${matches.length}` : `${target?.kind} ${matches.length}`;
}

function asksMark({ matches }: Rule): boolean {
  return matches.some(({ kind }) => kind === 'mark' || kind === 'connmark');
}

/** Whether a mark may be another one behind a rule, so that who asks for it again asks something else. */
function mayMark({ rule: { target }, jump }: ProgramRule, seen: Set<ProgramChain>): boolean {
  if (target?.kind === 'mark' || target?.kind === 'connmark' || target?.kind === 'other') return true;
  if (jump === null || seen.has(jump)) return false;
  seen.add(jump);
  return jump.rules.some((rule) => mayMark(rule, seen));
}
