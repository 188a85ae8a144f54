import type { Chain, Rule, Ruleset, RuleWay, TableName } from '../iptables/rule/ruleset.ts';
import { standsForNone, unreadWords } from '../iptables/rule/shown.ts';
import type { Target } from '../iptables/rule/target.ts';
import type { Selection } from './model.ts';

/** A chain with those of its rules that are shown, by number from 1. */
export interface Selected {
  readonly table: TableName;
  readonly chain: Chain;
  readonly rules: readonly number[];
}

type IsOwn = (id: string) => boolean;

/**
 * The chains to show, those of hooks first. Of a chain that is wanted itself all rules are shown; of one that only leads
 * there (KUBE-SERVICES with its thousands) only those that lead on.
 */
export function select(
  ruleset: Ruleset,
  names: ReadonlyMap<string, string>,
  selection: Selection,
): readonly Selected[] {
  return ruleset.tables.flatMap(({ name: table, chains }) => {
    const all = [...chains.values()];
    const wanted = wantedChains(table, all, names, selection);
    const mentions = mentionOf(selection);
    const leading = leadingRules(all, wanted, mentions);
    const shown = all.filter(({ name }) => wanted.has(name) || leading.has(name));
    const selected = shown.map((chain) => ({
      table,
      chain,
      rules: wanted.has(chain.name)
        ? chain.rules.map((_, index) => index + 1)
        : (leading.get(chain.name) ?? []),
    }));
    return inOrderOfWalk(selected);
  });
}

/** The chains whose every rule is shown: the service's own, or all that the chain leads to. */
function wantedChains(
  table: TableName,
  chains: readonly Chain[],
  names: ReadonlyMap<string, string>,
  selection: Selection,
): ReadonlySet<string> {
  if (selection.kind === 'all')
    return new Set(
      chains.filter(({ rules }) => rules.some((rule) => !standsForNone(rule))).map(({ name }) => name),
    );
  if (selection.kind === 'service') {
    const isOwn: IsOwn = (id) => ownsService(names.get(id) ?? '', selection.service, selection.port);
    return new Set(chains.map(({ name }) => name).filter((name) => isOwn(`${table}/${name}`)));
  }
  return reachable(chains, selection.chain);
}

/** `KUBE-SVC[default/web:http]`, `KUBE-SEP[default/web:http -> 10.0.0.1:80]`. */
function ownsService(name: string, service: string, port: string | null): boolean {
  const subject = /\[([^\] ]+)/.exec(name)?.[1];
  if (subject === undefined) return false;
  return port === null
    ? subject.split(':')[0] === service
    : subject === (port === '' ? service : `${service}:${port}`);
}

function reachable(chains: readonly Chain[], start: string): ReadonlySet<string> {
  const byName = new Map(chains.map((chain) => [chain.name, chain]));
  const found = new Set<string>();
  const pending = byName.has(start) ? [start] : [];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    for (const rule of byName.get(name)?.rules ?? []) pending.push(...jumpsOf(rule));
  }
  return found;
}

type Mentions = (rule: Rule) => boolean;

/** Rules without a jump that speak of the service: what is refused, dropped or let in for it. */
function mentionOf(selection: Selection): Mentions {
  if (selection.kind !== 'service') return () => false;
  const { service, port } = selection;
  const subject = port ? `${service}:${port}` : service;
  return ({ matches }) =>
    matches.some(
      (match) =>
        match.kind === 'comment' &&
        match.text
          .split(' ')
          .some((word) => word === subject || (port === null && word.startsWith(`${service}:`))),
    );
}

/** The rules that lead to a wanted chain, or speak of the service; up to the hooks. */
function leadingRules(
  chains: readonly Chain[],
  wanted: ReadonlySet<string>,
  mentions: Mentions,
): ReadonlyMap<string, readonly number[]> {
  const leading = new Map<string, readonly number[]>();
  let targets: ReadonlySet<string> = wanted;
  // Each round goes one jump up; chains that were found already keep the rules that they have.
  for (let isFirst = true; isFirst || targets.size > 0; isFirst = false) {
    const next = new Set<string>();
    for (const { name, rules } of chains) {
      if (wanted.has(name)) continue;
      const known = leading.get(name) ?? [];
      const numbers = rules.flatMap((rule, index) => {
        const leads = jumpsOf(rule).some((chain) => targets.has(chain));
        return (leads || (isFirst && mentions(rule))) && !known.includes(index + 1) ? [index + 1] : [];
      });
      if (numbers.length === 0) continue;
      if (known.length === 0) next.add(name);
      leading.set(
        name,
        [...known, ...numbers].sort((left, right) => left - right),
      );
    }
    targets = next;
  }
  return leading;
}

/** Hooks first, then what they lead to, so that a reader meets chains as a packet does. */
function inOrderOfWalk(selected: readonly Selected[]): Selected[] {
  const byName = new Map(selected.map((one) => [one.chain.name, one]));
  const ordered = new Map<string, Selected>();
  const hooks = selected.filter(({ chain }) => chain.policy !== null);
  for (const start of [...hooks, ...selected]) {
    const pending = [start];
    for (let one = pending.pop(); one; one = pending.pop()) {
      if (ordered.has(one.chain.name)) continue;
      ordered.set(one.chain.name, one);
      for (const next of targetsOf(one, byName).reverse()) pending.push(next);
    }
  }
  return [...ordered.values()];
}

function targetsOf({ chain, rules }: Selected, byName: ReadonlyMap<string, Selected>): Selected[] {
  return rules.flatMap((number) => {
    const rule = chain.rules[number - 1];
    return rule ? jumpsOf(rule).flatMap((name) => byName.get(name) ?? []) : [];
  });
}

/** What a rule may do: one thing, unless it looks up or chooses. What a rule of nft asks beside, its own words say. */
export function waysOf(rule: Rule): readonly RuleWay[] {
  const { matches, target, ways, asked } = rule;
  if (ways) return ways;
  // What a text does not show is no rule of it; of a line that could not be read it can be told where it leads.
  if (standsForNone(rule)) return [];
  const unread = unreadWords(rule);
  if (unread !== null) return [{ matches: [], target: jumpIn(unread), asked: [unread], share: null }];
  return [{ matches: asked ? [] : matches, target, share: null }];
}

function jumpIn(words: string): Target | null {
  const [, flag, chain] = /(?:^| )-(j|g) ([^\s-]\S*)/.exec(words) ?? [];
  return chain === undefined ? null : { kind: 'jump', chain, returns: flag === 'j' };
}

function jumpsOf(rule: Rule): readonly string[] {
  return waysOf(rule).flatMap(({ target }) => (target?.kind === 'jump' ? [target.chain] : []));
}
