import { type Address, type Family, familyOf, formatAddress, parseAddress } from '../../address/address.ts';
import type { PortRange } from '../../address/port.ts';
import { contains, formatSubnet, isEverything, parsePrefix, type Subnet } from '../../address/subnet.ts';
import type { Path } from '../../documents/path.ts';
import { placeOfClusterAddress } from '../manifest/service-rule.ts';
import { allocateNodePorts } from './allocate-ports.ts';
import { clusterTexts } from './cluster-texts.ts';
import { assumeFor, type Draft, type Log, report } from './draft.ts';
import { type Service, serviceKey } from './model.ts';
import { Owners } from './owners.ts';
import { dropPlaceholders } from './placeholders.ts';
import { AddressPool, hostSpan, serviceSpan } from './pool.ts';

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
  const nodePorts = ranges.nodePorts ?? defaultNodePorts;
  for (const draft of drafts) dropPlaceholders(draft, ranges.serviceCidrs ?? [], nodePorts, log);
  allocateClusterAddresses(drafts, ranges, log);
  allocateNodePorts(drafts, nodePorts, log);
  allocateLoadBalancers(drafts, ranges.loadBalancerCidrs ?? [], log);
}

const clusterIPs = ['spec', 'clusterIPs'];

function allocateClusterAddresses(drafts: readonly Draft[], ranges: Ranges, log: Log): void {
  const prefixes = ranges.serviceCidrs ?? [];
  // A cluster that is said to have one family has none to give of the other.
  const pools = new Map(
    (prefixes.length > 0 ? prefixes : defaultServiceCidrs).map((subnet) => [
      familyOf(subnet.address),
      new AddressPool(subnet, serviceSpan),
    ]),
  );
  const owners = new Owners<Address>();
  for (const draft of drafts) {
    draft.service.clusterAddresses.forEach((address, index) => {
      const place = placeOfClusterAddress(draft.manifest?.value.spec ?? {}, index);
      owners.claim(address, formatAddress(address), draft, clusterIPs, 'cluster address', log, place);
      pools.get(familyOf(address))?.reserve(address);
      refuseOutside(address, prefixes, draft, place, log);
    });
  }
  for (const draft of drafts) {
    const { service } = draft;
    const { families } = service;
    if (service.type === 'ExternalName' || service.unproxied === 'headless') continue;
    refuseFamiliesOfAddresses(draft, pools, log);
    const addresses = families.flatMap((family) => {
      const known = service.clusterAddresses.find((address) => familyOf(address) === family);
      if (known !== undefined) return known;
      const pool = pools.get(family);
      if (!pool) refuseFamily(draft, family, log);
      return (pool && draw(pool, draft, 'cluster-address', log)) ?? [];
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
  place: Path,
  log: Log,
): void {
  const own = prefixes.filter((prefix) => familyOf(prefix.address) === familyOf(address));
  const holder = own.find((prefix) => contains(prefix, address));
  const refuse = (message: string, expected: string) =>
    report(log, draft, clusterIPs, 'field-value', `${formatAddress(address)} ${message}`, expected, place);
  if (own.length > 0 && !holder)
    refuse('is outside of the range of cluster addresses', own.map(formatSubnet).join(' or '));
  if (!holder || isEverything(holder)) return;
  if (address === holder.address) refuse('is the address of the range itself', 'another address');
  const isApi = serviceKey(draft.service) === 'default/kubernetes';
  if (holder === prefixes[0] && address === after(holder.address) && !isApi)
    refuse('is the address of the API server', 'another address');
}

function after(address: Address): Address {
  return typeof address === 'number' ? address + 1 : address + 1n;
}

function refuseFamily(draft: Draft, family: Family, log: Log): void {
  const spec = draft.manifest?.value.spec ?? {};
  const index = (spec.ipFamilies ?? []).indexOf(family === 'ipv4' ? 'IPv4' : 'IPv6');
  const path = index === -1 ? ['spec', 'ipFamilyPolicy'] : ['spec', 'ipFamilies', index];
  const message = `the cluster has no range of ${family} addresses`;
  report(log, draft, path, 'address-family', message, `a prefix of ${family} in --service-cidr, too`);
}

/** An address of a family that the cluster does not have. */
function refuseFamiliesOfAddresses(draft: Draft, pools: ReadonlyMap<Family, unknown>, log: Log): void {
  const { ipFamilies, ...spec } = draft.manifest?.value.spec ?? {};
  draft.service.clusterAddresses.forEach((address, index) => {
    const family = familyOf(address);
    if (pools.has(family)) return;
    if (ipFamilies?.[index]) refuseFamily(draft, family, log);
    else {
      const message = `the cluster has no range of ${family} addresses`;
      const expected = `a prefix of ${family} in --service-cidr, too`;
      const place = placeOfClusterAddress(spec, index);
      report(log, draft, [...clusterIPs, index], 'address-family', message, expected, place);
    }
  });
}

function draw(
  pool: AddressPool,
  draft: Draft,
  code: 'cluster-address' | 'balancer-address',
  log: Log,
): Address | undefined {
  const given = pool.take(serviceKey(draft.service));
  if (!given) {
    const what = { 'cluster-address': 'cluster address', 'balancer-address': 'load balancer address' }[code];
    report(log, draft, [], 'range-exhausted', `no ${what} is left to give`, 'a larger range');
    return undefined;
  }
  assumeFor(log, draft, { code, address: given.address, collided: given.collided });
  return given.address;
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
    assumeFor(log, draft, { code: 'balancer-as-asked', address: wanted });
    return [{ address: wanted, hostname: null, mode: 'VIP' }];
  }
  return draft.service.families.flatMap((family) => {
    const pool = pools.get(family);
    const address = pool && draw(pool, draft, 'balancer-address', log);
    return address === undefined ? [] : [{ address, hostname: null, mode: 'VIP' as const }];
  });
}

/** What was applied already, or stands in a table, says itself that there is none yet. */
function sayPending(draft: Draft, log: Log): void {
  const { manifest, row } = draft;
  const isLive = manifest?.value.status && clusterTexts(manifest.value.spec ?? {}).length > 0;
  if (row || isLive) return;
  assumeFor(log, draft, { code: 'balancer-pending' });
}
