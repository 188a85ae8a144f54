import type { Match } from '../../iptables/rule/match.ts';
import type { Ruleset } from '../../iptables/rule/ruleset.ts';
import type { Target } from '../../iptables/rule/target.ts';
import type { Front } from './front.ts';
import { askedOf } from './iptables-fronts.ts';

/**
 * Fronts that a program on the node itself answers instead of endpoints, as NodeLocal DNS Cache does: it has the cluster's address on an
 * interface of its own, takes what is sent there out of connection tracking, so that no rule translates it, and lets it in.
 */
export function servedByNode({ tables }: Ruleset): (front: Front) => boolean {
  const ends = (table: string, chain: string, does: (target: Target | null) => boolean) =>
    new Set(
      tables
        .filter(({ name }) => name === table)
        .flatMap(({ chains }) => chains.get(chain)?.rules ?? [])
        .flatMap(({ matches, target }) => (does(target) ? (endOf(matches) ?? []) : [])),
    );
  const untracked = ends('raw', 'PREROUTING', (target) => target?.kind === 'ct' && target.notrack);
  const letIn = ends(
    'filter',
    'INPUT',
    (target) => target?.kind === 'verdict' && target.verdict === 'ACCEPT',
  );
  return (front) => untracked.has(keyOf(front)) && letIn.has(keyOf(front));
}

function endOf(matches: readonly Match[]): string | null {
  const asked = askedOf(matches);
  return asked?.address == null ? null : keyOf(asked);
}

const keyOf = ({ protocol, address, port }: Pick<Front, 'protocol' | 'address' | 'port'>) =>
  `${protocol} ${address} ${port}`;
