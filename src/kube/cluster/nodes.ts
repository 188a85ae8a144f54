import { type Address, type Family, families, parseAddress } from '../../address/address.ts';
import { parseSloppyAddress, parseSloppyPrefix } from '../../address/sloppy.ts';
import { parsePrefix, type Subnet } from '../../address/subnet.ts';
import { type KubeObject, type Manifest, ofKind } from '../manifest/kinds.ts';
import type { NodeRow } from '../manifest/rows.ts';
import { podPrefixesOf } from '../manifest/validate-node.ts';
import type { Draft, Log } from './draft.ts';
import type { ClusterNode } from './model.ts';

export function normalizeNode({ name, value }: Manifest<'Node'>): ClusterNode {
  return {
    name,
    internalAddresses: addressesOf(value, 'InternalIP'),
    externalAddresses: addressesOf(value, 'ExternalIP'),
    podPrefixes: podPrefixesOf(value).flatMap((text) => parseSloppyPrefix(text) ?? []),
    labels: value.metadata?.labels ?? {},
  };
}

function addressesOf(value: Manifest<'Node'>['value'], type: string): Address[] {
  return (value.status?.addresses ?? []).flatMap((entry) =>
    entry.type === type ? (parseSloppyAddress(entry.address ?? '') ?? []) : [],
  );
}

/** A node that only a table knows of. */
export function nodeOfRow(
  { name, internalAddress, externalAddress, labels }: NodeRow,
  log: Log,
): ClusterNode {
  log.assume(`Node ${name}`, { code: 'node-row', labels: labels !== null });
  return {
    name,
    internalAddresses: internalAddress === null ? [] : [internalAddress],
    externalAddresses: externalAddress === null ? [] : [externalAddress],
    podPrefixes: [],
    labels: labels ?? {},
  };
}

const assumedNetworks: Readonly<Record<Family, { address: string; podPrefix: string }>> = {
  ipv4: { address: '192.168.0.10', podPrefix: '10.244.0.0/24' },
  ipv6: { address: 'fd00:192:168::10', podPrefix: 'fd00:10:244::/64' },
};

/** The only node that slices, Endpoints and pods speak of; null where they speak of none, or of several. */
export function mentionedNode(objects: readonly KubeObject[]): string | null {
  const slices = ofKind(objects, 'EndpointSlice').flatMap(({ value }) => value.endpoints ?? []);
  const subsets = ofKind(objects, 'Endpoints').flatMap(({ value }) => value.subsets ?? []);
  const addresses = subsets.flatMap((subset) => [
    ...(subset.addresses ?? []),
    ...(subset.notReadyAddresses ?? []),
  ]);
  const specs = ofKind(objects, 'Pod').map(({ value }) => value.spec ?? {});
  const rows = objects.flatMap((object) => (object.kind === 'PodRow' ? [{ nodeName: object.node }] : []));
  const names = new Set(
    [...slices, ...addresses, ...specs, ...rows].flatMap(({ nodeName }) => nodeName || []),
  );
  const [only = null] = names;
  return names.size === 1 ? only : null;
}

/** The node that stands in where none is given, in the address families of the services. */
export function assumeNode(name: string, drafts: readonly Draft[], log: Log): ClusterNode {
  const wanted = new Set(drafts.flatMap(({ service }) => service.families));
  const networks = families
    .filter((family) => wanted.has(family) || (wanted.size === 0 && family === 'ipv4'))
    .map((family) => assumedNetworks[family]);
  const node: ClusterNode = {
    name,
    internalAddresses: networks.map(({ address }) => parseAddress(address) as Address),
    externalAddresses: [],
    podPrefixes: networks.map(({ podPrefix }) => parsePrefix(podPrefix) as Subnet),
    labels: {},
    madeUp: true,
  };
  const { internalAddresses: addresses, podPrefixes: prefixes } = node;
  log.assume(`Node ${node.name}`, { code: 'node-assumed', addresses, prefixes });
  return node;
}
