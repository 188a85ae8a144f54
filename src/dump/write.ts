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
  const lines: string[] = [];
  for (const table of ruleset.tables) {
    lines.push(`*${table.name}`);
    tableWriters[spelling](lines, table, counters);
    lines.push('COMMIT');
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

type TableWriter = (lines: string[], table: Table, counters: CounterStyle) => void;

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
  const builtIn = builtInChains[name];
  const user = [...chains.values()].filter((chain) => !(builtIn as readonly string[]).includes(chain.name));
  user.sort((left, right) => (left.name < right.name ? -1 : 1));
  return [
    ...builtIn.map((hook) => chains.get(hook) ?? ({ name: hook, policy: 'ACCEPT', rules: [] } as const)),
    ...user,
  ];
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
