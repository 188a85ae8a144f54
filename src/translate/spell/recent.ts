import { formatAddress } from '../../address/address.ts';
import type { RecentMatch } from '../../iptables/rule/match.ts';
import type { Ruleset, TableName } from '../../iptables/rule/ruleset.ts';
import {
  type Asked,
  headerOf,
  noForm,
  type RecentSet,
  type SpellContext,
  type Unwritten,
} from './spelled.ts';

const hostMasks = { ipv4: 0xffffffff, ipv6: (1n << 128n) - 1n } as const;

/** A list of recent as a set that rules change. What it cannot do (counts of hits, TTLs) is not written. */
export function spellRecent(match: RecentMatch, { family, lists }: SpellContext): Asked | Unwritten {
  const list = lists.get(match.name);
  if (!list || match.hitcount !== undefined || match.ttl) return noForm;
  const end = match.side === 'source' ? 'saddr' : 'daddr';
  const own = `${headerOf[family]} ${end}`;
  const key = match.mask === hostMasks[family] ? own : `${own} & ${formatAddress(match.mask)}`;
  const [inSet, change] = [
    `${key} ${match.negated ? '!= ' : ''}@${list.name}`,
    (operation: string) => `${operation} @${list.name} { ${key} }`,
  ];
  const but = 'remembered-otherwise';
  switch (match.action) {
    case 'set':
      return match.negated ? noForm : { ways: [[change('update')]], but };
    case 'rcheck':
      return { ways: [[inSet]], but };
    case 'update':
      return match.negated ? noForm : { ways: [[inSet, change('update')]], but };
    case 'remove':
      return match.negated ? noForm : { ways: [[inSet, change('delete')]], but };
  }
}

/**
 * The sets of a table that stand for its lists. Sets belong to a table, and forget after one time: a list that several tables
 * use, or that is asked for different times, is none.
 */
export function recentSets({ tables }: Ruleset, table: TableName): ReadonlyMap<string, RecentSet> {
  const uses = new Map<string, { tables: Set<TableName>; seconds: Set<number | null> }>();
  for (const { name, chains } of tables) {
    for (const { rules } of chains.values()) {
      for (const { matches } of rules) {
        for (const match of matches) {
          if (match.kind !== 'recent') continue;
          const use = uses.get(match.name) ?? { tables: new Set(), seconds: new Set() };
          uses.set(match.name, use);
          use.tables.add(name);
          if (match.action === 'rcheck' || match.action === 'update') use.seconds.add(match.seconds ?? null);
        }
      }
    }
  }
  const own = [...uses].filter(([, use]) => use.tables.has(table) && use.tables.size === 1);
  const taken = new Set<string>();
  return new Map(
    own.flatMap(([list, { seconds }]) => {
      const [timeout = null] = seconds;
      const name = `recent-${list.replace(/[^A-Za-z0-9_.-]/g, '_')}`;
      if (seconds.size > 1 || taken.has(name)) return [];
      taken.add(name);
      return [[list, { name, timeout }] as const];
    }),
  );
}
