import { byteLength } from '../../text/bytes.ts';
import type { ProblemCode } from '../../text/codes.ts';
import type { CommandLetter } from '../rule/base-options.ts';
import type { DumpDetail } from '../rule/detail.ts';
import { printMatch, printTarget } from '../rule/print.ts';
import { type Counters, isBuiltIn, type Rule } from '../rule/ruleset.ts';
import { isReserved } from './place.ts';
import type { Draft, TableBuilder } from './table.ts';

/** Why a command cannot be carried out, and which of its words is to blame. */
export interface Fault {
  readonly at: 'chain' | 'argument';
  readonly code: ProblemCode;
  readonly detail: DumpDetail;
}

type Applier = (
  table: TableBuilder,
  chain: string,
  argument: string | undefined,
  rules: readonly Rule[],
  counters: Counters | undefined,
) => Fault | undefined;

/** In bytes. iptables looks at the length of a chain's first name only; of one that it renames the kernel cuts off the rest. */
const longestNewName = 29;
const tooLong: DumpDetail = { code: 'chain-name-cut', bytes: longestNewName };

/** What each command does to a table. The chain exists, where the command needs one. */
export const appliers = {
  A(table, chain, _argument, rules) {
    table.append(chain, rules);
    return undefined;
  },
  I(table, chain, argument, rules) {
    const list = table.chain(chain).rules;
    const number = argument === undefined ? 1 : ruleNumber(argument);
    if (number === undefined || number > list.length + 1)
      return noRule('argument', { code: 'chain-rules', count: list.length });
    const anchor = list[number - 1];
    if (anchor && number > 1 && table.backend === 'nft') table.anchors.add(anchor);
    // Several rules of one line are inserted one after the other at the same place.
    list.splice(number - 1, 0, ...rules.toReversed());
    return undefined;
  },
  R(table, chain, argument, rules) {
    const list = table.chain(chain).rules;
    const number = ruleNumber(argument ?? '');
    if (number === undefined || number > list.length)
      return noRule('argument', { code: 'chain-rules', count: list.length });
    if (rules.length !== 1) return noRule('argument', { code: 'one-by-one' });
    list.splice(number - 1, 1, ...rules);
    return undefined;
  },
  D(table, chain, argument, rules) {
    const list = table.chain(chain).rules;
    if (argument !== undefined) {
      const number = ruleNumber(argument);
      if (number === undefined || number > list.length)
        return noRule('argument', { code: 'chain-rules', count: list.length });
      return remove(table, list, number - 1);
    }
    for (const rule of rules) {
      const index = list.findIndex((one) => sameRule(one, rule));
      if (index === -1) return noRule('chain', { code: 'no-such-rule' });
      const fault = remove(table, list, index);
      if (fault) return fault;
    }
    return undefined;
  },
  C(table, chain, _argument, rules) {
    const list = table.chain(chain).rules;
    const found = rules.every((rule) => list.some((one) => sameRule(one, rule)));
    return found ? undefined : noRule('chain', { code: 'no-such-rule' });
  },
  F(table, chain) {
    // nft empties the chains that were there before the text.
    const all = table.backend === 'nft' ? [] : table.allNames();
    for (const name of chain === '' ? all : [chain]) table.empty(name);
    return undefined;
  },
  Z(table, chain, argument) {
    return table.backend === 'nft' ? zeroNft(table, chain, argument) : zeroLegacy(table, chain, argument);
  },
  N(table, chain) {
    if (table.has(chain)) return { at: 'chain', code: 'chain-name', detail: { code: 'chain-there', chain } };
    table.declare(chain, null, undefined);
    return undefined;
  },
  X(table, chain) {
    if (chain !== '' && isBuiltIn(table.name, chain)) return inUse({ code: 'chain-built-in', chain });
    for (const draft of chain === '' ? table.userChains() : [table.chain(chain)]) {
      const { name, rules } = draft;
      if (rules.length > 0) return inUse({ code: 'chain-not-empty', chain: name });
      if (table.refersTo(name)) return inUse({ code: 'chain-jumped-to', chain: name });
      table.remove(draft);
    }
    if (chain === '' && table.backend === 'nft') forgetEmpty(table);
    return undefined;
  },
  E(table, chain, argument = '') {
    if (isBuiltIn(table.name, chain)) return inUse({ code: 'chain-built-in', chain });
    if (table.has(argument) || isReserved(argument))
      return { at: 'argument', code: 'chain-name', detail: { code: 'chain-there', chain: argument } };
    if (byteLength(argument) > longestNewName) return { at: 'argument', code: 'chain-name', detail: tooLong };
    const renamed = table.chain(chain);
    table.remove(renamed);
    table.append(argument, renamed.rules);
    for (const name of table.allNames()) {
      const draft = table.chain(name);
      draft.rules = draft.rules.map((rule) => retarget(rule, chain, argument));
    }
    return undefined;
  },
  P(table, chain, argument, _rules, counters) {
    if (!isBuiltIn(table.name, chain)) {
      return { at: 'chain', code: 'chain-name', detail: { code: 'policy-of-own-chain' } };
    }
    if (argument !== 'ACCEPT' && argument !== 'DROP') {
      return { at: 'argument', code: 'option-value', detail: { code: 'policy-value' } };
    }
    if (argument === 'DROP' && table.name === 'nat') {
      return {
        at: 'argument',
        code: 'target-place',
        detail: { code: 'nat-drop' },
      };
    }
    table.declare(chain, argument, table.backend === 'legacy' ? counters : undefined);
    return undefined;
  },
} satisfies Record<CommandLetter, Applier>;

