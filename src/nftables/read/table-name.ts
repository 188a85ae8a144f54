import type { TableName } from '../command.ts';
import type { NftFamily } from '../model.ts';
import type { Reader } from './reader.ts';

export const families: readonly NftFamily[] = ['ip6', 'ip', 'inet', 'arp', 'bridge', 'netdev'];

/** Where no family is told it is `ip`. */
export function readFamily(reader: Reader): NftFamily {
  return reader.takeOneOf(families) ?? 'ip';
}

/** `[FAMILY] TABLE`. */
export function readTable(reader: Reader): TableName {
  const family = readFamily(reader);
  reader.family = family;
  const table = reader.name('table-name');
  reader.table = table;
  return { family, table };
}
