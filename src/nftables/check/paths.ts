import type { Expression } from '../expression.ts';
import type { BaseChain, NftChain, NftHook, NftRule, NftTable } from '../model.ts';
import { Refusal } from '../refusal.ts';
import type { Statement } from '../statement.ts';
import { type Places, placesOf } from './hooks.ts';

/** A rule that is refused for what leads to it. */
export interface PathProblem {
  readonly rule: NftRule;
  readonly refusal: Refusal;
}

/** So many jumps may follow each other, the first of a base chain counted. */
const deepest = 15;

/**
 * What the kernel finds wrong on the ways from base chains: loops and chains that lie too deep, and statements that do not work in the
 * hook in which a packet meets them.
 */
export function checkPaths(table: NftTable): readonly PathProblem[] {
  const chains = new Map(table.chains.map((chain) => [chain.name, chain]));
  const problems: PathProblem[] = [];
  for (const chain of table.chains)
    if (chain.base) new Walk(table, chains, chain.base, problems).enter(chain);
  return problems;
}

class Walk {
  private readonly seen = new Map<NftChain, number>();
  private readonly open = new Set<NftChain>();
  private readonly table: NftTable;
  private readonly chains: ReadonlyMap<string, NftChain>;
  private readonly base: BaseChain;
  private readonly problems: PathProblem[];

  constructor(
    table: NftTable,
    chains: ReadonlyMap<string, NftChain>,
    base: BaseChain,
    problems: PathProblem[],
  ) {
    this.table = table;
    this.chains = chains;
    this.base = base;
    this.problems = problems;
  }

  /** How many jumps may follow each other from the chain on. */
  enter(chain: NftChain): number {
    const known = this.seen.get(chain);
    if (known !== undefined) return known;
    this.open.add(chain);
    let depth = 0;
    for (const rule of chain.rules) depth = Math.max(depth, this.rule(rule, chain));
    this.open.delete(chain);
    this.seen.set(chain, depth);
    return depth;
  }

  private rule(rule: NftRule, chain: NftChain): number {
    let depth = 0;
    for (const statement of rule.statements) {
      this.checkHook(statement, rule);
      for (const name of targetsOf(statement, this.table)) {
        const target = this.chains.get(name);
        if (!target) continue;
        if (this.open.has(target)) this.refuse(rule, `${chain.name} is reached from itself, by ${name}`);
        else depth = Math.max(depth, 1 + this.enter(target));
      }
    }
    if (depth > deepest && depth - 1 <= deepest)
      this.refuse(rule, `${depth} jumps follow each other from here`, `${deepest} at most`);
    return depth;
  }

  private checkHook(statement: Statement, rule: NftRule): void {
    for (const places of placesOf(statement)) this.checkPlaces(places, statement, rule);
  }

  private checkPlaces(places: Places, statement: Statement, rule: NftRule): void {
    const { type, hook } = this.base;
    if (places.type && places.type !== type)
      this.refuse(
        rule,
        `${statement.kind} is for chains of type ${places.type}, and a chain of type ${type} leads here`,
      );
    else if (places.families && !places.families.includes(this.table.family))
      this.refuse(
        rule,
        `${places.what} is not for tables of ${this.table.family}`,
        places.families.join(', '),
      );
    else if (!places.hooks.includes(hook))
      this.refuse(rule, `${places.what} has no meaning in ${hook}`, places.hooks.join(', '));
  }

  private refuse(rule: NftRule, message: string, expected?: string): void {
    if (!this.problems.some((one) => one.rule === rule))
      this.problems.push({ rule, refusal: new Refusal(message, expected) });
  }
}

export type Hooks = readonly NftHook[];

/** The chains that a statement may lead to. */
function targetsOf(statement: Statement, table: NftTable): readonly string[] {
  if (statement.kind === 'verdict') return 'chain' in statement ? [statement.chain] : [];
  return statement.kind === 'vmap' ? targetsIn(statement.map, table) : [];
}

function targetsIn(map: Expression, { sets }: NftTable): readonly string[] {
  const elements =
    map.kind === 'set'
      ? map.elements
      : map.kind === 'set-reference'
        ? (sets.find(({ name }) => name === map.name)?.elements ?? [])
        : [];
  return elements.flatMap(({ data }) => (data?.kind === 'verdict' && 'chain' in data ? [data.chain] : []));
}
