import type { NftChain, NftTable } from '../../../nftables/model.ts';
import { placeOfNamed } from '../../../nftables/named.ts';
import type { ChainsOfTable } from '../made-chains.ts';
import { NftIrChain, type TableScope } from './chain.ts';

/** The chains of a table of nft. */
export class NftChains implements ChainsOfTable<NftIrChain> {
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

  *names(): Iterable<string> {
    for (const { name } of this.sources) yield name;
  }

  *values(): Iterable<NftIrChain> {
    for (let place = 0; place < this.sources.length; place += 1) yield this.at(place);
  }
}
