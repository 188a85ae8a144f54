import { printMatch, printTarget } from '../../iptables/rule/print.ts';
import type { Rule } from '../../iptables/rule/ruleset.ts';
import { spellMatch } from './matches.ts';
import { both, type Clauses, type GapCode, type SpellContext } from './spelled.ts';
import { spellTarget } from './targets.ts';

/** A rule as rules of nft: as many as there are ways to match, of which a packet takes one at most. */
export interface SpelledRule {
  readonly texts: readonly string[];
  /** Why it is not quite the same, and which part of it. */
  readonly but?: Doubt;
  /** As the rule has it, where it differs. */
  readonly comment?: string;
}

export interface Doubt {
  readonly code: GapCode;
  readonly part: string;
}

/** A rule that nft has no form of. */
export interface UnwrittenRule {
  readonly unwritten: Doubt;
}

/** Ways of one rule that become rules. */
const mostWays = 16;

export function spellRule(rule: Rule, family: Omit<SpellContext, 'protocol'>): SpelledRule | UnwrittenRule {
  const context: SpellContext = { ...family, protocol: protocolOf(rule) };
  let ways: readonly Clauses[] = [[]];
  let but: Doubt | undefined;
  for (const match of rule.matches) {
    const spelled = spellMatch(match, context);
    const part = printMatch(match).trim();
    if ('gap' in spelled) return { unwritten: { code: spelled.gap, part } };
    if (spelled.but) but ??= { code: spelled.but, part };
    ways = both(ways, spelled.ways);
    if (ways.length > mostWays) return { unwritten: { code: 'no-nft-form', part } };
  }
  const target = spellTarget(rule.target, context);
  const part = rule.target ? printTarget(rule.target).trim() : '';
  if ('gap' in target) return { unwritten: { code: target.gap, part } };
  if (target.but) but ??= { code: target.but, part };
  const { text, isChanged } = commentOf(rule);
  const end = [counterOf(rule), ...target.clauses, ...(text === '' ? [] : [`comment "${text}"`])];
  return {
    texts: ways.map((clauses) => [...clauses, ...end].join(' ')),
    ...(but && { but }),
    ...(isChanged && { comment: text }),
  };
}

function protocolOf({ matches }: Rule): number | undefined {
  const match = matches.find(({ kind }) => kind === 'protocol');
  return match?.kind === 'protocol' && !match.negated ? match.protocol : undefined;
}

/** iptables counts in every rule, after its matches and before its target. */
function counterOf({ counters }: Rule): string {
  return counters ? `counter packets ${counters.packets} bytes ${counters.bytes}` : 'counter';
}

const mostCommentBytes = 128;

/** The comments of a rule as the one that nft knows, which holds no double quotes and 128 bytes at most. */
function commentOf({ matches }: Rule): { readonly text: string; readonly isChanged: boolean } {
  const texts = matches.flatMap((match) => (match.kind === 'comment' ? [match.text] : []));
  const whole = texts.join('; ');
  let text = whole.replace(/["\\\n]/g, "'");
  while (Buffer.byteLength(text) > mostCommentBytes - 1) text = text.slice(0, -1);
  return { text, isChanged: text !== whole || texts.length > 1 };
}
