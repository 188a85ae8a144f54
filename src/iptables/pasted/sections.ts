import { builtInChains, type TableName } from '../rule/ruleset.ts';
import type { Backend } from '../rule/syntax.ts';
import type { PastedLine } from './lines.ts';
import type { Stump } from './stump.ts';
import { tableOfHooks, tableOfLine } from './tables.ts';

/** A line that belongs to a table. */
export interface Entry {
  readonly index: number;
  readonly line: Extract<PastedLine, { readonly kind: 'chain' | 'rule' | 'omission' }>;
}

/** The line with which a section breaks off, and which is not read: nobody knows what it would have gone on with. */
export interface LastLine extends Stump {
  readonly index: number;
}

/** Lines of one table that stand together. */
export interface Section {
  readonly table: TableName | null;
  /** iptables-save wrote the table: with all of its chains, and beside it all other tables. */
  readonly saved: boolean;
  /** The table was ended, or what printed it had no need to. */
  readonly ended: boolean;
  /** Something between left lines out. */
  readonly isPicked: boolean;
  /** Null: nothing says it. */
  readonly backend: Backend | null;
  readonly entries: readonly Entry[];
  /** Null: its last line is ended, or whole as far as it can be told. */
  readonly stump: LastLine | null;
}

interface Draft {
  table: TableName | null;
  saved: boolean;
  ended: boolean;
  isPicked: boolean;
  backend: Backend | null;
  entries: Entry[];
  stump: LastLine | null;
}

/** The sections that are read, and those that show again what another shows. */
export interface Sections {
  readonly read: readonly Section[];
  readonly again: readonly Section[];
}

/**
 * Parts the lines of a text by tables: at the commands that printed them, at `*table`, and where a chain comes anew. A line
 * among those of a table that is not understood may be a rule: there something was left out.
 */
export function sectionsOf(lines: readonly PastedLine[]): Sections {
  const declared = new Map<TableName, Set<string>>();
  const read: Section[] = [];
  const again: Section[] = [];
  for (const section of allSections(lines)) {
    const known =
      section.table === null ? new Set<string>() : (declared.get(section.table) ?? new Set<string>());
    const names = section.entries.flatMap(({ line }) => (line.kind === 'chain' ? [line.name] : []));
    if (names.some((name) => known.has(name))) again.push(section);
    else read.push(section);
    if (section.table !== null) declared.set(section.table, new Set([...known, ...names]));
  }
  return { read, again };
}

function allSections(lines: readonly PastedLine[]): readonly Section[] {
  const drafts: Draft[] = [];
  let open: Draft | null = null;
  let backend: Backend | null = null;
  let isPicked = false;
  let unread: Entry[] = [];
  const begin = (table: TableName | null, saved: boolean): Draft => {
    unread = [];
    open = { table, saved, ended: !saved, isPicked, backend, entries: [], stump: null };
    drafts.push(open);
    return open;
  };
  lines.forEach((line, index) => {
    if (open && line.behind) open.stump = { ...line.behind, index };
    if (open && line.stump && isCut(open, line)) {
      open.stump = { ...line.stump, index };
      return;
    }
    if (line.kind === 'command' || line.kind === 'generated') backend = line.backend;
    if (line.kind === 'command') isPicked = line.isPicked;
    if (line.kind === 'next') {
      open = null;
      backend = null;
      isPicked = false;
      unread = [];
    }
    if (line.kind === 'command') begin(line.table, false);
    else if (line.kind === 'table') {
      // What iptables-save was asked for is what it prints.
      if (open && !open.saved && open.entries.length === 0) drafts.pop();
      begin(line.table, true);
    } else if (line.kind === 'commit') {
      if (open) Object.assign(open, { ended: true, entries: [...open.entries, ...unread] });
      open = null;
    } else if (line.kind === 'other') unread.push({ index, line: { kind: 'omission' } });
    else if (line.kind === 'chain' || line.kind === 'rule' || line.kind === 'omission') {
      const into = open && !beginsAnew(open, line) ? open : begin(null, false);
      into.entries.push(...unread, { index, line });
      unread = [];
    }
  });
  const shown = drafts.filter(({ table, entries }) => table !== null || entries.length > 0);
  return shown.flatMap(({ entries, ...rest }) => byEvidence({ ...rest, entries }));
}

