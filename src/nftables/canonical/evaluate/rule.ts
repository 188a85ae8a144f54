import type { Expression } from '../../expression.ts';
import type { NftFamily } from '../../model.ts';
import { Refusal } from '../../refusal.ts';
import type { Match, Statement } from '../../statement.ts';
import { foldBits } from '../bits.ts';
import { tellsProtocol } from '../context.ts';
import { relation, soleElement, turnBack } from './comparison.ts';
import { Expressions, wholeSetting } from './expressions.ts';
import { type Loaded, Protocols } from './protocols.ts';
import {
  checkCompared,
  checkDup,
  checkFamilyIsSaid,
  checkGreatest,
  checkLimit,
  checkListed,
  checkLog,
  checkPresence,
  checkQueue,
  checkSecmark,
  checkSetting,
  checkTracking,
  refuseShift,
} from './refused.ts';
import { loadReject } from './reject.ts';
import { loadTproxy, loadTranslation } from './translation.ts';

/**
 * What nft makes of a rule before the kernel gets it: fields become places in a layer, and the questions for protocols go before them
 * that the rule did not ask. Throws a `Refusal` where the protocols contradict each other.
 */
export function evaluateRule(statements: readonly Statement[], family: NftFamily): readonly Loaded[] {
  const evaluation = new Evaluation(family);
  let terminal: Statement | null = null;
  for (const statement of statements) {
    if (terminal) throw new Refusal('a statement after one that ends the rule has no effect');
    evaluation.add(statement);
    if (isTerminal(statement)) terminal = statement;
  }
  return evaluation.loaded;
}

const terminals: ReadonlySet<Statement['kind']> = new Set<Statement['kind']>([
  'reject',
  'snat',
  'dnat',
  'masquerade',
  'redirect',
  'fwd',
  'queue',
]);

function isTerminal(statement: Statement): boolean {
  if (statement.kind === 'verdict') return statement.verdict !== 'continue';
  return terminals.has(statement.kind);
}

class Evaluation {
  private readonly protocols: Protocols;
  private readonly expressions: Expressions;

  constructor(family: NftFamily) {
    this.protocols = new Protocols(family);
    this.expressions = new Expressions(this.protocols);
  }

  get loaded(): readonly Loaded[] {
    return this.protocols.loaded;
  }

  add(statement: Statement): void {
    // A match is loaded as several.
    if (statement.kind === 'match') this.match(statement);
    else this.protocols.push(this.other(statement));
  }

  private other(statement: Exclude<Statement, Match>): Statement {
    const { expressions, protocols } = this;
    switch (statement.kind) {
      case 'vmap':
        return { ...statement, ...expressions.lookup(statement.key, statement.map) };
      case 'set':
        checkSetting(statement);
        return wholeSetting({
          ...statement,
          target: expressions.target(statement.target),
          value: foldBits(expressions.lower(statement.value)),
        });
      case 'object':
        return { ...statement, name: expressions.lower(statement.name) };
      case 'snat':
      case 'dnat':
      case 'masquerade':
      case 'redirect':
        return loadTranslation(statement, expressions, protocols.context);
      case 'reject':
        return loadReject(statement, protocols);
      case 'set-add':
      case 'meter':
        return { ...statement, element: expressions.element(statement.element) };
      case 'fwd':
        if (protocols.context.family !== 'netdev') throw new Refusal('fwd is for tables of netdev');
        return { ...statement, to: expressions.lower(statement.to) };
      case 'dup':
        checkDup(statement, protocols.context.family);
        return { ...statement, to: expressions.lower(statement.to) };
      case 'limit':
        checkLimit(statement);
        return statement;
      case 'connlimit':
        checkTracking(protocols.context.family, 'ct count');
        return statement;
      case 'synproxy':
        checkTracking(protocols.context.family, 'synproxy');
        return statement;
      case 'queue':
        checkQueue(statement);
        return { ...statement, to: expressions.lower(statement.to) };
      case 'tproxy':
        return loadTproxy(statement, protocols.context);
      case 'log':
        checkLog(statement);
        return statement;
      case 'xt':
        checkListed(statement);
        return statement;
      default:
        return statement;
    }
  }

  private match(match: Match): void {
    refuseShift(match.left);
    checkGreatest(match.left, match.right);
    const single = turnBack(soleElement(match));
    const left = this.expressions.lower(single.left);
    if (single.right.kind === 'set' || single.right.kind === 'set-reference') checkFamilyIsSaid(match.left);
    const right =
      single.right.kind === 'set'
        ? this.expressions.set(single.right, match.left)
        : this.expressions.lower(single.right);
    checkPresence(match.left, match.right);
    checkSecmark(match.left, match.right);
    const isLookup = right.kind === 'set' || right.kind === 'set-reference';
    if (left.kind === 'raw' && !isLookup) checkCompared(left.offset, left.length);
    if (match.left.kind !== 'concat') this.learn(match.left, single.operator, single.right);
    for (const one of relation(left, single.operator, right)) {
      const tells = one.left.kind === 'raw' && match.left.kind === 'payload' && tellsProtocol(match.left);
      this.protocols.push(one, tells);
    }
  }

  private learn(field: Expression, operator: Match['operator'], right: Expression): void {
    if (operator !== '==') return;
    const isRaw = field.kind === 'payload' && field.header === 'th';
    if (right.kind === 'value') this.protocols.context.learn(field, Number(right.value), isRaw);
    if (right.kind !== 'set') return;
    for (const { key } of right.elements)
      if (key.kind === 'value') this.protocols.context.learn(field, Number(key.value), isRaw);
  }
}
