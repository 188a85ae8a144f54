import type { Service } from '../../../kube/cluster/model.ts';
import { words } from '../words.ts';

/** The traffic policies of a service, as far as they have an effect. */
export function Policy({ service }: { readonly service: Service }) {
  const w = words.value;
  const { unproxied, type, externalAddresses, externalTrafficPolicy, internalTrafficPolicy } = service;
  if (unproxied !== null) return <>{w.none}</>;
  const isExternal = type !== 'ClusterIP' || externalAddresses.length > 0;
  const said = [
    ...(isExternal ? [[w.external, externalTrafficPolicy] as const] : []),
    [w.internal, internalTrafficPolicy] as const,
  ];
  return (
    <>
      {said.map(([side, policy], index) => (
        <span key={side} class="policy-side">
          {index > 0 && <span class="comma">, </span>}
          <span class="kind">{side}</span>{' '}
          <span class={policy === 'Local' ? 'local' : undefined}>{policy}</span>
        </span>
      ))}
    </>
  );
}
