import { want } from '../../text/expected.ts';
import type { Expression, SetElement } from '../expression.ts';
import type { NftSet } from '../model.ts';
import { Refusal } from '../refusal.ts';
import type { Stateful } from '../stateful.ts';
import type { Statement } from '../statement.ts';
import { checkConcatenations, checkConflicts, checkOverlap, isStretch } from './elements.ts';

/** Throws a `Refusal` where nft or the kernel takes no such set. */
export function checkSet(set: NftSet): void {
  const isInterval = set.flags.includes('interval');
  if (set.autoMerge && !isInterval)
    throw new Refusal('auto-merge is for sets of intervals', want.written('flags interval'));
  if (isInterval && set.flags.includes('dynamic'))
    throw new Refusal('rules put nothing into sets of intervals');
  if (isTimed(set) && set.flags.includes('constant'))
    throw new Refusal('elements of a constant set have no timeouts');
  if (isTimed(set) || isFixed(set)) refuseCounted(set.statements);
  checkElements(set, set.elements);
}

export const isTimed = ({ flags, timeout }: NftSet): boolean =>
  flags.includes('timeout') || timeout !== undefined;

/** Of a set that only commands fill, and that has a size, the kernel makes a table that never grows. */
const isFixed = ({ size, flags }: NftSet): boolean =>
  size !== undefined && !flags.includes('dynamic') && !flags.includes('interval');

/** The kernel forgets the connections of an element at times of its own, and forgets no elements beside. */
export function refuseCounted(statements: readonly Stateful[] | undefined): void {
  if (statements?.some(({ kind }) => kind === 'connlimit'))
    throw new Refusal('ct count is for sets without a size or timeouts');
}

/** `added`: elements that come to the set; the set holds them already. */
export function checkElements(set: NftSet, added: readonly SetElement[]): void {
  const isInterval = set.flags.includes('interval');
  for (const element of added) checkElement(set, element);
  if (isInterval && set.elements.some(({ key }) => key.kind === 'concat')) checkConcatenations(set.elements);
  else if (isInterval && !(set.autoMerge && !set.data)) checkOverlap(set.elements);
  const room = set.size;
  if (room !== undefined && !isInterval && set.elements.length > room)
    throw new Refusal(`the set has ${set.elements.length} elements, and room for ${room}`);
}

function checkElement(set: NftSet, element: SetElement): void {
  const { key, timeout, statements } = element;
  if (!set.flags.includes('interval') && isStretch(key))
    throw new Refusal(
      'the element is an interval, and the set has none',
      want.written('flags interval'),
      element,
    );
  if (timeout !== undefined && !set.flags.includes('timeout') && set.timeout === undefined)
    throw new Refusal(
      'the element has a timeout, and the set has none',
      want.written('flags timeout'),
      element,
    );
  if (!statements) return;
  const kinds = set.statements.map(({ kind }) => kind);
  if (kinds.length === 0 && !set.flags.includes('dynamic'))
    throw new Refusal(
      'the element has a statement, and the set has none',
      want.written(statements[0]?.kind ?? ''),
      element,
    );
  if (kinds.length > 0 && kinds.join() !== statements.map(({ kind }) => kind).join())
    throw new Refusal(
      'the element has other statements than the set',
      want.written(kinds.join(' ')),
      element,
    );
}

/** Elements that stand in a rule; of a set they are joined where they overlap, of a map not. */
export function checkAnonymous(elements: readonly SetElement[]): void {
  checkConflicts(elements);
  const isMap = elements.some(({ data }) => data !== undefined);
  if (!elements.some(({ key }) => isStretch(key))) return;
  if (elements.some(({ key }) => key.kind === 'concat')) checkConcatenations(elements);
  else if (isMap) checkOverlap(elements);
}

/** The sets and maps that stand in a statement. */
export function elementsIn(statement: Statement): (readonly SetElement[])[] {
  switch (statement.kind) {
    case 'match':
      return [...inExpression(statement.left), ...ownElements(statement.right)];
    case 'vmap':
      return [...inExpression(statement.key), ...ownElements(statement.map)];
    case 'set':
      return inExpression(statement.value);
    case 'snat':
    case 'dnat':
    case 'masquerade':
    case 'redirect':
      return [statement.address, statement.port].flatMap((one) => (one ? inExpression(one) : []));
    default:
      return [];
  }
}

function inExpression(expression: Expression): (readonly SetElement[])[] {
  switch (expression.kind) {
    case 'map':
      return [...inExpression(expression.key), ...ownElements(expression.map)];
    case 'concat':
      return expression.parts.flatMap(inExpression);
    case 'binary':
      return inExpression(expression.left);
    default:
      return [];
  }
}

const ownElements = (set: Expression) => (set.kind === 'set' ? [set.elements] : []);
