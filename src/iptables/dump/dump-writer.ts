import type { Match } from '../rule/match.ts';
import { builtInChains, type Policy, type TableName } from '../rule/ruleset.ts';
import type { Target } from '../rule/target.ts';
import type { ChainWriter, RulesetWriter } from '../rule/writer.ts';
import { LineStore } from './line-store.ts';
import { printForRestore } from './restore-spelling.ts';
import { printForSave } from './save-spelling.ts';

/** `save`: what iptables-save prints. `restore`: what kube-proxy sends to iptables-restore. */
export type Spelling = 'save' | 'restore';

interface RuleSpelling {
  /** Chains are sorted, each with its rules; else all stand in the order in which they were written. */
  readonly sorts: boolean;
  print(start: string, matches: readonly Match[], target: Target | null): string;
}

const spellings: Readonly<Record<Spelling, RuleSpelling>> = {
  save: { sorts: true, print: printForSave },
  restore: { sorts: false, print: printForRestore },
};

/** Where the lines of a chain stand in a dump: offsets, `end` exclusive. */
export interface PlacedChain {
  readonly name: string;
  readonly policy: Policy | null;
  readonly start: number;
  readonly end: number;
}

/** The chains of a table in the order of their declarations. */
export interface WrittenTable {
  readonly name: TableName;
  readonly chains: readonly PlacedChain[];
}

/** Spells rules as they come. Every line ends with a newline; there are no dated comments. */
export class DumpWriter implements RulesetWriter {
  readonly #spelling: RuleSpelling;
  readonly #lines = new LineStore();
  readonly #tables = new Map<TableName, TableText>();

  constructor(spelling: Spelling = 'save') {
    this.#spelling = spellings[spelling];
  }

  chain(table: TableName, name: string, policy: Policy | null = null, counters = noCounters): ChainText {
    return this.#table(table).chain(name, policy, counters);
  }

  newChain(table: TableName, name: string): ChainText {
    return this.#table(table).declare(name, usualDeclaration);
  }

  /** The dump of what was written, in UTF-8. */
  finish(): Uint8Array {
    return this.#lines.gather(Array.from(this.#tables.values(), (table) => table.finish().owners).flat());
  }

  /** The same with the places of all chains, each of which stands in one piece: of the spelling `save` alone. */
  finishPlaced(): { readonly dump: Uint8Array; readonly tables: readonly WrittenTable[] } {
    const finished = Array.from(this.#tables.values(), (table) => table.finish());
    const starts: number[] = [];
    const dump = this.#lines.gather(
      finished.flatMap(({ owners }) => owners),
      starts,
    );
    let first = 0;
    const tables = Array.from(this.#tables.values(), (table, index): WrittenTable => {
      const { owners, chains } = finished[index] as FinishedTable;
      // The head of the table comes first.
      const own = table.placed(chains, starts, first + 1);
      first += owners.length;
      return own;
    });
    return { dump, tables };
  }

  #table(name: TableName): TableText {
    let table = this.#tables.get(name);
    if (!table) {
      table = new TableText(name, this.#lines, this.#spelling);
      this.#tables.set(name, table);
    }
    return table;
  }
}

const noCounters = '[0:0]';
const usualDeclaration = `- ${noCounters}`;

/** Who owns the lines of a table, in their order: its head, its rules, its end; and the chains in theirs, by number. */
interface FinishedTable {
  readonly owners: readonly number[];
  readonly chains: readonly number[];
}

class TableText {
  readonly #name: TableName;
  readonly #lines: LineStore;
  readonly #spelling: RuleSpelling;
  readonly #rules: number;
  readonly #chains = new Map<string, ChainText>();
  // By the number of a chain: its name, what follows that where it is declared, and who owns its rules.
  readonly #names: string[] = [];
  readonly #declarations: string[] = [];
  readonly #owners: number[] = [];

  constructor(name: TableName, lines: LineStore, spelling: RuleSpelling) {
    this.#name = name;
    this.#lines = lines;
    this.#spelling = spelling;
    this.#rules = lines.owner();
  }

  chain(name: string, policy: Policy | null, counters: string): ChainText {
    let chain = this.#chains.get(name);
    if (!chain) {
      chain = this.declare(name, `${policy ?? '-'} ${counters}`);
      this.#chains.set(name, chain);
    }
    return chain;
  }

  declare(name: string, declaration: string): ChainText {
    const owner = this.#spelling.sorts ? this.#lines.owner() : this.#rules;
    this.#names.push(name);
    this.#declarations.push(declaration);
    this.#owners.push(owner);
    return new ChainText(name, owner, this.#lines, this.#spelling);
  }

  finish(): FinishedTable {
    const { sorts } = this.#spelling;
    const chains = sorts ? this.#sorted() : [...this.#names.keys()];
    const head = this.#lines.owner();
    this.#lines.append(head, `*${this.#name}`);
    for (const chain of chains) {
      this.#lines.append(head, `:${this.#names[chain]} ${this.#declarations[chain]}`);
    }
    const end = this.#lines.owner();
    this.#lines.append(end, 'COMMIT');
    const rules = sorts ? chains.map((chain) => this.#owners[chain] as number) : [this.#rules];
    return { owners: [head, ...rules, end], chains };
  }

  /** `starts[first]` is where the first of the chains begins, and each ends where the next one begins. */
  placed(chains: readonly number[], starts: readonly number[], first: number): WrittenTable {
    return {
      name: this.#name,
      chains: chains.map((number, index) => ({
        name: this.#names[number] as string,
        policy: policyOf(this.#declarations[number] as string),
        start: starts[first + index] as number,
        end: starts[first + index + 1] as number,
      })),
    };
  }

  /**
   * All built-in chains of the table in hook order, then the user's by byte value. The kernel has all of the former: one
   * that nobody declared accepts.
   */
  #sorted(): number[] {
    const builtIn: readonly string[] = builtInChains[this.#name];
    for (const name of builtIn) this.chain(name, 'ACCEPT', noCounters);
    const numbers = new Map(Array.from(this.#names, (name, number) => [name, number]));
    const others = this.#names.filter((name) => !builtIn.includes(name)).sort();
    return [...builtIn, ...others].map((name) => numbers.get(name) as number);
  }
}

const policyOf = (declaration: string): Policy | null =>
  declaration.startsWith('-') ? null : (declaration.slice(0, declaration.indexOf(' ')) as Policy);

export class ChainText implements ChainWriter {
  readonly name: string;
  readonly #owner: number;
  readonly #lines: LineStore;
  readonly #spelling: RuleSpelling;

  constructor(name: string, owner: number, lines: LineStore, spelling: RuleSpelling) {
    this.name = name;
    this.#owner = owner;
    this.#lines = lines;
    this.#spelling = spelling;
  }

  /** `counters`: as they are printed before the rule, with a blank behind them. */
  append(matches: readonly Match[], target: Target | null, _origin?: unknown, counters = ''): void {
    this.#lines.append(this.#owner, this.#spelling.print(`${counters}-A ${this.name}`, matches, target));
  }
}
