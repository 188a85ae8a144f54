import { formatAddress, formatEndpoint } from '../../../address/address.ts';
import type { Filled } from '../../../kube/cluster/filled.ts';
import { portKey, type Service, serviceKey } from '../../../kube/cluster/model.ts';
import type { Version } from '../../../session/version.ts';

export type WarningKind = 'noEndpoint' | 'endpointsUnknown' | 'noLocal' | 'pending' | 'affinity';

/** A line of the list. */
export interface ServiceRow {
  readonly key: string;
  readonly service: Service;
  /** All that can be searched for, in lower case. */
  readonly haystack: string;
}

export function serviceRows(version: Version): readonly ServiceRow[] {
  const known = made.get(version);
  if (known) return known;
  const rows = version.cluster.services.map((service) => ({
    key: serviceKey(service),
    service,
    haystack: haystackOf(service),
  }));
  made.set(version, rows);
  return rows;
}

const made = new WeakMap<Version, readonly ServiceRow[]>();

function haystackOf(service: Service): string {
  const { namespace, name, type, clusterAddresses, externalAddresses, loadBalancer, ports } = service;
  return [
    `${namespace}/${name}`,
    type,
    ...[...clusterAddresses, ...externalAddresses].map(formatAddress),
    ...loadBalancer.flatMap(({ address, hostname }) => [
      address === null ? '' : formatAddress(address),
      hostname ?? '',
    ]),
    ...ports.flatMap(({ name: port, port: number, nodePort, protocol }) => [
      port,
      `${number}/${protocol}`,
      nodePort ?? '',
    ]),
  ]
    .join(' ')
    .toLowerCase();
}

/** Every word must be there. */
export function searchRows(rows: readonly ServiceRow[], text: string): readonly ServiceRow[] {
  const wanted = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (wanted.length === 0) return rows;
  return rows.filter(({ haystack }) => wanted.every((word) => haystack.includes(word)));
}

/** The columns of the list by which it can be sorted. */
export const sortColumns = ['service', 'type', 'entries', 'endpoints', 'policy', 'warnings'] as const;
type SortColumn = (typeof sortColumns)[number];

const sortKeys: Readonly<Record<SortColumn, (row: ServiceRow, version: Version) => string | number>> = {
  service: ({ key }) => key,
  type: ({ service }) => service.type,
  entries: ({ service }) => entryTexts(service).length,
  endpoints: ({ service }, version) => countEndpoints(version, service).ready,
  policy: ({ service }) => `${service.externalTrafficPolicy} ${service.internalTrafficPolicy}`,
  warnings: ({ service }, version) => warningsOf(version, service).length,
};

/** By a column, from the highest where a minus stands before its name; those that are alike as they were. */
export function sortRows(rows: readonly ServiceRow[], sort: string, version: Version): readonly ServiceRow[] {
  const column = sortColumns.find((name) => name === sort.replace('-', ''));
  if (!column) return rows;
  const sign = sort.startsWith('-') ? -1 : 1;
  const keyed = rows.map((row) => ({ row, key: sortKeys[column](row, version) }));
  keyed.sort((left, right) => (left.key < right.key ? -sign : left.key > right.key ? sign : 0));
  return keyed.map(({ row }) => row);
}

/** Where a service may be called: kind and what is to be written after it. */
export interface EntryText {
  readonly kind: 'clusterAddress' | 'nodePort' | 'balancer' | 'externalAddress';
  readonly text: string;
}

export function entryTexts({
  clusterAddresses,
  externalAddresses,
  loadBalancer,
  ports,
}: Service): EntryText[] {
  const numbers = [...new Set(ports.map(({ port }) => port))];
  const at = (kind: EntryText['kind'], addresses: Service['clusterAddresses']): EntryText[] =>
    addresses.map((address) => ({
      kind,
      text:
        numbers.length === 1
          ? formatEndpoint(address, numbers[0] as number)
          : `${formatAddress(address)} (${numbers.join(', ')})`,
    }));
  const nodePorts = ports.flatMap(({ nodePort }) => nodePort ?? []);
  return [
    ...at('clusterAddress', clusterAddresses),
    ...(nodePorts.length === 0 ? [] : [{ kind: 'nodePort' as const, text: nodePorts.join(', ') }]),
    ...at(
      'balancer',
      loadBalancer.flatMap(({ address }) => address ?? []),
    ),
    ...loadBalancer.flatMap(({ hostname }) =>
      hostname === null ? [] : [{ kind: 'balancer' as const, text: hostname }],
    ),
    ...at('externalAddress', externalAddresses),
  ];
}

export interface EndpointCount {
  readonly ready: number;
  readonly all: number;
}

/** Addresses that serve any port of the service, each once. */
export function countEndpoints({ cluster }: Version, service: Service): EndpointCount {
  const all = new Set<unknown>();
  const ready = new Set<unknown>();
  const ports = cluster.endpoints.get(serviceKey(service));
  for (const port of service.ports) {
    for (const endpoint of ports?.get(portKey(port)) ?? []) {
      all.add(endpoint.address);
      if (endpoint.ready) ready.add(endpoint.address);
    }
  }
  return { ready: ready.size, all: all.size };
}

/** What deserves a second look, whatever is well-formed. */
export function warningsOf(version: Version, service: Service): WarningKind[] {
  const { unproxied, type, loadBalancer, externalTrafficPolicy, internalTrafficPolicy, affinitySeconds } =
    service;
  if (unproxied !== null) return [];
  const { ready } = countEndpoints(version, service);
  const isExternal = type !== 'ClusterIP' || service.externalAddresses.length > 0;
  const isLocal = internalTrafficPolicy === 'Local' || (isExternal && externalTrafficPolicy === 'Local');
  return [
    ...(ready > 0
      ? []
      : service.endpointsUnknown
        ? (['endpointsUnknown'] as const)
        : (['noEndpoint'] as const)),
    ...(ready > 0 && isLocal && !isEverywhere(version, service) ? (['noLocal'] as const) : []),
    ...(type === 'LoadBalancer' && loadBalancer.length === 0 ? (['pending'] as const) : []),
    ...(affinitySeconds === null ? [] : (['affinity'] as const)),
  ];
}

function isEverywhere({ cluster }: Version, service: Service): boolean {
  const ports = cluster.endpoints.get(serviceKey(service));
  return service.ports.every((port) => {
    const nodes = new Set(
      (ports?.get(portKey(port)) ?? []).flatMap(({ ready, node }) => (ready ? [node] : [])),
    );
    return cluster.nodes.every(({ name }) => nodes.has(name));
  });
}

/** What was filled in for the service. */
export function assumedOf({ cluster }: Version, key: string): Filled[] {
  return cluster.assumptions
    .filter(({ subject }) => subject === `Service ${key}`)
    .map(({ filled }) => filled);
}
