import { isKubeProxys } from '../iptables/owners.ts';
import { type Chain, isBuiltIn, type Rule, type Ruleset, type TableName } from '../iptables/rule/ruleset.ts';
import { isHidden } from '../iptables/rule/shown.ts';
import { serviceIn } from '../proof/classes/entry.ts';
import type { PacketComparison } from '../proof/compare.ts';
import { commentOf, ruleKey } from '../proof/rules/keys.ts';
import { withoutChance } from '../proxy/drift/chance.ts';
import type { DriftEffect, Place, RuleFinding } from './finding.ts';

/** A rule that is on one side only, or a chain with all that it holds. */
interface Lonely {
  readonly table: TableName;
  readonly chain: Chain;
  /** Null: the chain as a whole. */
  readonly rule: Rule | null;
  /** Counts from 1 in the chain. */
  readonly number: number | null;
}

/** Rules of kube-proxy on a node, and those that it would write, of one family. */
export interface DriftSides {
  readonly wanted: Ruleset;
  readonly found: Ruleset;
}

/** Where rules and chains of kube-proxy are on one side only, but for what it leaves to chance. */
export interface Drift {
  readonly missing: readonly Lonely[];
  readonly extra: readonly Lonely[];
  /** Chains of kube-proxy that have the same rules in another order. */
  readonly reordered: readonly Pick<Lonely, 'table' | 'chain'>[];
}

export function driftOf({ wanted, found }: DriftSides): Drift {
  const [left, right] = [withoutChance(wanted), withoutChance(found)];
  return {
    missing: onlyIn(left, right).filter((one) => !mayBeHidden(one, right)),
    extra: onlyIn(right, left),
    reordered: inOtherOrder(left, right),
  };
}

function inOtherOrder(wanted: Ruleset, found: Ruleset): Drift['reordered'] {
  return wanted.tables.flatMap(({ name: table, chains }) => {
    const others = found.tables.find(({ name }) => name === table)?.chains;
    return [...chains.values()].flatMap((chain) => {
      const there = others?.get(chain.name);
      if (!there || isBuiltIn(table, chain.name) || !isKubeProxys(chain.name)) return [];
      const [left, right] = [chain, there].map(({ rules }) => rules.map(ruleKey)) as [string[], string[]];
      const isSame = left.join('\n') === right.join('\n');
      return isSame || left.toSorted().join('\n') !== right.toSorted().join('\n')
        ? []
        : [{ table, chain: there }];
    });
  });
}

function onlyIn(one: Ruleset, other: Ruleset): Lonely[] {
  return one.tables.flatMap(({ name: table, chains }) => {
    const others = other.tables.find(({ name }) => name === table)?.chains;
    return [...chains.values()].flatMap((chain): Lonely[] => {
      const builtIn = isBuiltIn(table, chain.name);
      if (!builtIn && !isKubeProxys(chain.name)) return [];
      const there = others?.get(chain.name);
      if (!there && !builtIn)
        return chain.rules.length > 0 ? [{ table, chain, rule: null, number: null }] : [];
      // In built-in chains, only kube-proxy's own jumps are its business.
      const own = chain.rules.filter((rule) => (builtIn ? leadsToProxy(rule) : !isHidden(rule)));
      const left = countKeys(there?.rules ?? []);
      return own
        .filter((rule) => !takeKey(left, ruleKey(rule)))
        .map((rule) => ({ table, chain, rule, number: chain.rules.indexOf(rule) + 1 }));
    });
  });
}

/** Of what is not shown nobody can say that it is missing, nor of what may stand in a line that could not be read. */
function mayBeHidden({ table, chain: { name } }: Lonely, { tables, notShown }: Ruleset): boolean {
  const there = tables.find((one) => one.name === table);
  if (there === undefined) return notShown?.includes(table) ?? false;
  const rules = there.chains.get(name)?.rules;
  return rules === undefined ? there.partly === true : rules.some(isHidden);
}

