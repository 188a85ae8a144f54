import type { Expression } from '../expression.ts';
import type { NftTable, SetData } from '../model.ts';
import type { Statement, Translation } from '../statement.ts';

/**
 * A statement with the family that nft tells of a translation in this table: in tables of one family it tells theirs, and only before a map
 * that gives several fields, or stretches of addresses.
 */
export function withToldFamily(statement: Statement, table: NftTable): Statement {
  if (statement.kind !== 'snat' && statement.kind !== 'dnat') return statement;
  const own = table.family;
  if (own !== 'ip' && own !== 'ip6') return statement;
  const { family: _family, ...rest } = statement satisfies Translation;
  return givesMore(statement.address, table) ? { ...rest, family: own } : rest;
}

/** Whether what it gives is more than one address. */
function givesMore(address: Expression | undefined, { sets }: NftTable): boolean {
  if (address?.kind !== 'map') return false;
  const { map } = address;
  if (map.kind === 'set') return map.elements.some(({ data }) => data !== undefined && isWide(data));
  const data = map.kind === 'set-reference' ? sets.find(({ name }) => name === map.name)?.data : undefined;
  return data !== undefined && isWideType(data);
}

const isWide = ({ kind }: Expression): boolean => kind === 'concat' || kind === 'range' || kind === 'prefix';

function isWideType(data: SetData): boolean {
  if (data.by === 'type') return data.interval === true || data.types.length > 1;
  return data.by === 'typeof' && (data.interval === true || data.expression.kind === 'concat');
}
