import type { Expression } from './expression.ts';
import { fieldType, isField } from './fields.ts';
import type { NftFamily, NftSet, SetData, SetType } from './model.ts';

/** The types of the fields of a key, by nft's names. Null where they are not known. */
export type KeyTypes = readonly string[] | null;

export function typesOf(expression: Expression, family: NftFamily): KeyTypes {
  switch (expression.kind) {
    case 'concat': {
      const parts = expression.parts.map((part) => typesOf(part, family));
      return parts.every((part) => part !== null) ? parts.flat() : null;
    }
    case 'binary':
      return typesOf(expression.left, family);
    case 'numgen':
    case 'hash':
      return ['integer'];
    case 'value':
    case 'prefix':
      return [expression.type];
    case 'range':
      return typesOf(expression.from, family);
    case 'verdict':
      return ['verdict'];
    default:
      return isField(expression) ? typesOfField(expression, family) : null;
  }
}

/** Addresses of connections and routes are of a family that the rule may have to tell. */
function typesOfField(field: Parameters<typeof fieldType>[0], family: NftFamily): KeyTypes {
  const isOpen = (field.kind === 'ct' || field.kind === 'rt') && field.family === undefined;
  if (field.kind === 'raw' || field.kind === 'raw-option') return null;
  const own = fieldType(isOpen && family === 'ip6' ? { ...field, family: 'ip6' } : field)?.type;
  if (own === undefined) return null;
  if (isOpen && family !== 'ip' && family !== 'ip6' && own === 'ipv4_addr') return null;
  return [own];
}

export function keyTypes({ key }: Pick<NftSet, 'key'>, family: NftFamily): KeyTypes {
  return ofDeclaration(key, family);
}

/** What a map gives: `verdict`, types of values, or null for named objects. */
export function dataTypes(data: SetData, family: NftFamily): KeyTypes {
  if (data.by === 'verdict') return ['verdict'];
  return data.by === 'object' ? null : ofDeclaration(data, family);
}

function ofDeclaration(type: SetType, family: NftFamily): KeyTypes {
  return type.by === 'type' ? type.types : typesOf(type.expression, family);
}

/** nft calls a moment and a time the same, and numbers of all sizes are of one type. */
const sameName: Readonly<Record<string, string>> = { date: 'time', xinteger: 'integer' };
const nameOf = (type: string) => sameName[type] ?? type;

/** Whether nft takes both for the same type; true where that is not known. */
export function isSameType(one: KeyTypes, other: KeyTypes): boolean {
  if (one === null || other === null) return true;
  return one.length === other.length && one.every((type, at) => nameOf(type) === nameOf(other[at] as string));
}

export const spellTypes = (types: KeyTypes): string => (types ?? ['?']).join(' . ');
