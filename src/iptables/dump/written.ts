import type { Family } from '../../address/address.ts';
import type { Source } from '../../text/source.ts';
import type { Chain, Counters, Policy, Rule, Ruleset, Table } from '../rule/ruleset.ts';
import type { PlacedChain, WrittenTable } from './dump-writer.ts';
import { readChain, readDump } from './read.ts';

/**
 * Reads a dump that `DumpWriter` wrote: each chain when its rules are asked for. Nothing is looked for that cannot be
 * wrong in such a dump: whoever wrote it answers for its jumps.
 */
export function readWritten(source: Source, family: Family, tables: readonly WrittenTable[]): Ruleset {
  const whole = wholeOf(source, family);
  return { family, checked: true, tables: tables.map((table) => lazyTable(source, family, table, whole)) };
}

/** Who asks for more chains than this will ask for all of them, and all at once are read three times as fast. */
const mostByThemselves = 200;

/** All chains of a dump, once so many were asked for. */
function wholeOf(source: Source, family: Family): () => Ruleset | null {
  let asked = 0;
  let whole: Ruleset | null = null;
  return () => {
    asked += 1;
    if (asked > mostByThemselves) whole ??= readDump(source, { family, open: true }).ruleset;
    return whole;
  };
}

function lazyTable(
  source: Source,
  family: Family,
  { name, chains: written }: WrittenTable,
  wholeIfWorth: () => Ruleset | null,
): Table {
  const chains = new Map<string, Chain>();
  const read = (chain: PlacedChain) => {
    const whole = wholeIfWorth()?.tables.find((table) => table.name === name);
    if (whole) return whole.chains.get(chain.name)?.rules ?? [];
    const text = source.text.slice(chain.start, chain.end);
    const placed = { name: chain.name, policy: chain.policy, base: chain.start };
    return readChain({ name: source.name, text }, { family, open: true }, name, placed, chains);
  };
  for (const chain of written) chains.set(chain.name, new WrittenChain(chain, read));
  return { name, chains };
}

/** A class, because a large cluster has a hundred thousand of them, and getters of their own would cost each a table. */
class WrittenChain implements Chain {
  readonly name: string;
  readonly policy: Policy | null;
  readonly #placed: PlacedChain;
  readonly #read: (chain: PlacedChain) => readonly Rule[];
  #rules: readonly Rule[] | undefined;

  constructor(placed: PlacedChain, read: (chain: PlacedChain) => readonly Rule[]) {
    this.name = placed.name;
    this.policy = placed.policy;
    if (placed.policy) this.counters = noCounters;
    this.#placed = placed;
    this.#read = read;
  }

  declare readonly counters?: Counters;

  get rules(): readonly Rule[] {
    this.#rules ??= this.#read(this.#placed);
    return this.#rules;
  }
}

const noCounters: Counters = { packets: 0n, bytes: 0n };
