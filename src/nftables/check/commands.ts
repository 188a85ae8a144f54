import { dataKey } from '../../text/data-key.ts';
import { want } from '../../text/expected.ts';
import { evaluateRule } from '../canonical/evaluate/rule.ts';
import type { Command } from '../command.ts';
import { isTooLong, longestComment } from '../comment.ts';
import { isSameType, keyTypes } from '../key-types.ts';
import type { NftFamily, NftSet, NftTable, RuleForm } from '../model.ts';
import { findNamed } from '../named.ts';
import { Refusal } from '../refusal.ts';
import { checkBase, checkSameBase } from './chains.ts';
import { checkReferences } from './references.ts';
import { checkAnonymous, checkElements, checkSet, elementsIn } from './sets.ts';

/** Before a command is carried out. Throws a `Refusal` where it must not be. */
export function checkBefore(command: Command, table: NftTable | undefined): void {
  checkComments(command);
  if (!table) return;
  if (command.do === 'add-chain') {
    const known = findNamed(table.chains, command.chain.name);
    if (known) checkSameBase(known.base, command.chain.base);
    else if (command.chain.base) checkBase(command.chain.base, table.family);
  } else if (command.do === 'add-set') {
    const known = findNamed(table.sets, command.set.name);
    if (known && !isSameType(keyTypes(known, table.family), keyTypes(command.set, table.family)))
      throw new Refusal(`${command.set.name} is there already, of another type`);
    if (known && !isSameKind(known, command.set))
      throw new Refusal(`${command.set.name} is there already, with other flags`);
  } else if (command.do === 'rename-chain' && table.chains.some(({ name }) => name === command.to))
    throw new Refusal(`there is a chain ${command.to} already`);
}

/** What of a set cannot be changed (nft_set_is_same): a timeout is a flag, too. */
function isSameKind(known: NftSet, again: NftSet): boolean {
  const kindOf = ({ flags, timeout, statements }: NftSet) => {
    const all = new Set([...flags, ...(timeout === undefined ? [] : ['timeout'])]);
    return [[...all].sort(), statements.map(({ kind }) => kind)];
  };
  return dataKey(kindOf(known)) === dataKey(kindOf(again));
}

/** What a command adds, with the comments that it gives. */
function commentsOf(command: Command): readonly (string | undefined)[] {
  switch (command.do) {
    case 'add-table':
      return [command.comment];
    case 'add-chain':
      return [command.chain.comment];
    case 'add-rule':
      // What is like others has no long comment, and is not made before it is asked.
      return command.mold ? [] : [command.rule.comment];
    case 'replace-rule':
      return [command.rule.comment];
    case 'add-set':
      return [command.set.comment, ...command.set.elements.map(({ comment }) => comment)];
    case 'add-elements':
      return command.elements.map(({ comment }) => comment);
    default:
      return [];
  }
}

function checkComments(command: Command): void {
  if (commentsOf(command).some((comment) => comment !== undefined && isTooLong(comment)))
    throw new Refusal('the comment is too long', want.atMost(longestComment, 'bytes'));
}

/** Once a rule was added: what it says by itself. */
export function checkRule(command: Command, table: NftTable | undefined): void {
  if (!table || (command.do !== 'add-rule' && command.do !== 'replace-rule')) return;
  const mold = command.do === 'add-rule' ? command.mold : undefined;
  const { statements } = command.rule;
  if (!mold?.accepted) evaluateRule(statements, table.family);
  if (mold) mold.accepted = true;
  // What a form leaves out are the values, of which some may be the same.
  for (const elements of statements.flatMap(elementsIn)) checkAnonymous(elements);
}

/** Whether nft takes all rules of a form. */
export function takesForm(form: RuleForm, family: NftFamily): boolean {
  if (form.accepted) return true;
  try {
    evaluateRule(form.sample.statements, family);
    form.accepted = true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  return form.accepted;
}

/** Once a command was carried out. */
export function checkAfter(command: Command, table: NftTable | undefined): void {
  if (!table) return;
  checkRule(command, table);
  switch (command.do) {
    case 'add-rule':
    case 'replace-rule':
      checkReferences(command.rule.statements, table);
      checkSpelling(command.rule.statements);
      break;
    case 'add-set':
    case 'add-elements': {
      const name = command.do === 'add-set' ? command.set.name : command.set;
      const set = findNamed(table.sets, name);
      if (!set) return;
      const added = command.do === 'add-set' ? command.set.elements : command.elements;
      if (command.do === 'add-set') checkSet(set);
      checkElements(set, added);
      for (const { data } of added) if (data?.kind === 'verdict') checkReferences([data], table);
      break;
    }
    case 'delete':
      if (command.what === 'chain' || command.what === 'set')
        checkNoUse(command.what, String(command.name), table);
      break;
    default:
  }
}

/** nft lists some fields, of which the place was told, by names that it does not read. */
function checkSpelling(value: unknown): void {
  if (value === null || typeof value !== 'object') return;
  const own = value as { kind?: unknown; of?: unknown; option?: unknown; field?: unknown };
  if (own.kind === 'option' && own.of === 'tcp' && own.field === 'kind')
    throw new Refusal(
      `nft knows no tcp option ${own.option} kind`,
      want.orElse(`tcp option ${own.option} exists`, `tcp option @${own.option},0,8`),
    );
  for (const one of Object.values(value)) checkSpelling(one);
}

/** What rules and maps name cannot be deleted. */
function checkNoUse(what: 'chain' | 'set', name: string, table: NftTable): void {
  const isUsed = (value: unknown): boolean => {
    if (value === null || typeof value !== 'object') return false;
    const own = value as { kind?: unknown; name?: unknown; chain?: unknown; set?: unknown };
    if (what === 'chain' && own.kind === 'verdict' && own.chain === name) return true;
    if (what === 'set' && own.kind === 'set-reference' && own.name === name) return true;
    if (what === 'set' && own.kind === 'set-add' && own.set === name) return true;
    return Object.values(value).some(isUsed);
  };
  if (table.chains.some(({ rules }) => rules.some(({ statements }) => isUsed(statements))))
    throw new Refusal(`the ${what} ${name} is in use`);
  if (table.sets.some(({ elements }) => elements.some(({ data }) => isUsed(data))))
    throw new Refusal(`the ${what} ${name} is in use`);
}
