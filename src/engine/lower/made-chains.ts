/** The chains of a table by their names, each made when somebody asks for it: there may be a hundred thousand, and a packet enters few. */
export interface ChainsOfTable<C> {
  readonly size: number;
  get(name: string): C | undefined;
  names(): Iterable<string>;
  values(): Iterable<C>;
}

/** All chains of several tables, by `table/chain`. */
export class MadeChains<C extends { readonly name: string }> implements ReadonlyMap<string, C> {
  private readonly tables: ReadonlyMap<string, ChainsOfTable<C>>;

  constructor(tables: ReadonlyMap<string, ChainsOfTable<C>>) {
    this.tables = tables;
  }

  get size(): number {
    let size = 0;
    for (const chains of this.tables.values()) size += chains.size;
    return size;
  }

  get(key: string): C | undefined {
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

  forEach(tell: (chain: C, key: string, map: MadeChains<C>) => void): void {
    for (const [key, chain] of this) tell(chain, key, this);
  }

  *entries(): MapIterator<[string, C]> {
    for (const [table, chains] of this.tables)
      for (const chain of chains.values()) yield [`${table}/${chain.name}`, chain];
  }

  *keys(): MapIterator<string> {
    for (const [table, chains] of this.tables) for (const name of chains.names()) yield `${table}/${name}`;
  }

  *values(): MapIterator<C> {
    for (const chains of this.tables.values()) yield* chains.values();
  }

  [Symbol.iterator](): MapIterator<[string, C]> {
    return this.entries();
  }
}
