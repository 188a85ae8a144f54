import type { Family } from '../../address/address.ts';
import type { KeptSet } from './kept-set.ts';
import type { Match } from './match.ts';
import type { Target } from './target.ts';

/** The tables of netfilter, in the order in which a hook asks them (nat before filter, security last). */
export const tableNames = ['raw', 'mangle', 'nat', 'filter', 'security'] as const;
/** The name of a table. */
export type TableName = (typeof tableNames)[number];

/** The hooks, which are also the names of the built-in chains. */
export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** Something for each hook. */
export function perHook<T>(of: (hook: Hook) => T): Readonly<Record<Hook, T>> {
  return {
    PREROUTING: of('PREROUTING'),
    INPUT: of('INPUT'),
    FORWARD: of('FORWARD'),
    OUTPUT: of('OUTPUT'),
    POSTROUTING: of('POSTROUTING'),
  };
}

/** The built-in chains of each table, in the kernel's order, which is the order in which they are printed. */
export const builtInChains: Readonly<Record<TableName, readonly Hook[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
};

/** What becomes of packets that reach the end of a built-in chain. */
export type Policy = 'ACCEPT' | 'DROP';

/** Packets, and their bytes, that a rule or policy decided on. */
export interface Counters {
  readonly packets: bigint;
  readonly bytes: bigint;
}

/** What one family's netfilter holds. Tables stand in the order of the text they came from. */
export interface Ruleset {
  readonly family: Family;
  readonly tables: readonly Table[];
  /** Tables that the text does not show, and that are taken to have no rules; absent: it shows all that there are. */
  readonly notShown?: readonly TableName[];
  /** What the node's sets hold, by name; absent: nobody says. */
  readonly kept?: ReadonlyMap<string, KeptSet>;
  /** Its jumps lead to chains that there are, and in no circle: whoever wrote it answers for that. */
  readonly checked?: true;
}

/** A table of a ruleset. */
export interface Table {
  readonly name: TableName;
  /** By name, in the order in which the text declares them. */
  readonly chains: ReadonlyMap<string, Chain>;
  /** The text does not show all of its chains: there may be others. */
  readonly partly?: true;
}

/** A chain and its rules, which are tried in their order. */
export interface Chain {
  readonly name: string;
  /** Of a built-in chain; null for a user's chain, which has none. */
  readonly policy: Policy | null;
  readonly counters?: Counters;
  readonly rules: readonly Rule[];
}

/** One thing that a rule may do, for packets that also match this, or with a share by chance. */
export interface RuleWay {
  readonly matches: readonly Match[];
  readonly target: Target | null;
  /** What else it asks, as nft prints it. */
  readonly asked?: readonly string[];
  /** Null: chance has no part in it. */
  readonly share: { readonly n: bigint; readonly d: bigint } | null;
}

/** A rule: what must hold, and what is done then. */
export interface Rule {
  /**
   * What must all hold, in canonical order: the base options as the kernel tests them (source, destination,
   * in-interface, out-interface, protocol, fragment), then the extensions from left to right as they were written.
   */
  readonly matches: readonly Match[];
  /** Null: the rule has no target; its matches are tried, for their side effects, and the packet goes on. */
  readonly target: Target | null;
  readonly counters?: Counters;
  /** Of a rule of nft that looks up or chooses: what it may do. A rule of iptables does one thing. */
  readonly ways?: readonly RuleWay[];
  /** Of a rule of nft: all that it asks, as nft prints it. */
  readonly asked?: readonly string[];
  /**
   * Where the rule stands among all of its ruleset: the offset of its line in a dump, its number when compiled. Rules
   * that were written one after the other can so be told in that order, over chains.
   */
  readonly at: number;
  /** Whatever its maker wants to find again (the decision behind a compiled rule). Never read by this library. */
  readonly origin?: unknown;
}

/** Whether a chain is a hook of the table, which the kernel itself enters. */
export function isBuiltIn(table: TableName, chain: string): chain is Hook {
  return (builtInChains[table] as readonly string[]).includes(chain);
}
