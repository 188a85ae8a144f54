import type { Family } from '../address/address.ts';
import { beyondScope, type LeftOut, placesOf, type Scope } from '../diff/scope.ts';
import { readDump } from '../iptables/dump/read.ts';
import { writeDump } from '../iptables/dump/write.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import { readTaken } from '../nftables/check/load.ts';
import type { NftChain, NftFamily, NftRuleset, NftTable } from '../nftables/model.ts';
import { isNft } from '../nftables/read/recognise.ts';
import { refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { loadedText } from './canonical-text.ts';
import { familySaid, splitFamilies } from './families.ts';
import type { OthersLeftOut } from './note.ts';

/** Of a node's rules in the other language than that of kube-proxy's, by family; null: there are none. Throws an InputError. */
export function leftOutBeside(
  side: string,
  texts: readonly Source[],
): Readonly<Record<Family, OthersLeftOut | null>> {
  const read = (family: Family) =>
    noteOf(
      side,
      texts.flatMap((text) => placesBeside(text, family)),
    );
  return { ipv4: read('ipv4'), ipv6: read('ipv6') };
}

/** What a scope leaves out of a node's rules. */
export interface Beyond {
  readonly places: readonly LeftOut[];
  /** Equal where the rules are. */
  readonly text: string;
}

/** Null: a scope leaves nothing out. */
export function beyondOf(ruleset: Ruleset, tables: readonly NftTable[]): Beyond | null {
  const places = [...placesOf(ruleset), ...placesIn(tables)];
  if (places.length === 0) return null;
  return { places, text: `${writeDump(ruleset, { counters: 'drop' })}${loadedText({ tables })}` };
}

/** kube-proxy's own tables, and no others, of its scope. */
export function tablesInScope({ tables }: NftRuleset, scope: Scope): NftRuleset {
  return { tables: scope === 'all' ? tables : tables.filter(isProxys) };
}

/** The others that packets of the family may meet. */
export function tablesBeyondScope({ tables }: NftRuleset, scope: Scope, family: Family): readonly NftTable[] {
  return scope === 'all' ? [] : tables.filter((table) => !isProxys(table) && isMetBy(table, family));
}

const isProxys = ({ name }: NftTable): boolean => name === 'kube-proxy';

/** A table of `inet` may stop packets of either family, as may those of a bridge or an interface. */
const isMetBy = (table: NftTable, family: Family): boolean => table.family !== otherFamily[family];

/** On each of two sides what was left out of it, where it was something. */
export function leftOutOfSides(
  sides: readonly { readonly name: string; readonly beyond: Beyond | null }[],
): readonly OthersLeftOut[] {
  const alike = sides.every(({ beyond }) => beyond?.text === sides[0]?.beyond?.text);
  return sides.flatMap(({ name: side, beyond }): readonly OthersLeftOut[] =>
    beyond ? [{ code: 'others-left-out', side, owners: [], places: beyond.places, alike }] : [],
  );
}

/** The same of tables of nft among which kube-proxy's are. */
export function leftOutOfTables(
  side: string,
  tables: readonly NftTable[],
  family: Family,
): OthersLeftOut | null {
  return noteOf(side, placesOfTables(tables, family));
}

function noteOf(side: string, places: readonly LeftOut[]): OthersLeftOut | null {
  return places.length > 0 ? { code: 'others-left-out', side, owners: [], places, alike: false } : null;
}

function placesBeside(text: Source, family: Family): readonly LeftOut[] {
  if (!isNft(text.text)) {
    const dump = dumpOf(text, family);
    return dump ? placesOf(beyondScope(readDump(dump, { family, open: true }).ruleset, 'kube-proxy')) : [];
  }
  const { ruleset, problems } = readTaken(text);
  refuseErrors(problems);
  return placesOfTables(ruleset.tables, family);
}

function dumpOf(text: Source, family: Family): Source | undefined {
  const dumps = splitFamilies(text);
  if (dumps.length > 0) return dumps.find((one) => one.family === family)?.source;
  return (familySaid(text) ?? family) === family ? text : undefined;
}

const otherFamily: Readonly<Record<Family, NftFamily>> = { ipv4: 'ip6', ipv6: 'ip' };

function placesOfTables(tables: readonly NftTable[], family: Family): readonly LeftOut[] {
  return placesIn(tablesBeyondScope({ tables }, 'kube-proxy', family));
}

function placesIn(tables: readonly NftTable[]): readonly LeftOut[] {
  return tables.flatMap(({ family: of, name, chains }) =>
    chains.flatMap((chain) => placeIn(`${of} ${name}`, chain)),
  );
}

function placeIn(table: string, { name, base, rules }: NftChain): readonly LeftOut[] {
  const drops = base?.policy === 'drop';
  if (rules.length === 0 && !drops) return [];
  return [{ table, chain: name, rules: rules.length, ...(drops && { policy: 'DROP' }) }];
}
