import type { Family } from '../address/address.ts';
import type { IrProgram } from '../engine/ir.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import type { Source, Span } from '../text/source.ts';
import type { Claim } from './claims.ts';
import type { Judgement } from './prove.ts';

/** The rules that expectations were asked about. */
export interface TestedRules {
  /** A dump's path; of compiled rules `NODE.FAMILY.save` of the expectation file. */
  readonly name: string;
  readonly compiled: boolean;
  /** What is walked, and the texts that it is from, with the tables that stand in each. */
  readonly program: IrProgram;
  readonly texts: readonly { readonly source: Source; readonly tables: ReadonlySet<string> }[];
  /** The rules of iptables; null: all are of nft. */
  readonly iptables: { readonly ruleset: Ruleset; readonly source: Source } | null;
}

/** One expectation on one node, and what was found out about it. */
export interface TestResult {
  readonly file: string;
  readonly name: string;
  /** Null: the rules are a dump's, and nobody named a node. */
  readonly node: string | null;
  readonly family: Family;
  /** The whole expectation in its file. */
  readonly span: Span;
  readonly claims: readonly Claim[];
  readonly judgement: Judgement;
  readonly rules: TestedRules;
}

/** Whether every claim holds, for every packet. */
export function hasPassed({ judgement }: TestResult): boolean {
  return judgement.findings.length === 0;
}
