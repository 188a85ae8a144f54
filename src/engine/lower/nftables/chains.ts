import type { NftChain, NftTable } from '../../../nftables/model.ts';
import { placeOfNamed } from '../../../nftables/named.ts';
import { NftIrChain, type TableScope } from './chain.ts';

/** The chains of a table by their names, each made when somebody asks for it: there may be a hundred thousand, and a packet enters few. */
export class ChainsOfTable {
  private readonly sources: readonly NftChain[];
  private readonly scope: TableScope;
  private readonly made: NftIrChain[] = [];

  constructor({ chains }: NftTable, scope: Omit<TableScope, 'chains'>) {
    this.sources = chains;
    this.scope = { ...scope, chains: this };
  }

  get size(): number {
    return this.sources.length;
  }

  get(name: string): NftIrChain | undefined {
    const at = placeOfNamed(this.sources, name);
    return at === undefined ? undefined : this.at(at);
  }

  at(place: number): NftIrChain {
    this.made[place] ??= new NftIrChain(this.sources[place] as NftChain, this.scope);
    return this.made[place];
  }

  *values(): MapIterator<NftIrChain> {
    for (let place = 0; place < this.sources.length; place += 1) yield this.at(place);
  }
}

/** All chains of a ruleset, by `table/chain`. */
export class ChainsOfRuleset implements ReadonlyMap<string, NftIrChain> {
  private readonly tables: ReadonlyMap<string, ChainsOfTable>;

  constructor(tables: ReadonlyMap<string, ChainsOfTable>) {
    this.tables = tables;
  }

  get size(): number {
    let size = 0;
    for (const chains of this.tables.values()) size += chains.size;
    return size;
  }

  get(key: string): NftIrChain | undefined {
    // Names of tables may have slashes, too.
    for (const [table, chains] of this.tables) {
      const isHere = key.startsWith(table) && key[table.length] === '/';
      const chain = isHere ? chains.get(key.slice(table.length + 1)) : undefined;
      if (chain) return chain;
    }
    return undefined;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  forEach(tell: (chain: NftIrChain, key: string, map: ChainsOfRuleset) => void): void {
    for (const [key, chain] of this) tell(chain, key, this);
  }

  *entries(): MapIterator<[string, NftIrChain]> {
    for (const [table, chains] of this.tables)
      for (const chain of chains.values()) yield [`${table}/${chain.name}`, chain];
  }

  *keys(): MapIterator<string> {
    for (const [key] of this) yield key;
  }

  *values(): MapIterator<NftIrChain> {
    for (const [, chain] of this) yield chain;
  }

  [Symbol.iterator](): MapIterator<[string, NftIrChain]> {
    return this.entries();
  }
}
