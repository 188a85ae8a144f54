import type { Family } from '../../../address/address.ts';
import type { Policy, Rule } from '../../../iptables/rule/ruleset.ts';
import type { NftChain, NftFamily, NftObject, NftRule, NftSet } from '../../../nftables/model.ts';
import { spellStatement } from '../../../nftables/print/statements.ts';
import { printRule } from '../../../nftables/print/tables.ts';
import type { Instruction, IrChain, IrRule } from '../../ir.ts';
import { type Choice, choiceIn } from './choice.ts';
import type { Scope } from './scope.ts';
import { lowerStatement } from './statements.ts';
import { toldRule } from './told.ts';

/** What all rules of a table share. */
export interface TableScope {
  readonly family: Family;
  readonly table: NftFamily;
  readonly tableName: string;
  readonly sets: ReadonlyMap<string, NftSet>;
  readonly objects: readonly NftObject[];
  readonly changed: ReadonlySet<string>;
  readonly chains: { get(name: string): NftIrChain | undefined };
}

/** A chain of nft, whose rules are made when it is first entered, and lowered when they are first tried. */
export class NftIrChain implements IrChain {
  readonly language = 'nftables';
  readonly name: string;
  readonly table: string;
  readonly policy: Policy | null;
  private readonly source: NftChain;
  private readonly scope: TableScope;
  private made: readonly NftIrRule[] | undefined;
  private chosen: Choice | null | undefined;

  constructor(source: NftChain, scope: TableScope) {
    this.name = source.name;
    this.table = scope.tableName;
    this.policy = source.base ? (source.base.policy === 'drop' ? 'DROP' : 'ACCEPT') : null;
    this.source = source;
    this.scope = scope;
  }

  /** What it does, where that can be told without lowering it, as of nearly all chains of services: there are many. */
  get choice(): Choice | null {
    if (this.chosen === undefined) this.chosen = choiceIn(this.source);
    return this.chosen;
  }

  get isChoice(): boolean {
    return this.choice !== null;
  }

  get rules(): readonly NftIrRule[] {
    this.made ??= this.source.rules.map(
      (rule, index) => new NftIrRule(rule, this.name, index + 1, this.scope),
    );
    return this.made;
  }
}

class NftIrRule implements IrRule {
  readonly language = 'nftables';
  readonly table: string;
  readonly chain: string;
  readonly number: number;
  private readonly source: NftRule;
  private readonly scope: TableScope;
  private lowered: readonly (readonly Instruction[])[] | undefined;
  private joined: readonly Instruction[] | undefined;
  private told: Rule | undefined;

  constructor(source: NftRule, chain: string, number: number, scope: TableScope) {
    this.table = scope.tableName;
    this.chain = chain;
    this.number = number;
    this.source = source;
    this.scope = scope;
  }

  get rule(): Rule {
    this.told ??= toldRule(this.source, this.code);
    return this.told;
  }

  get jump(): IrChain | null {
    const last = this.source.statements.at(-1);
    return last?.kind === 'verdict' && 'chain' in last ? (this.scope.chains.get(last.chain) ?? null) : null;
  }

  get code(): readonly Instruction[] {
    this.joined ??= this.parts.flat();
    return this.joined;
  }

  get text(): string {
    return printRule(this.source);
  }

  sayInstruction(instruction: Instruction): string | undefined {
    const part = this.parts.findIndex((own) => own.includes(instruction));
    const statement = this.source.statements[part];
    return statement && spellStatement(statement, {});
  }

  /** The code of each statement. */
  private get parts(): readonly (readonly Instruction[])[] {
    this.lowered ??= this.lower();
    return this.lowered;
  }

  private lower(): readonly (readonly Instruction[])[] {
    const { table, chain, number, scope } = this;
    return this.source.statements.map((statement, part) => {
      const own: Scope = { ...scope, place: `${table}/${chain}/${number}/${part}` };
      return lowerStatement(statement, own);
    });
  }
}
