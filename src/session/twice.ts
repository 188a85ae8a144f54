import type { Ruleset, Table } from '../iptables/rule/ruleset.ts';
import type { NftRuleset, NftTable } from '../nftables/model.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { SessionDetail } from './detail.ts';
import { backendSaid } from './families.ts';

/**
 * A ruleset of nft without the tables of iptables-nft that a dump has, too: the dump alone tells all of their rules. Tables of
 * iptables-legacy are others, though they have the same names.
 */
export function withoutTwice(
  { tables }: NftRuleset,
  { ruleset, source }: { readonly ruleset: Ruleset; readonly source: Source },
  own: Source,
): { readonly ruleset: NftRuleset; readonly found: readonly Problem[] } {
  const family = ruleset.family === 'ipv4' ? 'ip' : 'ip6';
  const isLegacy = backendSaid(source) === 'legacy';
  const found: Problem[] = [];
  const kept = tables.filter((table) => {
    const dumped =
      table.family === family ? ruleset.tables.find(({ name }) => name === table.name) : undefined;
    if (!dumped || isLegacy) return true;
    if (sameChains(table, dumped)) return false;
    found.push(notAlike(table, source, own));
    return true;
  });
  return { ruleset: { tables: kept }, found };
}

function sameChains({ chains }: NftTable, dumped: Table): boolean {
  const names = chains.map(({ name }) => name);
  // iptables-nft makes built-in chains when they are first needed, and prints all of them.
  return (
    names.every((name) => dumped.chains.has(name)) &&
    [...dumped.chains.values()].every(({ name, policy }) => policy !== null || names.includes(name))
  );
}

function notAlike({ family, name }: NftTable, dump: Source, own: Source): Problem {
  return {
    code: 'table-twice',
    severity: 'warning',
    ...told<SessionDetail>({
      code: 'tables-not-alike',
      table: family,
      name,
      one: own.name,
      other: dump.name,
    }),
    expected: want.thing('both-at-once'),
  };
}
