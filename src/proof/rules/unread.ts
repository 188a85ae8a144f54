import { firstRead } from '../../iptables/dump/written.ts';
import type { Match } from '../../iptables/rule/match.ts';
import type { Ruleset } from '../../iptables/rule/ruleset.ts';
import type { Target } from '../../iptables/rule/target.ts';
import { keptBy } from '../../text/kept.ts';
import { rewritten } from './rewritten.ts';

/** What rules of one side write down by name, and which of it they act on. */
interface Noted {
  readonly written: ReadonlySet<string>;
  readonly read: ReadonlySet<string>;
}

/**
 * Both sides without what is written down for nobody: a list of `recent` that no rule of either asks, and a rate of `hashlimit` that
 * decides on nothing but a line in a log. Such a match is left out, and its rule stays where it is.
 */
export function withoutUnread(before: Ruleset, after: Ruleset): readonly [Ruleset, Ruleset] {
  const sides = [notedIn(before), notedIn(after)];
  const unread = new Set(
    sides.flatMap(({ written }) => [...written].filter((name) => !sides.some(({ read }) => read.has(name)))),
  );
  if (unread.size === 0) return [before, after];
  return [without(unread, before), without(unread, after)];
}

const notedIn = keptBy(({ tables }: Ruleset): Noted => {
  const written = new Set<string>();
  const read = new Set<string>();
  for (const { chains } of tables)
    for (const chain of chains.values())
      for (const { matches, target } of firstRead(chain).rules)
        for (const match of matches) {
          const name = nameOf(match);
          if (name !== null) (isWrittenOnly(match, target) ? written : read).add(name);
        }
  return { written, read };
});

/** By kind: names of different kinds are apart. */
function nameOf(match: Match): string | null {
  if (match.kind === 'recent') return `recent ${match.name}`;
  if (match.kind !== 'other' || match.name !== 'hashlimit') return null;
  return `hashlimit ${match.words[match.words.indexOf('--hashlimit-name') + 1]}`;
}

function isWrittenOnly(match: Match, target: Target | null): boolean {
  // It always holds (recent_mt).
  if (match.kind === 'recent') return match.action === 'set' && !match.negated;
  return match.kind === 'other' && match.understood && isLog(target);
}

const isLog = (target: Target | null) =>
  target === null || target.kind === 'log' || target.kind === 'nflog' || target.kind === 'trace';

function without(unread: ReadonlySet<string>, ruleset: Ruleset): Ruleset {
  const isUnread = (match: Match) => unread.has(nameOf(match) ?? '');
  return rewritten(ruleset, (rule) =>
    rule.matches.some(isUnread)
      ? { ...rule, matches: rule.matches.filter((match) => !isUnread(match)) }
      : rule,
  );
}
