import { NftProgram } from '../engine/lower/nftables/program.ts';
import { chainKey, lowerRuleset } from '../engine/program.ts';
import type { Ruleset, TableName } from '../iptables/rule/ruleset.ts';
import { loadNft } from '../nftables/check/load.ts';
import { readNft } from '../nftables/read/read.ts';
import { provesSame, sameEntries } from '../proof/alike/rules.ts';
import { type Problem, refuseErrors } from '../text/problem.ts';
import type { Gap, TranslationNote } from './gap.ts';
import { chainNames, tableName } from './names.ts';
import { headerOf } from './spell/spelled.ts';
import { type Written, type WrittenChain, writeTables } from './write.ts';

/** A rule set of iptables in nft's language. */
export interface Translation {
  /** What `nft -f` loads; null where a rule is not in it, as a ruleset without it would let through, or stop, what it should not. */
  readonly ruleset: string | null;
  readonly rules: number;
  /** Rules that are not proved to do the same, each with its reason; none: it is all proved. */
  readonly gaps: readonly Gap[];
  readonly notes: readonly TranslationNote[];
}

/**
 * Translates, reads the result again as nft would, and compares rule by rule what either means. What is not proved is a gap: nothing is left
 * out without a word.
 */
export function translateRuleset(ruleset: Ruleset): Translation {
  const written = writeTables(ruleset);
  const refused = refusals(written);
  const doubted = new Set([...written.gaps, ...refused].map(placeOf));
  const unproved = refused.length > 0 ? [] : compare(ruleset, written, doubted);
  const gaps = [...written.gaps, ...refused, ...unproved].toSorted((left, right) => left.at - right.at);
  const isWhole = gaps.every(({ written: isThere }) => isThere);
  return {
    ruleset: isWhole ? written.text : null,
    rules: written.chains.reduce((sum, { counts }) => sum + counts.length, 0),
    gaps,
    notes: written.notes,
  };
}

const placeOf = ({ table, chain, number }: Pick<Gap, 'table' | 'chain' | 'number'>): string =>
  `${table}/${chain}/${number}`;

/** Rules that nft would refuse, by the lines at which it would. */
function refusals({ text, chains }: Written): readonly Gap[] {
  const problems = loadNft({ name: 'translation', text }).problems.filter(
    ({ severity }) => severity === 'error',
  );
  if (problems.length === 0) return [];
  const rules = linesOf(text, chains);
  return problems.map((problem): Gap => {
    const line = problem.span ? text.slice(0, problem.span.start).split('\n').length - 1 : -1;
    const place = rules.get(line);
    if (!place) refuseErrors([problem]);
    const { chain, number } = place as { chain: WrittenChain; number: number };
    return {
      code: 'refused',
      table: chain.table,
      chain: chain.chain.name,
      number,
      part: problem.message,
      written: false,
      at: chain.chain.rules[number - 1]?.at ?? 0,
    };
  });
}

/** Which rule stands in which line. */
function linesOf(text: string, chains: readonly WrittenChain[]) {
  const lines = text.split('\n');
  const rules = new Map<number, { readonly chain: WrittenChain; readonly number: number }>();
  let at = 0;
  for (const chain of chains) {
    at = lines.indexOf(`\tchain ${chain.name} {`, at) + 1;
    if (lines[at]?.startsWith('\t\ttype ')) at += 1;
    chain.counts.forEach((count, index) => {
      for (let more = 0; more < count; more += 1, at += 1) rules.set(at, { chain, number: index + 1 });
    });
  }
  return rules;
}

/** Compares the program of the rules with that of what was written, read again. */
function compare(ruleset: Ruleset, written: Written, doubted: ReadonlySet<string>): readonly Gap[] {
  const { family } = ruleset;
  const { ruleset: read, problems } = readNft({ name: 'translation', text: written.text });
  refuseErrors(problems as readonly Problem[]);
  const program = lowerRuleset(ruleset);
  const translated = new NftProgram(read, family);
  const names = new Map(ruleset.tables.map((table) => [table.name as string, chainNames(table)] as const));
  const inNft = (table: string, chain: string) =>
    `${headerOf[family]} ${tableName(table as TableName)}/${names.get(table)?.get(chain) ?? chain}`;
  const gaps: Gap[] = [];
  const gap = (place: Pick<Gap, 'table' | 'chain' | 'number' | 'at'>, part: string) =>
    gaps.push({ ...place, code: 'not-proved', part, written: true });
  for (const { table, chain, counts } of written.chains) {
    const rules = program.chains.get(chainKey(table, chain.name))?.rules ?? [];
    const others = translated.chains.get(inNft(table, chain.name))?.rules ?? [];
    let from = 0;
    counts.forEach((count, index) => {
      const place = { table, chain: chain.name, number: index + 1, at: chain.rules[index]?.at ?? 0 };
      const group = others.slice(from, from + count);
      from += count;
      const rule = rules[index];
      if (doubted.has(placeOf(place))) return;
      const isSame =
        rule && group.length === count && provesSame(rule, group, family, names.get(table) ?? new Map());
      if (!isSame) gap(place, '');
    });
    if (from !== others.length)
      gap(
        { table, chain: chain.name, number: 0, at: chain.rules[0]?.at ?? 0 },
        'more rules than were written',
      );
  }
  if (!sameEntries(program, translated, inNft)) {
    const first = written.chains[0];
    if (first)
      gap({ table: first.table, chain: first.chain.name, number: 0, at: 0 }, 'where chains are entered');
  }
  return gaps;
}
