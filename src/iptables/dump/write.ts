import type { Counters, Rule, Ruleset, Table } from '../rule/ruleset.ts';
import { type ChainText, DumpWriter, type Spelling } from './dump-writer.ts';

/** How a ruleset is spelt. Default: as `iptables-save` does, with the counters that there are. */
export interface WriteOptions {
  readonly spelling?: Spelling;
  /** `keep` those that are there; `zero`: all `[0:0]`; `drop`: none on rules, `[0:0]` on chains. */
  readonly counters?: CounterStyle;
}

/** What becomes of counters. */
export type CounterStyle = 'keep' | 'zero' | 'drop';

/** The text of a ruleset, which iptables-restore loads. Every line ends with a newline; there are no dated comments. */
export function writeDump(ruleset: Ruleset, options: WriteOptions = {}): string {
  return new TextDecoder().decode(encodeDump(ruleset, options));
}

/** The same in UTF-8. */
export function encodeDump(ruleset: Ruleset, options: WriteOptions = {}): Uint8Array {
  const { spelling = 'save', counters = 'keep' } = options;
  const writer = new DumpWriter(spelling);
  for (const table of ruleset.tables) {
    const rules = rulesOf(writer, table, counters);
    const inOrder = spelling === 'save' ? rules : [...rules].sort(byPlace);
    for (const { chain, rule } of inOrder) {
      chain.append(rule.matches, rule.target, undefined, ruleCounters(rule, counters));
    }
  }
  return writer.finish();
}

interface WrittenRule {
  readonly chain: ChainText;
  readonly rule: Rule;
}

function byPlace(left: WrittenRule, right: WrittenRule): number {
  return left.rule.at - right.rule.at;
}

/** Declares a table's chains and goes through their rules, chain by chain. */
function* rulesOf(writer: DumpWriter, table: Table, style: CounterStyle): Iterable<WrittenRule> {
  const chains = Array.from(table.chains.values(), ({ name, policy, counters, rules }) => {
    const printed = style === 'keep' && counters ? printCounters(counters) : '[0:0]';
    return { chain: writer.chain(table.name, name, policy, printed), rules };
  });
  for (const { chain, rules } of chains) for (const rule of rules) yield { chain, rule };
}

function printCounters({ packets, bytes }: Counters): string {
  return `[${packets}:${bytes}]`;
}

function ruleCounters({ counters }: Rule, style: CounterStyle): string {
  if (style === 'zero') return '[0:0] ';
  return style === 'keep' && counters ? `${printCounters(counters)} ` : '';
}
