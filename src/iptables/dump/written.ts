import type { Family } from '../../address/address.ts';
import { keptByBoth } from '../../text/kept.ts';
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
  const ruleset: Ruleset = {
    family,
    checked: true,
    tables: tables.map((table) => lazyTable(source, family, table, whole)),
  };
  texts.set(ruleset, source.text);
  return ruleset;
}

const texts = new WeakMap<Ruleset, string>();

/** The dump that a rule set was read from, where `DumpWriter` wrote it: in canonical order and spelling, without counters. */
export function writtenText(ruleset: Ruleset): string | undefined {
  return texts.get(ruleset);
}

/**
 * The second rule set with the chains that are written in the first as well read there: two versions of a cluster have
 * nearly all of them in common. The same where either was not written by `DumpWriter`.
 */
export const withChainsOf = keptByBoth((first: Ruleset, second: Ruleset): Ruleset => {
  const text = texts.get(second);
  if (text === undefined || !texts.has(first) || first === second) return second;
  const tables = second.tables.map((table): Table => {
    const others = first.tables.find(({ name }) => name === table.name)?.chains;
    const chains = Array.from(table.chains.values(), (chain) => repeated(others?.get(chain.name), chain));
    return { name: table.name, chains: new Map(chains.map((chain) => [chain.name, chain])) };
  });
  const ruleset: Ruleset = { ...second, tables };
  texts.set(ruleset, text);
  return ruleset;
});

function repeated(first: Chain | undefined, chain: Chain): Chain {
  if (!(first instanceof WrittenChain) || !(chain instanceof WrittenChain)) return chain;
  return first.policy === chain.policy && first.text === chain.text
    ? new RepeatedChain(first, chain.start - first.start)
    : chain;
}

/** The chain that was read where another one says the same, rule by rule, in another place: what is kept of either is kept of it. */
export function firstRead(chain: Chain): Chain {
  return chain instanceof RepeatedChain ? chain.first : chain;
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
  for (const chain of written) chains.set(chain.name, new WrittenChain(source, chain, read));
  return { name, chains };
}

/** A class, because a large cluster has a hundred thousand of them, and getters of their own would cost each a table. */
class WrittenChain implements Chain {
  readonly name: string;
  readonly policy: Policy | null;
  readonly #source: Source;
  readonly #placed: PlacedChain;
  readonly #read: (chain: PlacedChain) => readonly Rule[];
  #rules: readonly Rule[] | undefined;

  constructor(source: Source, placed: PlacedChain, read: (chain: PlacedChain) => readonly Rule[]) {
    this.name = placed.name;
    this.policy = placed.policy;
    if (placed.policy) this.counters = noCounters;
    this.#source = source;
    this.#placed = placed;
    this.#read = read;
  }

  declare readonly counters?: Counters;

  get rules(): readonly Rule[] {
    this.#rules ??= this.#read(this.#placed);
    return this.#rules;
  }

  get text(): string {
    return this.#source.text.slice(this.#placed.start, this.#placed.end);
  }

  get start(): number {
    return this.#placed.start;
  }
}

/** A chain whose lines stand in another dump, too: only where they stand differs. */
class RepeatedChain implements Chain {
  readonly name: string;
  readonly policy: Policy | null;
  readonly first: WrittenChain;
  readonly #further: number;
  #rules: readonly Rule[] | undefined;

  constructor(first: WrittenChain, further: number) {
    this.name = first.name;
    this.policy = first.policy;
    if (first.policy) this.counters = noCounters;
    this.first = first;
    this.#further = further;
  }

  declare readonly counters?: Counters;

  get rules(): readonly Rule[] {
    this.#rules ??= this.first.rules.map((rule) => ({ ...rule, at: rule.at + this.#further }));
    return this.#rules;
  }
}

const noCounters: Counters = { packets: 0n, bytes: 0n };
