import { formatAddress } from '../../address/address.ts';
import type { Cluster, Service } from './model.ts';

const columns = ['NAMESPACE', 'NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)'] as const;

/**
 * The services of a cluster as `kubectl get services -A -o wide` prints them (pkg/printers/internalversion), without their
 * ages and selectors.
 */
export function servicesTable(cluster: Cluster): string {
  const rows = [
    columns,
    ...cluster.services.map((service) => [
      service.namespace,
      service.name,
      service.type,
      clusterAddress(service),
      externalAddresses(service),
      ports(service),
    ]),
  ];
  const widths = columns.map((_, column) =>
    rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0),
  );
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('   ')
          .trimEnd()}\n`,
    )
    .join('');
}

function clusterAddress({ unproxied, clusterAddresses: [first] }: Service): string {
  if (unproxied === 'headless') return 'None';
  return first === undefined ? '<none>' : formatAddress(first);
}

function externalAddresses(service: Service): string {
  const { type, externalName, loadBalancer } = service;
  if (type === 'ExternalName') return externalName ?? '';
  const balanced = loadBalancer.map(({ address, hostname }) =>
    address === null ? hostname : formatAddress(address),
  );
  const own = type === 'LoadBalancer' ? [...new Set(balanced)].sort() : [];
  const all = [...own, ...service.externalAddresses.map(formatAddress)];
  if (all.length > 0) return all.join(',');
  return type === 'LoadBalancer' ? '<pending>' : '<none>';
}

function ports(service: Service): string {
  const spelled = service.ports.map(
    ({ port, nodePort, protocol }) => `${port}${nodePort === null ? '' : `:${nodePort}`}/${protocol}`,
  );
  return spelled.join(',') || '<none>';
}
