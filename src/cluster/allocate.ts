import { type Address, type Family, familyOf, formatAddress, parseAddress } from '../address/address.ts';
import type { PortRange } from '../address/port.ts';
import { contains, formatSubnet, parsePrefix, type Subnet } from '../address/subnet.ts';
import type { Path } from '../manifest/origin.ts';
import { placeOfSpan } from '../manifest/problem-at.ts';
import { assumeFor, type Draft, type Log, report, spanOf } from './draft.ts';
import { type Service, type ServicePort, serviceKey } from './model.ts';
import { AddressPool, hostSpan, nodePortSpan, Pool, serviceSpan } from './pool.ts';
import { clusterTexts } from './services.ts';

/** Where addresses and ports that manifests leave open are taken from. */
export interface Ranges {
  /** For cluster addresses, by family. Default: 10.96.0.0/12 and fd00:10:96::/108. */
  readonly serviceCidrs?: readonly Subnet[];
  /** Default: 30000 to 32767. */
  readonly nodePorts?: PortRange;
  /** For the addresses of load balancers; without one they are pending. */
  readonly loadBalancerCidrs?: readonly Subnet[];
}

const defaultServiceCidrs = ['10.96.0.0/12', 'fd00:10:96::/108'].map((text) => parsePrefix(text) as Subnet);
const defaultNodePorts: PortRange = { first: 30000, last: 32767 };

/**
 * Gives every service what the API server, and the load balancer's controller, would give it. What is asked for comes
 * first; the rest is drawn by the hash of the service's own name, in the order of the names.
 */
export function allocate(drafts: readonly Draft[], ranges: Ranges, log: Log): void {
  allocateClusterAddresses(drafts, ranges, log);
  allocateNodePorts(drafts, ranges.nodePorts ?? defaultNodePorts, log);
  allocateLoadBalancers(drafts, ranges.loadBalancerCidrs ?? [], log);
}

/** Who has a value already, so that the second who asks for it can be told. */
class Owners<T> {
  readonly #owners = new Map<T, { draft: Draft; path: Path; what: string }>();

  claim(value: T, spelled: string, draft: Draft, path: Path, what: string, log: Log): void {
    const other = this.#owners.get(value);
    if (!other) {
      this.#owners.set(value, { draft, path, what });
      return;
    }
    const owner = `the ${other.what} of Service ${serviceKey(other.draft.service)}`;
    const place = placeOfSpan(spanOf(other.draft, other.path));
    report(log, draft, path, 'duplicate', `${spelled} is ${owner} too (${place})`, `a ${what} of its own`);
  }
}

function allocateClusterAddresses(drafts: readonly Draft[], ranges: Ranges, log: Log): void {
  const prefixes = ranges.serviceCidrs ?? [];
  const pools = new Map<Family, AddressPool>();
  for (const subnet of [...defaultServiceCidrs, ...prefixes]) {
    pools.set(familyOf(subnet.address), new AddressPool(subnet, serviceSpan));
  }
  const owners = new Owners<Address>();
  for (const draft of drafts) {
    draft.service.clusterAddresses.forEach((address, index) => {
      const path = draft.manifest?.value.spec?.clusterIPs
        ? ['spec', 'clusterIPs', index]
        : ['spec', 'clusterIP'];
      owners.claim(address, formatAddress(address), draft, path, 'cluster address', log);
      pools.get(familyOf(address))?.reserve(address);
      refuseOutside(address, prefixes, draft, path, log);
    });
  }
  for (const draft of drafts) {
    const { service, families } = draft;
    if (service.type === 'ExternalName' || service.unproxied === 'headless') continue;
    const addresses = families.flatMap((family) => {
      const known = service.clusterAddresses.find((address) => familyOf(address) === family);
      return known ?? draw(pools.get(family), draft, 'cluster address', log) ?? [];
    });
    if (addresses.length > service.clusterAddresses.length)
      draft.service = { ...service, clusterAddresses: addresses };
  }
}

/** Only where the range is known: without the flag, an address from elsewhere just tells that it is another one. */
function refuseOutside(
  address: Address,
  prefixes: readonly Subnet[],
  draft: Draft,
  path: Path,
  log: Log,
): void {
  const own = prefixes.filter((prefix) => familyOf(prefix.address) === familyOf(address));
  if (own.length === 0 || own.some((prefix) => contains(prefix, address))) return;
  const message = `${formatAddress(address)} is outside of --service-cidr`;
  report(log, draft, path, 'field-value', message, own.map(formatSubnet).join(' or '));
}

function draw(pool: AddressPool | undefined, draft: Draft, what: string, log: Log): Address | undefined {
  const given = pool?.take(serviceKey(draft.service));
  if (!given) {
    report(log, draft, [], 'range-exhausted', `no ${what} is left to give`, 'a larger range');
    return undefined;
  }
  assumeFor(log, draft, `${what} ${formatAddress(given.address)}, ${reason(given.collided)}`);
  return given.address;
}

function reason(collided: boolean): string {
  return collided
    ? 'the next free one, because another has what the hash of its name gives'
    : 'by hash of its name';
}

