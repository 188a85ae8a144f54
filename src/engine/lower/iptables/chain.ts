import type { Family } from '../../../address/address.ts';
import type { Chain, Policy, Rule, Table, TableName } from '../../../iptables/rule/ruleset.ts';
import type { Instruction, IrChain, IrRule } from '../../ir.ts';
import type { ChainsOfTable } from '../made-chains.ts';
import { lowerMatch } from './matches.ts';
import { lowerTarget } from './targets.ts';

/** The chains of a table of iptables. */
export class LoweredChains implements ChainsOfTable<LoweredChain> {
  private readonly table: Table;
  private readonly family: Family;
  private readonly made = new Map<string, LoweredChain>();

  constructor(table: Table, family: Family) {
    this.table = table;
    this.family = family;
  }

  get size(): number {
    return this.table.chains.size;
  }

  get(name: string): LoweredChain | undefined {
    const known = this.made.get(name);
    if (known) return known;
    const source = this.table.chains.get(name);
    if (!source) return undefined;
    const chain = new LoweredChain(this.table.name, source, this.family, this);
    this.made.set(name, chain);
    return chain;
  }

  names(): Iterable<string> {
    return this.table.chains.keys();
  }

  *values(): Iterable<LoweredChain> {
    for (const name of this.names()) yield this.get(name) as LoweredChain;
  }
}

/** A chain of iptables, whose rules are made when it is first entered, and lowered when they are first tried. */
export class LoweredChain implements IrChain {
  readonly language = 'iptables';
  readonly table: TableName;
  readonly name: string;
  readonly policy: Policy | null;
  /** In its language's own model. */
  readonly source: Chain;
  readonly family: Family;
  /** All chains of the table, by name. */
  private readonly siblings: LoweredChains;
  private made: readonly LoweredRule[] | undefined;

  constructor(table: TableName, source: Chain, family: Family, siblings: LoweredChains) {
    this.table = table;
    this.name = source.name;
    this.policy = source.policy;
    this.source = source;
    this.family = family;
    this.siblings = siblings;
  }

  get rules(): readonly LoweredRule[] {
    this.made ??= this.source.rules.map((rule, index) => this.lower(rule, index + 1));
    return this.made;
  }

  /** The chain that a rule of this one leads to; null: none, or one that is not there. */
  jumpOf({ target }: Rule): LoweredChain | null {
    return target?.kind === 'jump' ? (this.siblings.get(target.chain) ?? null) : null;
  }

  private lower(rule: Rule, number: number): LoweredRule {
    return new LoweredRule(this.table, this.name, number, rule, this.jumpOf(rule), this.family);
  }
}

export class LoweredRule implements IrRule {
  readonly table: TableName;
  readonly chain: string;
  readonly number: number;
  readonly rule: Rule;
  readonly jump: LoweredChain | null;
  private readonly family: Family;
  private lowered: readonly Instruction[] | undefined;

  constructor(
    table: TableName,
    chain: string,
    number: number,
    rule: Rule,
    jump: LoweredChain | null,
    family: Family,
  ) {
    this.table = table;
    this.chain = chain;
    this.number = number;
    this.rule = rule;
    this.jump = jump;
    this.family = family;
  }

  get language(): 'iptables' {
    return 'iptables';
  }

  get code(): readonly Instruction[] {
    this.lowered ??= this.lower();
    return this.lowered;
  }

  private lower(): readonly Instruction[] {
    const { table, chain, number, rule, family } = this;
    const code: Instruction[] = [];
    rule.matches.forEach((match, part) => {
      for (const instruction of lowerMatch(match, { table, chain, number, part, rule, family })) {
        code.push('part' in instruction ? instruction : withPart(instruction, part));
      }
    });
    code.push(...lowerTarget(rule.target, this.jump, family));
    return code;
  }
}

const withParts: ReadonlySet<Instruction['do']> = new Set<Instruction['do']>([
  'test',
  'choose',
  'recall',
  'lookup',
  'note',
]);

function withPart(instruction: Instruction, part: number): Instruction {
  return withParts.has(instruction.do) ? ({ ...instruction, part } as Instruction) : instruction;
}
