import { want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import type { NftRule, NftRuleset, NftTable } from '../model.ts';
import { meantBy } from './lost.ts';

/** Tables and base chains of iptables. */
const tables: ReadonlySet<string> = new Set(['filter', 'nat', 'mangle', 'raw', 'security']);
const chains: ReadonlySet<string> = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);

/**
 * Rules that iptables-nft made are kept as nft listed them, which is not as nft takes them; what nft does not tell of them is a warning
 * (`nft-lost`). Such tables have the names of iptables, and each of their rules counts.
 */
export function keepListed(
  { tables: all }: NftRuleset,
  source: Source,
): { readonly ruleset: NftRuleset; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const kept = all.map((table) => {
    const listed = isOfIptables(table) ? withListed(table, source) : null;
    if (!listed) return table;
    const problem = lossOf(listed, source);
    if (problem) problems.push(problem);
    return listed;
  });
  return { ruleset: { tables: kept }, problems };
}

function isOfIptables({ family, name, chains: own }: NftTable): boolean {
  if ((family !== 'ip' && family !== 'ip6') || !tables.has(name)) return false;
  const bases = own.filter(({ base }) => base);
  if (bases.length === 0 || !bases.every(({ name: chain }) => chains.has(chain))) return false;
  return own.every(({ rules }) => rules.every(({ statements }) => statements.some(isCounterOrUnknown)));
}

const isCounterOrUnknown = ({ kind }: NftRule['statements'][number]) =>
  kind === 'counter' || kind === 'unknown';

/**
 * Null where the text is not as nft lists it: a rule on each line, after two tabs. Who copies it may turn them into other blanks, which are
 * the same before all rules then, and the counters have their numbers.
 */
function withListed(table: NftTable, source: Source): NftTable | null {
  const margins = new Set<string>();
  const own: NftTable['chains'][number][] = [];
  for (const chain of table.chains) {
    const rules: NftRule[] = [];
    for (const rule of chain.rules) {
      const line = lineOf(rule, source);
      if (line === null || !(line.margin === '\t\t' || isCounted(line.listed))) return null;
      margins.add(line.margin);
      rules.push({ ...rule, statements: rule.statements.map(meantBy), listed: line.listed });
    }
    own.push({ ...chain, rules });
  }
  return margins.size > 1 ? null : { ...table, chains: own };
}

const isCounted = (listed: string): boolean => / counter packets \d+ bytes \d+/.test(` ${listed}`);

function lineOf(
  { place }: NftRule,
  { text }: Source,
): { readonly margin: string; readonly listed: string } | null {
  if (!place || place.source) return null;
  const begin = text.lastIndexOf('\n', place.start) + 1;
  const margin = text.slice(begin, place.start);
  const listed = text.slice(place.start, place.end);
  return /^[ \t]*$/.test(margin) && !/[\t\n]/.test(listed) ? { margin, listed } : null;
}

function lossOf({ family, name, chains: own }: NftTable, source: Source): Problem | null {
  const rules = own.flatMap((chain) => chain.rules);
  const lost = rules.find(({ statements }) => statements.some(({ kind }) => kind === 'xt'));
  if (!lost?.place) return null;
  const { start, end } = lost.place;
  return {
    code: 'nft-lost',
    severity: 'warning',
    message: `table ${family} ${name} is managed by iptables-nft, and nft does not tell the parameters of extensions`,
    span: { source, start, end },
    expected: want.printed(family === 'ip' ? 'iptables-save' : 'ip6tables-save'),
  };
}