function allocateNodePorts(drafts: readonly Draft[], range: PortRange, log: Log): void {
  const pool = new Pool(nodePortSpan(range));
  const owners = new Owners<number>();
  for (const draft of drafts) claimNodePorts(draft, range, pool, owners, log);
  for (const draft of drafts) {
    if (!wantsNodePorts(draft)) continue;
    const ports = drawNodePorts(draft, pool, log);
    const healthCheckNodePort = drawHealthCheckPort(draft, pool, log);
    draft.service = { ...draft.service, ports, healthCheckNodePort };
  }
}

function claimNodePorts(draft: Draft, range: PortRange, pool: Pool, owners: Owners<number>, log: Log): void {
  const { ports, healthCheckNodePort } = draft.service;
  const claim = (port: number, path: Path, what: string): void => {
    owners.claim(port, String(port), draft, path, what, log);
    pool.reserve(port);
    if (port >= range.first && port <= range.last) return;
    const expected = `a port from ${range.first} to ${range.last}, or another --node-port-range`;
    report(log, draft, path, 'port-range', `${what} ${port} is out of range`, expected);
  };
  const own = new Set<number>();
  ports.forEach(({ nodePort }, index) => {
    // Ports of one service that differ in their protocol may share a number.
    if (nodePort === null || own.has(nodePort)) return;
    own.add(nodePort);
    claim(nodePort, ['spec', 'ports', index, 'nodePort'], 'node port');
  });
  if (healthCheckNodePort !== null)
    claim(healthCheckNodePort, ['spec', 'healthCheckNodePort'], 'health check node port');
}

function wantsNodePorts({ service, manifest }: Draft): boolean {
  if (service.type === 'NodePort') return true;
  return service.type === 'LoadBalancer' && manifest?.value.spec?.allocateLoadBalancerNodePorts !== false;
}

/** Ports of the same number (DNS over TCP and UDP) get one node port between them, as from the API server. */
function drawNodePorts(draft: Draft, pool: Pool, log: Log): readonly ServicePort[] {
  const byPort = new Map<number, number>();
  for (const { port, nodePort } of draft.service.ports) {
    if (nodePort !== null && !byPort.has(port)) byPort.set(port, nodePort);
  }
  return draft.service.ports.map((port) => {
    if (port.nodePort !== null) return port;
    const nodePort =
      byPort.get(port.port) ??
      drawPort(draft, pool, String(port.port), `node port of port ${port.port}`, log);
    if (nodePort !== null) byPort.set(port.port, nodePort);
    return { ...port, nodePort };
  });
}

function drawHealthCheckPort(draft: Draft, pool: Pool, log: Log): number | null {
  const { service } = draft;
  if (service.type !== 'LoadBalancer' || service.externalTrafficPolicy !== 'Local') return null;
  return service.healthCheckNodePort ?? drawPort(draft, pool, 'health', 'health check node port', log);
}

function drawPort(draft: Draft, pool: Pool, suffix: string, what: string, log: Log): number | null {
  const given = pool.take(`${serviceKey(draft.service)}:${suffix}`);
  if (!given) {
    report(
      log,
      draft,
      ['spec', 'ports'],
      'range-exhausted',
      'no node port is left to give',
      'a larger --node-port-range',
    );
    return null;
  }
  assumeFor(log, draft, `${what}: ${given.number}, ${reason(given.collided)}`);
  return given.number;
}

/** Addresses of load balancers may be shared, so what is given already only makes the hash look further. */
function allocateLoadBalancers(drafts: readonly Draft[], prefixes: readonly Subnet[], log: Log): void {
  const pools = new Map(
    prefixes.map((subnet) => [familyOf(subnet.address), new AddressPool(subnet, hostSpan)]),
  );
  for (const { service } of drafts) {
    for (const { address } of service.loadBalancer) {
      if (address !== null) pools.get(familyOf(address))?.reserve(address);
    }
  }
  for (const draft of drafts) {
    const { service } = draft;
    if (service.type !== 'LoadBalancer' || service.loadBalancer.length > 0) continue;
    if (pools.size === 0) sayPending(draft, log);
    else draft.service = { ...service, loadBalancer: drawIngress(draft, pools, log) };
  }
}

function drawIngress(
  draft: Draft,
  pools: ReadonlyMap<Family, AddressPool>,
  log: Log,
): Service['loadBalancer'] {
  const wanted = parseAddress(draft.manifest?.value.spec?.loadBalancerIP ?? '');
  if (wanted !== undefined) {
    assumeFor(log, draft, `load balancer address ${formatAddress(wanted)}, as spec.loadBalancerIP asks for`);
    return [{ address: wanted, hostname: null, mode: 'VIP' }];
  }
  return draft.families.flatMap((family) => {
    const pool = pools.get(family);
    const address = pool && draw(pool, draft, 'load balancer address', log);
    return address === undefined ? [] : [{ address, hostname: null, mode: 'VIP' as const }];
  });
}

/** What was applied already, or stands in a table, says itself that there is none yet. */
function sayPending(draft: Draft, log: Log): void {
  const { manifest, row } = draft;
  const isLive = manifest?.value.status && clusterTexts(manifest.value.spec ?? {}).length > 0;
  if (row || isLive) return;
  const text = 'its load balancer address is pending, because no range is given for it';
  assumeFor(log, draft, text);
}
