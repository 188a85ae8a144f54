import { type Address, parseAddress } from '../address/address.ts';
import { parsePrefix } from '../address/subnet.ts';
import type { Manifest } from '../manifest/kinds.ts';
import type { ClusterNode } from './model.ts';

export function normalizeNode({ name, value }: Manifest<'Node'>): ClusterNode {
  const { spec } = value;
  const prefixes = spec?.podCIDRs && spec.podCIDRs.length > 0 ? spec.podCIDRs : [spec?.podCIDR ?? ''];
  return {
    name,
    internalAddresses: addressesOf(value, 'InternalIP'),
    externalAddresses: addressesOf(value, 'ExternalIP'),
    podPrefixes: prefixes.flatMap((text) => parsePrefix(text) ?? []),
    labels: value.metadata?.labels ?? {},
  };
}

function addressesOf(value: Manifest<'Node'>['value'], type: string): Address[] {
  return (value.status?.addresses ?? []).flatMap((entry) =>
    entry.type === type ? (parseAddress(entry.address ?? '') ?? []) : [],
  );
}
