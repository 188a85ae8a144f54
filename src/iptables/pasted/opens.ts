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
  /** There may be chains that are not shown. */
  partly: boolean;
}

/** The chain that a line is about. */
export function chainOf(line: Entry['line'] | undefined): string | undefined {
  if (line === undefined || line.kind === 'omission') return undefined;
  return line.kind === 'rule' ? line.chain : line.name;
}

/** Which chains of a section are not shown from their beginning to their end. */
export function openChains(section: Section, opens: Opens): void {
  const { starts, ends } = opens;
  const { table, saved, isPicked, entries, stump } = section;
  const names = new Set(entries.flatMap(({ line }) => chainOf(line) ?? []));
  const declared = new Set(entries.flatMap(({ line }) => (line.kind === 'chain' ? [line.name] : [])));
  const filled = new Set(entries.flatMap(({ line }) => (line.kind === 'rule' ? [line.chain] : [])));
  const breaks = breaksOff(section);
  const isMixed = breaks && !isPrinted(section, declared);
  for (const name of names) if (isPicked || isMixed || !declared.has(name)) ends.add(name);
  const cut = breaks || entries.some(({ line }) => line.kind === 'omission');
  if (cut && (saved || table !== null)) for (const name of declared) if (!filled.has(name)) ends.add(name);
  if (table !== null && (!saved || (breaks && mayDeclareMore(section, declared))))
    for (const hook of builtInChains[table]) if (!declared.has(hook)) ends.add(hook);
  entries.forEach(({ line }, at) => {
    if (line.kind !== 'omission') return;
    const [before, after] = [chainOf(entries[at - 1]?.line), chainOf(entries[at + 1]?.line)];
    if (before === after) return;
    if (before !== undefined) ends.add(before);
    if (after !== undefined && entries[at + 1]?.line.kind === 'rule') starts.add(after);
  });
  const last = chainOf(entries.at(-1)?.line);
  if (breaks && last !== undefined) ends.add(last);
  if (stump?.chain != null) ends.add(stump.chain);
  if (!showsAllChains(section, declared)) opens.partly = true;
}

/** iptables declares all chains of a table, and those of the kernel first, unless it is asked for one; in a listing each with its rules. */
function showsAllChains(section: Section, declared: ReadonlySet<string>): boolean {
  const { saved, isPicked, entries } = section;
  const lacks = entries.some(
    ({ line }, at) =>
      line.kind === 'omission' &&
      (at === 0 || [entries[at - 1], entries[at + 1]].some((beside) => beside?.line.kind === 'chain')),
  );
  if (isPicked || lacks) return false;
  if (breaksOff(section) && mayDeclareMore(section, declared)) return false;
  if (saved) return true;
  const isListed = entries.some(({ line }) => line.kind === 'chain' && line.listed);
  return declaresHook(section, declared) && !(isListed && breaksOff(section));
}

function declaresHook({ table }: Section, declared: ReadonlySet<string>): boolean {
  return table !== null && builtInChains[table].some((hook) => declared.has(hook));
}

/** Whether more of it may follow, which is not shown. */
function breaksOff({ ended, stump }: Section): boolean {
  return !ended || stump !== null;
}

/** What iptables prints goes chain by chain, in the order in which it declares them: a chain is whole behind which another one has rules. */
function isPrinted(section: Section, declared: ReadonlySet<string>): boolean {
  const { saved, entries } = section;
  if (saved && !declaresHook(section, declared)) return false;
  const order = new Map([...declared].map((name, at) => [name, at]));
  let last = 0;
  return entries.every(({ line }) => {
    if (line.kind !== 'rule' || line.text.endsWith(` -j ${notShown}`)) return true;
    const at = order.get(line.chain) ?? -1;
    const isNext = at >= last;
    last = at;
    return isNext;
  });
}

/** Whether it breaks off before the first rule, behind which no chain is declared; what is loaded need not declare those that are there. */
function mayDeclareMore(section: Section, declared: ReadonlySet<string>): boolean {
  const { entries, stump } = section;
  const hasRules = entries.some(({ line }) => line.kind === 'rule') || stump?.chain != null || stump?.begun;
  return !hasRules || !declaresHook(section, declared);
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
    (table) =>
      [table, { starts: new Set<string>(), ends: new Set(builtInChains[table]), partly: true }] as const,
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

  table({ name, chains }: Table, { starts, ends, partly }: Opens): Table {
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
    return { name, chains: all, ...(partly && { partly }) };
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