/**
 * Whether a line that is not ended may be the beginning of a longer one. What iptables-save prints, and `iptables -S`, is ended; a rule that
 * somebody picked out is one as long as nothing speaks against it.
 */
function isCut({ saved, entries }: Draft, line: PastedLine): boolean {
  if (line.kind === 'prompt' || line.kind === 'commit') return false;
  if (saved || entries.some((entry) => entry.line.kind === 'chain')) return true;
  if (line.kind !== 'rule' || entries.length === 0) return false;
  const [, to] = / -[jg] (\S+)$/.exec(line.text) ?? [];
  if (to === undefined) return !/ -[jg] /.test(line.text);
  const names = new Set(entries.map((entry) => ('chain' in entry.line ? entry.line.chain : '')));
  return !names.has(to) && [...names].some((name) => name.startsWith(to));
}

/**
 * All that iptables prints of one table declares a chain once, those of the kernel in the order in which packets meet them, and before
 * the rules unless it is a listing.
 */
function beginsAnew({ entries, saved }: Draft, line: Entry['line']): boolean {
  if (saved || line.kind !== 'chain') return false;
  const names = entries.flatMap((entry) => (entry.line.kind === 'chain' ? [entry.line.name] : []));
  const isPast = names.some((name) => rankOf(name) > rankOf(line.name));
  return (
    names.includes(line.name) || isPast || (!line.listed && entries.some(({ line }) => line.kind === 'rule'))
  );
}

/** The last two change places in what iptables-nft of old versions prints. A chain that is none of the kernel's has no place. */
const ranks: Readonly<Record<string, number>> = {
  PREROUTING: 0,
  INPUT: 1,
  FORWARD: 2,
  OUTPUT: 3,
  POSTROUTING: 3,
};
const rankOf = (chain: string): number => (isHook(chain) ? (ranks[chain] as number) : Number.NaN);

/** Says the table of a section that nobody has named, by its built-in chains or by what its lines can only be of. */
function byEvidence(section: Section): readonly Section[] {
  if (section.table !== null) return [section];
  const hooks = new Set(
    section.entries.flatMap(({ line }) => (line.kind === 'chain' && isHook(line.name) ? [line.name] : [])),
  );
  const named = tableOfHooks(hooks) ?? (isSaved(section) ? mostSigns(section) : undefined);
  if (named) return [{ ...section, table: named }];
  return parted(section);
}

/** Chains are declared before the rules: iptables-save or `iptables -S` printed it, of one table. */
function isSaved({ entries: [first] }: Section): boolean {
  return first?.line.kind === 'chain' && !first.line.listed;
}

/** The table of which most rules are, of lines of one table; some names are of several. */
function mostSigns({ entries }: Section): TableName | undefined {
  const counts = new Map<TableName, number>();
  for (const entry of entries) {
    const table = entry.line.kind === 'rule' ? tableOf(entry) : undefined;
    if (table) counts.set(table, (counts.get(table) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1])[0]?.[0];
}

const isHook = (name: string) => (builtInChains.mangle as readonly string[]).includes(name);

/** Lines that grep picked of several tables: a chain stays in the table in which it was seen first. */
function parted(section: Section): readonly Section[] {
  const known = new Map<string, TableName>();
  let current = section.entries.map(tableOf).find((table) => table !== undefined) ?? null;
  const parts: Draft[] = [];
  for (const entry of section.entries) {
    const chain = entry.line.kind === 'rule' ? entry.line.chain : null;
    current = tableOf(entry) ?? (chain === null ? undefined : known.get(chain)) ?? current;
    if (chain !== null && current) known.set(chain, current);
    const last = parts.at(-1);
    if (last && last.table === current) last.entries.push(entry);
    else parts.push({ ...section, table: current, entries: [entry] });
  }
  return parts;
}

function tableOf({ line }: Entry): TableName | undefined {
  if (line.kind === 'omission') return undefined;
  if (line.kind === 'rule' && (line.chain === 'FORWARD' || line.chain === 'INPUT')) return 'filter';
  return tableOfLine(line.text);
}
