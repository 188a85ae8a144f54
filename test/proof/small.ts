import type { Family } from '../../src/address/address.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import type { Ruleset, TableName } from '../../src/iptables/rule/ruleset.ts';

/** One table of a dump. Declarations (`:NAME …`) stand before the rules. */
export function table(name: TableName, ...lines: readonly string[]): string {
  const declared = lines.filter((line) => line.startsWith(':'));
  return [`*${name}`, ...declared, ...lines.filter((line) => !line.startsWith(':')), 'COMMIT', ''].join('\n');
}

export function load(text: string, family: Family = 'ipv4'): Ruleset {
  return readDump({ name: 'dump', text }, { family }).ruleset;
}
