import type { Family } from '../address/address.ts';
import { beyondScope, type LeftOut, placesOf } from '../diff/scope.ts';
import { readDump } from '../iptables/dump/read.ts';
import { readTaken } from '../nftables/check/load.ts';
import type { NftChain, NftFamily, NftTable } from '../nftables/model.ts';
import { isNft } from '../nftables/read/recognise.ts';
import { refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
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

/** A table of `inet` may stop packets of either family, as may those of a bridge or an interface. */
function placesOfTables(tables: readonly NftTable[], family: Family): readonly LeftOut[] {
  return tables
    .filter((table) => table.name !== 'kube-proxy' && table.family !== otherFamily[family])
    .flatMap(({ family: of, name, chains }) => chains.flatMap((chain) => placeIn(`${of} ${name}`, chain)));
}

function placeIn(table: string, { name, base, rules }: NftChain): readonly LeftOut[] {
  const drops = base?.policy === 'drop';
  if (rules.length === 0 && !drops) return [];
  return [{ table, chain: name, rules: rules.length, ...(drops && { policy: 'DROP' }) }];
}
