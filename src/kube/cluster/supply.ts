import { type Address, familyOf, formatAddress, parseAddress } from '../../address/address.ts';
import type { Path } from '../../documents/path.ts';
import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import type { ManifestDetail } from '../manifest/detail.ts';
import type { ServiceManifest } from '../manifest/kinds.ts';
import { placeOfSpan } from '../manifest/problem-at.ts';
import type { ServiceRow } from '../manifest/rows.ts';
import { clusterTexts } from './cluster-texts.ts';
import { type Draft, type Log, spanOf } from './draft.ts';
import type { ClusterFamilies } from './families.ts';
import type { LoadBalancerIngress, Service, ServicePort, ServiceType } from './model.ts';

/** Fills in what a manifest leaves open and the table knows; where both speak and differ, that is an error. */
export function supplyFromRow(draft: Draft, log: Log): void {
  const { manifest, row } = draft;
  if (!manifest || !row) return;
  const conflict = conflictReporter(draft, row, log);
  const { service } = draft;
  if (row.type !== null && row.type !== service.type) conflict(['spec', 'type'], service.type, row.type);
  draft.service = {
    ...service,
    clusterAddresses: clusterAddresses(manifest, row, service, conflict),
    ports: ports(manifest, row, service, conflict),
    ...externals(row, service, conflict),
  };
}

type Conflict = (path: Path, inManifest: string, inTable: string) => void;

function conflictReporter(draft: Draft, row: ServiceRow, log: Log): Conflict {
  return (path, inManifest, inTable) =>
    log.problems.push({
      code: 'table-conflict',
      severity: 'error',
      ...told<ManifestDetail>({ code: 'table-differs', inManifest, place: placeOfSpan(row.span), inTable }),
      span: spanOf({ ...draft, row: null }, path),
      expected: want.thing('same-in-both'),
    });
}

function clusterAddresses(
  manifest: ServiceManifest,
  row: ServiceRow,
  service: Service,
  conflict: Conflict,
): readonly Address[] {
  const spec = manifest.value.spec ?? {};
  const given = clusterTexts(spec);
  const path = ['spec', 'clusterIP'];
  const inTable = row.headless
    ? 'None'
    : row.clusterAddress === null
      ? '<none>'
      : formatAddress(row.clusterAddress);
  if (service.unproxied === 'headless' || row.headless) {
    if (!row.headless || given.length > 0) conflict(path, given[0] ?? 'None', inTable);
    return service.clusterAddresses;
  }
  if (row.clusterAddress === null) return service.clusterAddresses;
  if (given.length === 0) return [row.clusterAddress];
  if (parseAddress(given[0] as string) !== row.clusterAddress) conflict(path, given[0] as string, inTable);
  return service.clusterAddresses;
}

function ports(
  manifest: ServiceManifest,
  row: ServiceRow,
  service: Service,
  conflict: Conflict,
): readonly ServicePort[] {
  const spell = (port: { port: number; protocol: string }) => `${port.port}/${port.protocol}`;
  const known = new Map(row.ports.map((port) => [spell(port), port]));
  const listed = service.ports.map(spell);
  if (listed.length !== row.ports.length || listed.some((port) => !known.has(port))) {
    conflict(['spec', 'ports'], `ports ${listed.join(',')}`, row.ports.map(spell).join(',') || '<none>');
    return service.ports;
  }
  return service.ports.map((port, index) => {
    const nodePort = known.get(spell(port))?.nodePort ?? null;
    const given = manifest.value.spec?.ports?.[index]?.nodePort;
    if (given && nodePort !== null && given !== nodePort) {
      conflict(['spec', 'ports', index, 'nodePort'], String(given), String(nodePort));
    }
    return { ...port, nodePort: given || nodePort };
  });
}

/** Under EXTERNAL-IP kubectl prints the load balancer's addresses, if that is the type, and `spec.externalIPs`. */
function externals(row: ServiceRow, service: Service, conflict: Conflict): Partial<Service> {
  if (service.type === 'ExternalName' || (row.cut && service.loadBalancer.length > 0)) return {};
  const own = new Set(service.externalAddresses);
  const others = row.external.filter((entry) => !own.has(entry as Address));
  const isBalanced = service.type === 'LoadBalancer';
  const balanced = isBalanced ? service.loadBalancer : [];
  if (balanced.length > 0) {
    const known = new Set(balanced.map(({ address, hostname }) => address ?? hostname));
    if (others.length !== known.size || others.some((entry) => !known.has(entry))) {
      const spell = (entry: Address | string | null) =>
        typeof entry === 'string' ? entry : formatAddress(entry ?? 0);
      conflict(
        ['status', 'loadBalancer'],
        [...known].map(spell).join(','),
        row.external.map(spell).join(',') || 'none',
      );
    }
    return {};
  }
  if (isBalanced) return { loadBalancer: others.map(ingressOf) };
  const addresses = others.filter((entry) => typeof entry !== 'string');
  if (own.size > 0 && addresses.length > 0) {
    conflict(
      ['spec', 'externalIPs'],
      [...own].map(formatAddress).join(','),
      addresses.map(formatAddress).join(','),
    );
  }
  return { externalAddresses: [...service.externalAddresses, ...addresses] };
}

/** A service that only a table knows of. kubectl prints neither the names of ports nor the policies. */
export function serviceOfRow(row: ServiceRow, namespace: string, cluster: ClusterFamilies): Service {
  const type = row.type ?? guessType(row);
  const isBalanced = type === 'LoadBalancer';
  const several = row.ports.length > 1;
  return {
    namespace,
    name: row.name,
    type,
    externalName: type === 'ExternalName' ? row.external.map(String).join(',') : null,
    clusterAddresses: row.clusterAddress === null ? [] : [row.clusterAddress],
    families: row.clusterAddress === null ? cluster.slice(0, 1) : [familyOf(row.clusterAddress)],
    familyPolicy: type === 'ExternalName' ? null : 'SingleStack',
    externalAddresses: isBalanced ? [] : row.external.filter((entry) => typeof entry !== 'string'),
    loadBalancer: isBalanced ? row.external.map(ingressOf) : [],
    sourceRanges: [],
    externalTrafficPolicy: 'Cluster',
    internalTrafficPolicy: 'Cluster',
    affinitySeconds: null,
    healthCheckNodePort: null,
    topologyAnnotations: {},
    trafficDistribution: null,
    unproxied: type === 'ExternalName' ? 'external-name' : row.headless ? 'headless' : null,
    ports: row.ports.map(({ port, nodePort, protocol }) => ({
      name: several ? `${port}-${protocol.toLowerCase()}` : '',
      protocol,
      port,
      nodePort,
      targetPort: port,
    })),
  };
}

/** kubectl before 1.8 printed no types. */
function guessType(row: ServiceRow): ServiceType {
  if (row.absent === 'pending') return 'LoadBalancer';
  const hasNodePorts = row.ports.some(({ nodePort }) => nodePort !== null);
  if (hasNodePorts) return row.external.length > 0 ? 'LoadBalancer' : 'NodePort';
  if (row.clusterAddress !== null || row.headless) return 'ClusterIP';
  return row.external.some((entry) => typeof entry === 'string') ? 'ExternalName' : 'ClusterIP';
}

function ingressOf(entry: Address | string): LoadBalancerIngress {
  return typeof entry === 'string'
    ? { address: null, hostname: entry, mode: 'VIP' }
    : { address: entry, hostname: null, mode: 'VIP' };
}
