import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import { canonicalRuleset } from '../canonical/ruleset.ts';
import type { NftRuleset, Place } from '../model.ts';
import { applyCommands, type Checks } from '../read/apply.ts';
import { withoutWall } from '../read/broken.ts';
import { type Include, readCommands } from '../read/commands.ts';
import { keepListed } from '../read/managed.ts';
import { asText, type NftReading } from '../read/read.ts';
import { type TakesAway, takenAway } from '../read/taken-away.ts';
import { checkAfter, checkBefore, checkRule, takesForm } from './commands.ts';
import { checkPaths } from './paths.ts';

/** A text, and what it takes away that others made. */
export interface TakenText extends NftReading {
  readonly takesAway: TakesAway | null;
}

/**
 * What `nft list ruleset` (1.0.6) tells once `nft -f` loaded a text into an empty kernel. What nft or the kernel would refuse of it is a
 * problem, too (`nft-refused`).
 */
export function loadNft(given: Source, include?: Include): NftReading {
  const checks = { before: checkBefore, after: checkAfter, takes: () => false };
  const { ruleset, problems } = read(given, checks, include);
  return { ruleset: canonicalRuleset(ruleset), problems };
}

/**
 * Reads what `nft list ruleset` prints, or what `nft -f` loads, as it is written; rules and chains that nft or the kernel would refuse
 * wherever they stood are problems, too. A part of a ruleset may name what is not in it. Rules that are like others are looked at, and made
 * when somebody asks for them.
 */
export function readTaken(given: Source): TakenText {
  return read(given, { before: checkBefore, after: checkRule, takes: takesForm }, undefined, true);
}

function read(given: Source, checks: Checks, include?: Include, leavesRules = false): TakenText {
  const { source, problems: unread } = asText(given);
  if (!source) return { ruleset: { tables: [] }, problems: unread, takesAway: null };
  const { commands, problems } = readCommands(source, include, leavesRules);
  const applied = applyCommands(commands, source, checks);
  const { ruleset, problems: lost } = keepListed(applied.ruleset, source);
  const refused = withoutListed([...applied.problems, ...pathProblems(ruleset, source)], ruleset);
  const told = withoutWall([...problems, ...refused, ...lost], source);
  return { ruleset, problems: told, takesAway: takenAway(commands) };
}

/** Of rules that iptables-nft made nft itself says that it cannot load them. */
function withoutListed(problems: readonly Problem[], { tables }: NftRuleset): readonly Problem[] {
  if (problems.length === 0) return problems;
  const listed = new Set<number>();
  for (const { chains } of tables)
    for (const { rules } of chains)
      for (const { listed: text, place } of rules) if (text !== undefined && place) listed.add(place.start);
  return listed.size === 0
    ? problems
    : problems.filter(({ code, span }) => code !== 'nft-refused' || !span || !listed.has(span.start));
}

function pathProblems({ tables }: NftRuleset, source: Source): readonly Problem[] {
  return tables.flatMap(checkPaths).map(({ rule, refusal }) => {
    const { start, end, source: own } = rule.place as Place;
    return {
      code: 'nft-refused',
      severity: 'error',
      message: refusal.message,
      span: { source: own ?? source, start, end },
      ...(refusal.expected !== undefined && { expected: refusal.expected }),
    } as const;
  });
}
