import {
  type Condition,
  type Instruction,
  type IrChain,
  type IrProgram,
  type IrRule,
  never,
} from '../engine/ir.ts';
import { all, any, not } from '../engine/lower/conditions.ts';
import { alwaysAgree } from '../proof/decisions/agree.ts';
import { placeOf, type RuleFinding } from './finding.ts';
import { changedBy, fieldsOf } from './nft-changes.ts';

/** A rule that no packet comes behind which it takes. */
interface Ending {
  readonly rule: IrRule;
  readonly asks: Condition;
  readonly fields: ReadonlySet<string>;
}

/** Rules that leave nothing only together: of more than so many it is not tried. */
const mostTogether = 12;

/** Rules that are held against each other, of all chains together. */
const mostPairs = 200_000;

/** What is found of one rule in the packets of one family: whether those before leave it some. */
type Verdict = { readonly by: readonly IrRule[] } | 'open' | 'never';

/**
 * Rules of nft to which others of their chain leave no packet. Each of the programs is of one family: in a table of both, it must be so in
 * each of them in which the rule can match at all.
 */
export function findNeverMatching(
  programs: readonly IrProgram[],
  isLookedAt: (chain: IrChain) => boolean,
): RuleFinding[] {
  const verdicts = new Map<string, { readonly rule: IrRule; readonly all: Verdict[] }>();
  const budget = { left: mostPairs };
  for (const program of programs) {
    for (const chain of program.chains.values()) {
      // Of the chains of services most have one rule, and none before it.
      if (chain.language !== 'nftables' || chain.rules.length < 2 || !isLookedAt(chain)) continue;
      verdictsOf(chain, program, budget).forEach((verdict, at) => {
        const rule = chain.rules[at] as IrRule;
        const key = `${rule.table}/${rule.chain}/${rule.number}`;
        const known = verdicts.get(key) ?? { rule, all: [] };
        known.all.push(verdict);
        verdicts.set(key, known);
      });
    }
  }
  return [...verdicts.values()].flatMap(({ rule, all: found }): RuleFinding[] => {
    const said = found.filter((verdict) => verdict !== 'never');
    const [first] = said;
    if (typeof first !== 'object' || said.some((verdict) => verdict === 'open')) return [];
    return [{ code: 'shadowed', place: placeOf(rule), by: first.by }];
  });
}

function verdictsOf({ rules }: IrChain, { family }: IrProgram, budget: { left: number }): readonly Verdict[] {
  let endings: Ending[] = [];
  return rules.map((rule): Verdict => {
    const asks = asksOf(rule);
    const fields = fieldsOf(asks);
    const verdict = judge(asks, fields, endings, family, budget);
    const changed = changedBy(rule);
    if (changed.size > 0)
      endings = endings.filter((one) => ![...one.fields].some((field) => changed.has(field as never)));
    if (ends(rule)) endings.push({ rule, asks, fields });
    return verdict;
  });
}

function judge(
  asks: Condition,
  fields: ReadonlySet<string>,
  endings: readonly Ending[],
  family: IrProgram['family'],
  budget: { left: number },
): Verdict {
  if (endings.length === 0 || budget.left <= 0) return 'open';
  const isNothing = (condition: Condition) => {
    budget.left -= 1;
    return alwaysAgree(condition, never, family) === true;
  };
  if (isNothing(asks)) return 'never';
  const near = endings.filter((one) => [...one.fields].every((field) => fields.has(field)));
  for (const one of near) if (isNothing(all([asks, not(one.asks)]))) return { by: [one.rule] };
  if (endings.length < 2 || endings.length > mostTogether) return 'open';
  if (!isNothing(all([asks, not(any(endings.map((one) => one.asks)))]))) return 'open';
  return { by: fewest(asks, endings, isNothing).map(({ rule }) => rule) };
}

/** Without those that are not needed for it. */
function fewest(
  asks: Condition,
  endings: readonly Ending[],
  isNothing: (condition: Condition) => boolean,
): readonly Ending[] {
  return endings.reduce<readonly Ending[]>((kept, one) => {
    const rest = kept.filter((other) => other !== one);
    return isNothing(all([asks, not(any(rest.map((other) => other.asks)))])) ? rest : kept;
  }, endings);
}

/** All that a rule asks before it does anything. */
function asksOf({ code }: IrRule): Condition {
  const asked: Condition[] = [];
  for (const instruction of code) {
    if (instruction.do === 'note') continue;
    if (instruction.do !== 'test') break;
    asked.push(instruction.condition);
  }
  return all(asked);
}

/** Whether all that a rule asks for comes to an end in it. */
function ends({ code }: IrRule): boolean {
  const first = code.findIndex((instruction) => instruction.do !== 'test' && instruction.do !== 'note');
  if (first === -1) return false;
  const rest = code.slice(first);
  return rest.every((instruction) => plain.has(instruction.do)) && rest.some(isEnd);
}

const plain: ReadonlySet<Instruction['do']> = new Set([
  'note',
  'set',
  'accept',
  'drop',
  'reject',
  'return',
  'goto',
  'nat',
  'masquerade',
  'redirect',
  'netmap',
]);

function isEnd(instruction: Instruction): boolean {
  return plain.has(instruction.do) && instruction.do !== 'note' && instruction.do !== 'set';
}
