import { chainKey } from '../engine/program.ts';
import { isKubeProxys, ownerOf } from '../iptables/owners.ts';
import type { Fingerprint } from '../proof/rules/fingerprint.ts';
import { type FindingOf, placeOf } from './finding.ts';

/** Rules of others that set the bit by which kube-proxy marks what is to be masqueraded: their packets are masqueraded as well. */
export function findSharedMarks({ program, reached }: Fingerprint): FindingOf<'mark-shared'>[] {
  const marking = program.chains.get(chainKey('nat', 'KUBE-MARK-MASQ'))?.source.rules ?? [];
  const bits = marking.reduce((all, { target }) => (target?.kind === 'mark' ? all | target.value : all), 0);
  if (bits === 0) return [];
  return [...reached].flatMap((chain) =>
    isKubeProxys(chain.name)
      ? []
      : chain.rules.flatMap((place) => {
          const { target } = place.rule;
          if (target?.kind !== 'mark' || (target.value & bits) === 0) return [];
          return [
            { code: 'mark-shared', place: placeOf(place), mark: bits, owner: ownerOf(chain.name) } as const,
          ];
        }),
  );
}

/** Where kube-proxy's masquerade picks ports in turn: two flows that do so at once may get one port, and one of them is lost. */
export function findPredictablePorts({ program }: Fingerprint): FindingOf<'ports-predictable'>[] {
  const rules = program.chains.get(chainKey('nat', 'KUBE-POSTROUTING'))?.rules ?? [];
  return rules.flatMap((place) => {
    const { target } = place.rule;
    if (target?.kind !== 'masquerade' || target.randomFully) return [];
    return [{ code: 'ports-predictable', place: placeOf(place) } as const];
  });
}
