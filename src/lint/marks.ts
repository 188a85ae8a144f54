import { chainKey } from '../engine/program.ts';
import type { PolicyRule } from '../host/model.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import { fingerprint } from '../proof/rules/fingerprint.ts';
import { type FindingOf, placeOf, type RuleFinding } from './finding.ts';
import { type MarkUse, markUses } from './mark-use.ts';
import type { NodeRules } from './reach.ts';
import { type Reached, reachedIn } from './reached.ts';

/**
 * What is wrong with the bits of the mark that rules use: two who use one, what is asked and never set, and what is set and never asked.
 * `routing`: what the node's routing asks, where somebody says it.
 */
export function findMarks(rules: NodeRules, routing: readonly PolicyRule[]): RuleFinding[] {
  const uses = markUses(rules);
  const isMet = isMetIn(rules.iptables);
  const met = uses.filter(isMet);
  const own = union(met.filter(isMasquerade), 'sets');
  return [
    ...findShared(met, own),
    ...findClashes(met, own),
    ...(isWhole(rules) ? findUnset(uses, met) : []),
    ...findUnread(uses, met, routing),
  ];
}

/** A chain that no packet enters does nothing. */
function isMetIn(iptables: Ruleset | null): (use: MarkUse) => boolean {
  const print = iptables && reachedIn(fingerprint(iptables).program);
  return ({ place: { table, chain } }) => {
    const own = print?.program.chains.get(chainKey(table, chain));
    return table.includes(' ') || (own !== undefined && print?.reached.has(own) === true);
  };
}

/** What is set in a table that nobody printed, nobody knows. */
function isWhole({ iptables, nft }: NodeRules): boolean {
  return nft.length > 0 || (iptables?.tables.length ?? 0) > 1;
}

/** Where kube-proxy marks what is to be masqueraded. */
function isMasquerade({ place: { table, chain } }: MarkUse): boolean {
  return table.includes(' ') ? chain === 'mark-for-masquerade' : chain === 'KUBE-MARK-MASQ';
}

function union(uses: readonly MarkUse[], key: 'sets' | 'maySet' | 'asks'): number {
  return uses.reduce((bits, use) => bits | use[key], 0) >>> 0;
}

/** Rules of others that set the bit by which kube-proxy marks what is to be masqueraded: their packets are masqueraded as well. */
function findShared(met: readonly MarkUse[], own: number): FindingOf<'mark-shared'>[] {
  return met
    .filter(({ owner, sets }) => owner !== 'kube-proxy' && (sets & own) !== 0)
    .map(({ place, owner }) => ({ code: 'mark-shared', place, mark: own, owner }));
}

/** Two programs that mark by one bit, and one of them asks for it: once for each two. */
function findClashes(met: readonly MarkUse[], own: number): FindingOf<'mark-clash'>[] {
  const others = met.filter(({ owner }) => owner !== 'kube-proxy');
  const owners = [...new Set(others.map(({ owner }) => owner))].sort(byName);
  const of = (owner: string | null) => others.filter((use) => use.owner === owner);
  return owners.flatMap((one, at) =>
    owners.slice(at + 1).flatMap((owner): FindingOf<'mark-clash'>[] => {
      if (one === null) return [];
      const [left, right] = [of(one), of(owner)];
      const asked = union([...left, ...right], 'asks');
      const mark = (union(left, 'sets') & union(right, 'sets') & asked & ~own) >>> 0;
      const place = right.find(({ sets }) => (sets & mark) !== 0)?.place;
      return mark === 0 || !place ? [] : [{ code: 'mark-clash', place, mark, owner, other: one }];
    }),
  );
}

/** Whom nobody knows comes last. */
const byName = (one: string | null, other: string | null): number =>
  one === other ? 0 : other === null || (one !== null && one < other) ? -1 : 1;

/** Rules that ask for bits that none sets. What a socket was given (SO_MARK) is met in OUTPUT, where that is usual. */
function findUnset(uses: readonly MarkUse[], met: readonly MarkUse[]): FindingOf<'mark-unset'>[] {
  const set = union(uses, 'maySet');
  return met
    .filter(({ owner, place }) => owner === null && place.chain !== 'OUTPUT')
    .filter(({ needs }) => (needs & ~set) !== 0)
    .map(({ place, needs }) => ({ code: 'mark-unset', place, mark: (needs & ~set) >>> 0 }));
}

/** Rules that do no more than to set bits for which neither a rule nor, as far as it is told, routing asks. */
function findUnread(
  uses: readonly MarkUse[],
  met: readonly MarkUse[],
  routing: readonly PolicyRule[],
): FindingOf<'mark-unread'>[] {
  const asked = union(uses, 'asks') | routing.reduce((bits, { mark }) => bits | (mark?.mask ?? 0), 0);
  return met
    .filter(({ owner, sets, wipes }) => owner === null && sets !== 0 && ((sets | wipes) & asked) === 0)
    .map(({ place, sets }) => ({ code: 'mark-unread', place, mark: sets }));
}

/** Where kube-proxy's masquerade picks ports in turn: two flows that do so at once may get one port, and one of them is lost. */
export function findPredictablePorts({ program }: Reached): FindingOf<'ports-predictable'>[] {
  const rules = program.chains.get(chainKey('nat', 'KUBE-POSTROUTING'))?.rules ?? [];
  return rules.flatMap((place) => {
    const { target } = place.rule;
    if (target?.kind !== 'masquerade' || target.randomFully) return [];
    return [{ code: 'ports-predictable', place: placeOf(place) } as const];
  });
}
