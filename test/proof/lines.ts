import type { Family } from '../../src/address/address.ts';
import { builtInChains, tableNames } from '../../src/iptables/rule/ruleset.ts';
import { assumeHost } from '../../src/proof/assume-host.ts';
import { comparePackets, type PacketComparison } from '../../src/proof/compare.ts';
import { load } from './small.ts';

/** A dump of rules, each as `TABLE CHAIN REST`; chains that rules stand in or jump to (`MINE…`) are declared. */
export function dumpOf(lines: readonly string[]): string {
  return tableNames
    .flatMap((table) => {
      const own = lines
        .filter((line) => line.startsWith(`${table} `))
        .map((line) => line.slice(table.length + 1));
      if (own.length === 0 && table !== 'filter') return [];
      const mine = new Set(own.flatMap((line) => line.match(/\bMINE\w*/g) ?? []));
      return [
        `*${table}`,
        ...builtInChains[table].map((chain) => `:${chain} ACCEPT [0:0]`),
        ...[...mine].map((chain) => `:${chain} - [0:0]`),
        ...own.map((line) => `-A ${line}`),
        'COMMIT',
      ];
    })
    .join('\n')
    .concat('\n');
}

/** Compares rules on a host that nobody gave, as the command does. */
export function compareLines(
  before: readonly string[],
  after: readonly string[],
  family: Family = 'ipv4',
): PacketComparison {
  const [left, right] = [before, after].map((lines) => load(dumpOf(lines), family)) as [
    ReturnType<typeof load>,
    ReturnType<typeof load>,
  ];
  const { host } = assumeHost(family, [], [left, right]);
  return comparePackets(left, right, host);
}
