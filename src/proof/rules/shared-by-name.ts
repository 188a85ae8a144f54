import type { Address } from '../../address/address.ts';
import { firstRead } from '../../iptables/dump/written.ts';
import type { Match, OtherMatch } from '../../iptables/rule/match.ts';
import type { Rule, Ruleset } from '../../iptables/rule/ruleset.ts';
import { rewritten } from './rewritten.ts';

/** What the first rule that names a list or a table has made of it. */
interface Made {
  /** Masks of the lists of `recent` (xt_recent.c, recent_mt_check). */
  readonly masks: Map<string, Address>;
  /** Rates, bursts and modes of the tables of `hashlimit` (xt_hashlimit.c, hashlimit_mt_check_common: one that is there is taken as it is). */
  readonly rates: Map<string, string>;
}

/**
 * What is shared by name is as the first rule made it: so rules that print the same do not do the same where others stand
 * before them. Here each rule says what counts.
 */
export function withShared(ruleset: Ruleset): Ruleset {
  const made: Made = { masks: new Map(), rates: new Map() };
  let differ = false;
  for (const { chains } of ruleset.tables)
    for (const chain of chains.values())
      for (const { matches } of firstRead(chain).rules)
        for (const match of matches) {
          if (match.kind === 'recent') differ ||= firstOf(made.masks, match.name, match.mask) !== match.mask;
          const table = tableOf(match);
          if (table) differ ||= firstOf(made.rates, table.name, table.rate) !== table.rate;
        }
  return differ ? rewrite(ruleset, made) : ruleset;
}

function firstOf<T>(known: Map<string, T>, name: string, value: T): T {
  if (!known.has(name)) known.set(name, value);
  return known.get(name) as T;
}

const naming = '--hashlimit-name';

/** The table that a match of `hashlimit` asks, and all else that it says. */
function tableOf(match: Match): { readonly name: string; readonly rate: string } | null {
  if (match.kind !== 'other' || match.name !== 'hashlimit') return null;
  const at = match.words.indexOf(naming);
  if (at === -1) return null;
  return { name: match.words[at + 1] ?? '', rate: match.words.toSpliced(at, 2).join(' ') };
}

function rewrite(ruleset: Ruleset, { masks, rates }: Made): Ruleset {
  const telling = (match: Match): Match => {
    if (match.kind === 'recent') return { ...match, mask: masks.get(match.name) ?? match.mask };
    const table = tableOf(match);
    const first = table && rates.get(table.name);
    return first && first !== table.rate
      ? named(match as OtherMatch, `${table.name}, made with ${first}`)
      : match;
  };
  const ofRule = (rule: Rule): Rule => ({ ...rule, matches: rule.matches.map(telling) });
  const isTold = ({ matches }: Rule) => matches.some((match) => match.kind === 'recent' || tableOf(match));
  return rewritten(ruleset, (rule) => (isTold(rule) ? ofRule(rule) : rule));
}

function named(match: OtherMatch, name: string): OtherMatch {
  return { ...match, words: match.words.with(match.words.indexOf(naming) + 1, name) };
}
