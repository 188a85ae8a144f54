import type { Service } from '../../../cluster/model.ts';
import { words } from '../words.ts';

/** The traffic policies of a service, as far as they have an effect. */
export function Policy({ service }: { readonly service: Service }) {
  const w = words.value;
  const { unproxied, type, externalAddresses, externalTrafficPolicy, internalTrafficPolicy } = service;
  if (unproxied !== null) return <>{w.none}</>;
  const isExternal = type !== 'ClusterIP' || externalAddresses.length > 0;
  return (
    <>
      {isExternal ? `${w.external} ${externalTrafficPolicy}, ` : ''}
      {`${w.internal} ${internalTrafficPolicy}`}
    </>
  );
}
