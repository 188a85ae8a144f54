import { type Expected, want } from '../../text/expected.ts';
import type { Expression } from '../expression.ts';
import type { BaseChain, NftChain, NftRule, NftTable } from '../model.ts';
import { Refusal } from '../refusal.ts';
import type { Statement } from '../statement.ts';
import { lacking, type Places, placesOf } from './hooks.ts';
import { isSound } from './sound.ts';

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
  if (isSound(table, deepest)) return [];
  const ways = new Map<string, ChainOnWay>();
  for (const chain of table.chains) ways.set(chain.name, new ChainOnWay(chain));
  const problems: PathProblem[] = [];
  for (const { name, base } of table.chains)
    if (base) new Walk(table, ways, base, problems).enter(ways.get(name) as ChainOnWay);
  return problems;
}

/** What a statement needs, and the chains that it may lead to. */
interface Step {
  readonly rule: NftRule;
  readonly places: readonly Places[];
  readonly targets: readonly ChainOnWay[];
}

/** A chain, what of it matters on the way, which every base chain asks, and what the walk that came last found. */
class ChainOnWay {
  readonly chain: NftChain;
  steps: readonly Step[] | undefined;
  walk: Walk | undefined;
  isOpen = false;
  depth = 0;

  constructor(chain: NftChain) {
    this.chain = chain;
  }
}

function stepsOf(
  { rules }: NftChain,
  table: NftTable,
  ways: ReadonlyMap<string, ChainOnWay>,
): readonly Step[] {
  const steps: Step[] = [];
  for (const rule of rules) {
    for (const statement of rule.statements) {
      const places = placesOf(statement);
      const targets = targetsOf(statement, table).flatMap((name) => ways.get(name) ?? []);
      if (places.length > 0 || targets.length > 0) steps.push({ rule, places, targets });
    }
  }
  return steps;
}

class Walk {
  private readonly table: NftTable;
  private readonly ways: ReadonlyMap<string, ChainOnWay>;
  private readonly base: BaseChain;
  private readonly problems: PathProblem[];

  constructor(
    table: NftTable,
    ways: ReadonlyMap<string, ChainOnWay>,
    base: BaseChain,
    problems: PathProblem[],
  ) {
    this.table = table;
    this.ways = ways;
    this.base = base;
    this.problems = problems;
  }

  /** How many jumps may follow each other from the chain on. */
  enter(own: ChainOnWay): number {
    if (own.walk === this) return own.depth;
    own.walk = this;
    own.isOpen = true;
    own.steps ??= stepsOf(own.chain, this.table, this.ways);
    own.depth = this.depthOf(own.steps, own.chain);
    own.isOpen = false;
    return own.depth;
  }

  private depthOf(steps: readonly Step[], chain: NftChain): number {
    let depth = 0;
    for (let at = 0; at < steps.length; ) {
      const { rule } = steps[at] as Step;
      let ofRule = 0;
      for (; steps[at]?.rule === rule; at += 1)
        ofRule = Math.max(ofRule, this.step(steps[at] as Step, chain));
      this.checkDepth(ofRule, rule);
      depth = Math.max(depth, ofRule);
    }
    return depth;
  }

  private step({ rule, places, targets }: Step, chain: NftChain): number {
    let depth = 0;
    for (const one of places) this.checkPlaces(one, rule);
    for (const target of targets) {
      if (target.isOpen) this.refuse(rule, `${chain.name} is reached from itself, by ${target.chain.name}`);
      else depth = Math.max(depth, 1 + this.enter(target));
    }
    return depth;
  }

  private checkDepth(depth: number, rule: NftRule): void {
    if (depth > deepest && depth - 1 <= deepest)
      this.refuse(rule, `${depth} jumps follow each other from here`, want.atMost(deepest));
  }

  private checkPlaces(places: Places, rule: NftRule): void {
    const lack = lacking(places, this.base, this.table.family);
    if (lack) this.refuse(rule, lack.message, lack.expected);
  }

  private refuse(rule: NftRule, message: string, expected?: Expected): void {
    if (!this.problems.some((one) => one.rule === rule))
      this.problems.push({ rule, refusal: new Refusal(message, expected) });
  }
}

const none: readonly string[] = [];

/** The chains that a statement may lead to. */
function targetsOf(statement: Statement, table: NftTable): readonly string[] {
  if (statement.kind === 'verdict') return 'chain' in statement ? [statement.chain] : none;
  return statement.kind === 'vmap' ? targetsIn(statement.map, table) : none;
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
