import { printTarget } from '../rule/print.ts';
import {
  builtInChains,
  type Chain,
  type Rule,
  type Ruleset,
  type Table,
  type TableName,
} from '../rule/ruleset.ts';
import { notShown, type Target } from '../rule/target.ts';
import type { Entry, Section } from './sections.ts';

/** Chains of a table before whose first rule, and behind whose last one, there may be rules that are not shown. */
export interface Opens {
  readonly starts: Set<string>;
  readonly ends: Set<string>;
}

/** The chain that a line is about. */
export function chainOf(line: Entry['line'] | undefined): string | undefined {
  if (line === undefined || line.kind === 'omission') return undefined;
  return line.kind === 'rule' ? line.chain : line.name;
}

/** Which chains of a section are not shown from their beginning to their end. */
export function openChains(section: Section, { starts, ends }: Opens): void {
  const { table, saved, ended, isPicked, entries } = section;
  const names = new Set(entries.flatMap(({ line }) => chainOf(line) ?? []));
  const declared = new Set(entries.flatMap(({ line }) => (line.kind === 'chain' ? [line.name] : [])));
  for (const name of names) if (isPicked || !declared.has(name)) ends.add(name);
  const cut = entries.filter(({ line }) => line.kind === 'omission').length > 0 || !ended;
  if (saved || table === null) for (const name of declared) if (cut && isEmpty(name, entries)) ends.add(name);
  if (!saved && table !== null)
    for (const hook of builtInChains[table]) if (!declared.has(hook)) ends.add(hook);
  entries.forEach(({ line }, at) => {
    if (line.kind !== 'omission') return;
    const [before, after] = [chainOf(entries[at - 1]?.line), chainOf(entries[at + 1]?.line)];
    if (before === after) return;
    if (before !== undefined) ends.add(before);
    if (after !== undefined && entries[at + 1]?.line.kind === 'rule') starts.add(after);
  });
  const last = chainOf(entries.at(-1)?.line);
  if (!ended && last !== undefined) ends.add(last);
}

function isEmpty(name: string, entries: readonly Entry[]): boolean {
  return !entries.some(({ line }) => line.kind === 'rule' && line.chain === name);
}

/** What was added to rules for what a text does not show. */
export interface Opened {
  readonly ruleset: Ruleset;
  /** The added rules, a line for each, so that they can be pointed at as well. */
  readonly lines: readonly string[];
  /** The built-in chains whose jump to kube-proxy's chains was assumed. */
  readonly assumed: readonly string[];
}

/**
 * Puts a rule of which nothing is known wherever rules may be that are not shown; `end` is where the text ends. A built-in
 * chain of which nothing is shown gets the jump that every kube-proxy puts at its head, where the chain that it leads to
 * is shown.
 */
export function withOpens(ruleset: Ruleset, opens: ReadonlyMap<TableName, Opens>, end: number): Opened {
  const opener = new Opener(end);
  const names = new Set([...ruleset.tables.map(({ name }) => name), ...opens.keys()]);
  const tables = [...names].map((name): Table => {
    const known = ruleset.tables.find((table) => table.name === name);
    const open = opens.get(name);
    return open ? opener.table(known ?? { name, chains: new Map() }, open) : (known as Table);
  });
  return { ruleset: { ...ruleset, tables }, lines: opener.lines, assumed: opener.assumed };
}

/** The same of tables that are not shown at all, of which nothing is known then. */
export function withTablesOpen(ruleset: Ruleset, tables: readonly TableName[], end: number): Opened {
  const opens = tables.map(
    (table) => [table, { starts: new Set<string>(), ends: new Set(builtInChains[table]) }] as const,
  );
  const { notShown = [], ...known } = ruleset;
  const left = notShown.filter((table) => !tables.includes(table));
  return withOpens({ ...known, ...(left.length > 0 && { notShown: left }) }, new Map(opens), end);
}

/** From which built-in chain every release of kube-proxy jumps where. */
const proxyJumps: Readonly<Record<string, string>> = {
  'nat PREROUTING': 'KUBE-SERVICES',
  'nat OUTPUT': 'KUBE-SERVICES',
  'nat POSTROUTING': 'KUBE-POSTROUTING',
  'filter FORWARD': 'KUBE-FORWARD',
};

class Opener {
  readonly lines: string[] = [];
  readonly assumed: string[] = [];
  private at: number;

  constructor(end: number) {
    this.at = end;
  }

  table({ name, chains }: Table, { starts, ends }: Opens): Table {
    const hooks: readonly string[] = builtInChains[name];
    const all = new Map<string, Chain>(chains);
    for (const chain of new Set([...starts, ...ends])) {
      const policy = hooks.includes(chain) ? ('ACCEPT' as const) : null;
      const { rules, ...rest } = all.get(chain) ?? { name: chain, policy, rules: [] };
      const first = starts.has(chain) ? [this.open(chain)] : [];
      const isOpen = ends.has(chain) && !endsAll(rules.at(-1));
      const usual = rules.length === 0 ? this.usual(name, chain, chains) : [];
      const last = isOpen ? [this.open(chain)] : [];
      all.set(chain, { ...rest, rules: [...first, ...usual, ...rules, ...last] });
    }
    return { name, chains: all };
  }

  private usual(table: TableName, chain: string, chains: Table['chains']): Rule[] {
    const to = proxyJumps[`${table} ${chain}`];
    if (to === undefined || (chains.get(to)?.rules.length ?? 0) === 0) return [];
    this.assumed.push(chain);
    return [this.rule(chain, { kind: 'jump', chain: to, returns: true })];
  }

  /** A rule of which nothing is known: neither what it asks nor what it does. */
  private open(chain: string): Rule {
    return this.rule(chain, { kind: 'other', name: notShown, words: [], understood: false });
  }

  private rule(chain: string, target: Target): Rule {
    const line = `-A ${chain}${printTarget(target)}`;
    const { at } = this;
    this.lines.push(line);
    this.at += line.length + 1;
    return { matches: [], target, at };
  }
}

/** Whether no packet comes behind a rule, so that what follows it does not matter. */
function endsAll(rule: Rule | undefined): boolean {
  if (!rule || rule.matches.some(({ kind }) => kind !== 'comment')) return false;
  const { target } = rule;
  return (
    target !== null && ['verdict', 'reject', 'dnat', 'snat', 'masquerade', 'redirect'].includes(target.kind)
  );
}