/** nft deletes built-in chains as well where they have no rules, and makes them anew. */
function forgetEmpty(table: TableBuilder): void {
  for (const draft of table.drafts()) if (draft.rules.length === 0) beginAnew(draft);
}

/** A rule goes, unless nft has put another before it. */
function remove(table: TableBuilder, list: Rule[], index: number): Fault | undefined {
  const [rule] = list.splice(index, 1);
  return rule && table.anchors.has(rule) ? noRule('chain', { code: 'rule-anchors' }) : undefined;
}

/** nft cannot change a rule that the same text makes; of a chain it forgets the policy with the counters. */
function zeroNft(table: TableBuilder, chain: string, argument: string | undefined): Fault | undefined {
  if (chain !== '' && !table.find(chain))
    return { at: 'chain', code: 'chain-unknown', detail: { code: 'chain-unmade', chain } };
  if (argument !== undefined) return zeroNftRule(table.chain(chain).rules.length, argument);
  for (const name of chain === '' ? table.allNames() : [chain]) beginAnew(table.chain(name));
  return undefined;
}

function zeroNftRule(length: number, argument: string): Fault | undefined {
  const number = ruleNumber(argument);
  if (number === undefined) return noRule('argument', { code: 'rule-number' });
  return number > length ? undefined : noRule('argument', { code: 'rule-zeroed' });
}

/** The policy that all built-in chains begin with. */
function beginAnew(draft: Draft): void {
  if (draft.policy) draft.policy = 'ACCEPT';
  draft.counters = undefined;
}

/** The counters of a text are set after all of its commands. */
function zeroLegacy(table: TableBuilder, chain: string, argument: string | undefined): Fault | undefined {
  if (argument === undefined) return undefined;
  const { length } = table.chain(chain).rules;
  const number = ruleNumber(argument);
  return number === undefined || number > length
    ? noRule('argument', { code: 'chain-rules', count: length })
    : undefined;
}

function ruleNumber(text: string): number | undefined {
  return /^\d+$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

function noRule(at: Fault['at'], detail: DumpDetail): Fault {
  return { at, code: 'rule-missing', detail };
}

function inUse(detail: DumpDetail): Fault {
  return { at: 'chain', code: 'chain-in-use', detail };
}

function sameRule(left: Rule, right: Rule): boolean {
  return printed(left) === printed(right);
}

function printed({ matches, target }: Rule): string {
  return matches.map(printMatch).join('') + (target ? printTarget(target) : '');
}

function retarget(rule: Rule, from: string, to: string): Rule {
  const { target } = rule;
  return target?.kind === 'jump' && target.chain === from
    ? { ...rule, target: { ...target, chain: to } }
    : rule;
}
