import { firstRead } from '../../iptables/dump/written.ts';
import type { Match, RecentMatch } from '../../iptables/rule/match.ts';
import type { Rule, Ruleset } from '../../iptables/rule/ruleset.ts';
import { keptBy } from '../../text/kept.ts';
import { ruleKey } from './keys.ts';
import { rewritten } from './rewritten.ts';

/** A list of `recent` that has another name on the other side. */
export interface RenamedList {
  readonly before: string;
  readonly after: string;
}

/**
 * Lists of `recent` that one side alone names, where rules use them in the same places and to the same ends: what a list is called is
 * nothing to packets. What it held under its former name is another matter.
 */
export function renamedLists(before: Ruleset, after: Ruleset): readonly RenamedList[] {
  const [left, right] = [usesOf(before), usesOf(after)];
  const free = new Map<string, string>();
  for (const [name, uses] of right) if (!left.has(name)) free.set(uses, name);
  return [...left].flatMap(([name, uses]): RenamedList[] => {
    const other = right.has(name) ? undefined : free.get(uses);
    return other !== undefined && free.delete(uses) ? [{ before: name, after: other }] : [];
  });
}

/** The rules that use a list, without its name. */
const usesOf = keptBy(({ tables }: Ruleset): ReadonlyMap<string, string> => {
  const uses = new Map<string, string[]>();
  for (const { name: table, chains } of tables)
    for (const chain of chains.values())
      for (const rule of firstRead(chain).rules)
        for (const match of rule.matches) {
          if (match.kind !== 'recent') continue;
          const use = `${table} ${chain.name}${ruleKey(renamedIn(rule, match.name, ''))}`;
          uses.set(match.name, [...(uses.get(match.name) ?? []), use]);
        }
  return new Map([...uses].map(([name, list]) => [name, list.join('\n')]));
});

/** The second rule set with the lists named as in the first. */
export function withListsOf(renamed: readonly RenamedList[], ruleset: Ruleset): Ruleset {
  if (renamed.length === 0) return ruleset;
  return rewritten(ruleset, (rule) =>
    renamed.reduce((made, { before, after }) => renamedIn(made, after, before), rule),
  );
}

function renamedIn(rule: Rule, name: string, other: string): Rule {
  const isNamed = (match: Match): match is RecentMatch => match.kind === 'recent' && match.name === name;
  if (!rule.matches.some(isNamed)) return rule;
  return {
    ...rule,
    matches: rule.matches.map((match) => (isNamed(match) ? { ...match, name: other } : match)),
  };
}