function leadsToProxy({ target }: Rule): boolean {
  return target?.kind === 'jump' && isKubeProxys(target.chain);
}

function countKeys(rules: readonly Rule[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of rules.map(ruleKey)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Whether there was one left, of which there is one less then. */
function takeKey(counts: Map<string, number>, key: string): boolean {
  const left = counts.get(key) ?? 0;
  if (left > 0) counts.set(key, left - 1);
  return left > 0;
}

/** The findings of a drift; `packets` is what the change from what is wanted to what was found does. */
export function findDrift(
  { missing, extra, reordered }: Drift,
  { wanted, found }: DriftSides,
  packets: PacketComparison,
): RuleFinding[] {
  const known = servicesOf(wanted);
  return [
    ...missing.map((one): RuleFinding => {
      const rule = one.rule === null ? null : ruleKey(one.rule).trim();
      return {
        code: 'drift-missing',
        place: { table: one.table, chain: one.chain.name, rule: null, number: null },
        service: serviceOf(one),
        wanted: rule,
        rules: one.chain.rules.length,
        effect: effectOf(one, packets, 'before'),
      };
    }),
    ...extra.map((one): RuleFinding => {
      const service = serviceOf(one);
      const isStale =
        one.rule === null || (service !== null && !known.has(service)) || isSevered(one, wanted);
      return {
        code: isStale ? 'drift-stale' : 'drift-foreign',
        place: placeIn(found, one),
        service,
        effect: effectOf(one, packets, 'after'),
      };
    }),
    ...reordered.map((one): RuleFinding => {
      const whole = { ...one, rule: null, number: null };
      return {
        code: 'drift-order',
        place: { table: one.table, chain: one.chain.name, rule: null, number: null },
        service: serviceOf(whole),
        effect: effectOf(whole, packets, 'after'),
      };
    }),
  ];
}

/** It leads to a chain that would not be there. */
function isSevered({ table, rule }: Lonely, { tables }: Ruleset): boolean {
  if (rule?.target?.kind !== 'jump' || !isKubeProxys(rule.target.chain)) return false;
  return !tables.find(({ name }) => name === table)?.chains.has(rule.target.chain);
}

/** Numbers are those of the dump, and not of its form without chance. */
function placeIn({ tables }: Ruleset, { table, chain, rule }: Lonely): Place {
  const rules = tables.find(({ name }) => name === table)?.chains.get(chain.name)?.rules ?? [];
  if (rule === null) return { table, chain: chain.name, rule: null, number: null };
  return { table, chain: chain.name, rule, number: rules.indexOf(rule) + 1 };
}

function serviceOf({ chain, rule }: Lonely): string | null {
  const rules = rule === null ? chain.rules : [rule];
  for (const one of rules) {
    const service = serviceIn(commentOf(one));
    if (service !== null) return service;
  }
  return null;
}

function servicesOf({ tables }: Ruleset): ReadonlySet<string> {
  const all = tables.flatMap(({ chains }) => [...chains.values()].flatMap(({ rules }) => rules));
  return new Set(all.flatMap((rule) => serviceIn(commentOf(rule)) ?? []));
}

/** What a comparison says of packets that met the rule on its side, and change fate on the other. */
function effectOf({ chain, rule }: Lonely, packets: PacketComparison, side: 'before' | 'after'): DriftEffect {
  const own = new Set(rule === null ? chain.rules : [rule]);
  const classes = packets.classes.filter(({ rules }) => rules[side].some((place) => own.has(place.rule)));
  if (classes.length > 0) {
    return {
      kind: 'changes',
      effects: [...new Set(classes.flatMap(({ effects }) => effects.map(({ kind }) => kind)))],
      services: [...new Set(classes.flatMap(({ entry }) => entry.service ?? []))],
    };
  }
  if (packets.same) return { kind: 'none' };
  const isOpen = packets.unproved.length > 0 || packets.left.length > 0;
  return { kind: isOpen ? 'unknown' : 'none' };
}
