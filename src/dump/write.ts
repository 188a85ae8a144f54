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
  const lines = new Lines();
  for (const table of ruleset.tables) {
    lines.push(`*${table.name}`);
    tableWriters[spelling](lines, table, counters);
    lines.push('COMMIT');
  }
  return lines.text();
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

  text(): string {
    this.#flatten();
    return this.#flat.join('');
  }

  #flatten(): void {
    if (this.#fresh.length === 0) return;
    this.#fresh.push('');
    this.#flat.push(this.#fresh.join('\n'));
    this.#fresh.length = 0;
  }
}

type TableWriter = (lines: Lines, table: Table, counters: CounterStyle) => void;

const tableWriters = {
  save(lines, table, counters) {
    const chains = sortedChains(table);
    for (const chain of chains) lines.push(printChain(chain, counters));
    for (const { name, rules } of chains) {
      const start = `-A ${name}`;
      for (const rule of rules) lines.push(ruleCounters(rule, counters) + printRule(start, rule));
    }
  },
  restore(lines, table, counters) {
    const rules: { readonly start: string; readonly rule: Rule }[] = [];
    for (const chain of table.chains.values()) {
      lines.push(printChain(chain, counters));
      const start = `-A ${chain.name}`;
      for (const rule of chain.rules) rules.push({ start, rule });
    }
    rules.sort((left, right) => left.rule.at - right.rule.at);
    for (const { start, rule } of rules)
      lines.push(ruleCounters(rule, counters) + printForRestore(start, rule));
  },
} satisfies Record<Spelling, TableWriter>;

/** All built-in chains of the table in hook order, as the kernel has them all, then the user's by byte value. */
function sortedChains({ name, chains }: Table): Chain[] {
  const builtIn: readonly string[] = builtInChains[name];
  const names = [...chains.keys()].filter((chain) => !builtIn.includes(chain)).sort();
  return [...builtIn, ...names].map(
    (chain) => chains.get(chain) ?? { name: chain, policy: 'ACCEPT', rules: [] },
  );
}

function printChain({ name, policy, counters }: Chain, style: CounterStyle): string {
  return `:${name} ${policy ?? '-'} ${style === 'keep' && counters ? printCounters(counters) : '[0:0]'}`;
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
