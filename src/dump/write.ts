import { printMatch, printTarget } from '../rule/print.ts';
import {
  builtInChains,
  type Chain,
  type Counters,
  type Rule,
  type Ruleset,
  type Table,
} from '../rule/ruleset.ts';
import { printForRestore } from './restore-spelling.ts';

/** `save`: what iptables-save prints. `restore`: what kube-proxy sends to iptables-restore. */
export type Spelling = 'save' | 'restore';

export interface WriteOptions {
  readonly spelling?: Spelling;
  /** `keep` those that are there; `zero`: all `[0:0]`; `drop`: none on rules, `[0:0]` on chains. */
  readonly counters?: CounterStyle;
}

export type CounterStyle = 'keep' | 'zero' | 'drop';

/** The text of a ruleset, which iptables-restore loads. Every line ends with a newline; there are no dated comments. */
export function writeDump(ruleset: Ruleset, options: WriteOptions = {}): string {
  const { spelling = 'save', counters = 'keep' } = options;
  const tables = ruleset.tables.map((table) => {
    const lines = tableWriters[spelling](table, counters);
    return `*${table.name}\n${lines}COMMIT\n`;
  });
  return tables.join('');
}

/**
 * Collects lines. A line is put together of many strings, which V8 keeps as a tree until somebody reads it; so some
 * hundreds at a time are made one flat text, and the trees die before the garbage collector has copied them.
 */
class Lines {
  readonly #flat: string[] = [];
  readonly #fresh: string[] = [];

  push(line: string): void {
    if (this.#fresh.push(line) === 512) this.#flatten();
  }

  /** What was collected, each line with its newline. The collection is empty then. */
  take(): string {
    this.#flatten();
    const text = this.#flat.length === 1 ? (this.#flat[0] as string) : this.#flat.join('');
    this.#flat.length = 0;
    return text;
  }

  #flatten(): void {
    if (this.#fresh.length === 0) return;
    this.#fresh.push('');
    this.#flat.push(this.#fresh.join('\n'));
    this.#fresh.length = 0;
  }
}

type TableWriter = (table: Table, counters: CounterStyle) => string;

const tableWriters = {
  /** Each chain is printed where it stands, and the texts are sorted: neighbours in the list are neighbours in memory. */
  save(table, counters) {
    const lines = new Lines();
    const bodies = new Map<string, string>();
    for (const { name, rules } of table.chains.values()) {
      const start = `-A ${name}`;
      for (const rule of rules) lines.push(ruleCounters(rule, counters) + printRule(start, rule));
      bodies.set(name, lines.take());
    }
    const names = sortedNames(table);
    for (const name of names) lines.push(printChain(name, table.chains.get(name), counters));
    return lines.take() + names.map((name) => bodies.get(name) ?? '').join('');
  },
  restore(table, counters) {
    const lines = new Lines();
    const rules: { readonly start: string; readonly rule: Rule }[] = [];
    for (const chain of table.chains.values()) {
      lines.push(printChain(chain.name, chain, counters));
      const start = `-A ${chain.name}`;
      for (const rule of chain.rules) rules.push({ start, rule });
    }
    rules.sort((left, right) => left.rule.at - right.rule.at);
    for (const { start, rule } of rules) {
      lines.push(ruleCounters(rule, counters) + printForRestore(start, rule));
    }
    return lines.take();
  },
} satisfies Record<Spelling, TableWriter>;

/** All built-in chains of the table in hook order, as the kernel has them all, then the user's by byte value. */
function sortedNames({ name, chains }: Table): string[] {
  const builtIn: readonly string[] = builtInChains[name];
  return [...builtIn, ...[...chains.keys()].filter((chain) => !builtIn.includes(chain)).sort()];
}

/** A built-in chain that nobody declared is there all the same, and accepts. */
function printChain(name: string, chain: Chain | undefined, style: CounterStyle): string {
  const policy = chain ? (chain.policy ?? '-') : 'ACCEPT';
  const counters = style === 'keep' && chain?.counters ? printCounters(chain.counters) : '[0:0]';
  return `:${name} ${policy} ${counters}`;
}

function printCounters({ packets, bytes }: Counters): string {
  return `[${packets}:${bytes}]`;
}

function ruleCounters({ counters }: Rule, style: CounterStyle): string {
  if (style === 'zero') return '[0:0] ';
  return style === 'keep' && counters ? `${printCounters(counters)} ` : '';
}

function printRule(start: string, { matches, target }: Rule): string {
  let text = start;
  for (const match of matches) text += printMatch(match);
  return target === null ? text : text + printTarget(target);
}
