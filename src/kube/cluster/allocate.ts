import {
  type Address,
  type Family,
  families,
  familyOf,
  formatAddress,
  parseAddress,
} from '../../address/address.ts';
import type { PortRange } from '../../address/port.ts';
import { contains, formatSubnet, isEverything, parsePrefix, type Subnet } from '../../address/subnet.ts';
import type { Path } from '../../documents/path.ts';
import { type Expected, want } from '../../text/expected.ts';
import type { ManifestDetail } from '../manifest/detail.ts';
import { isFreelyHeadless, placeOfClusterAddress } from '../manifest/service-rule.ts';
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
      owners.claim(address, formatAddress(address), draft, clusterIPs, 'cluster-address', log, place);
      pools.get(familyOf(address))?.reserve(address);
      refuseOutside(address, prefixes, draft, place, log);
    });
  }
  for (const draft of drafts) {
    const { service } = draft;
    if (service.type === 'ExternalName') continue;
    refuseFamilies(draft, pools, log);
    if (service.unproxied === 'headless') continue;
    const addresses = service.families.flatMap((family) => {
      const known = service.clusterAddresses.find((address) => familyOf(address) === family);
      if (known !== undefined) return known;
      const pool = pools.get(family);
      return (pool && draw(pool, draft, 'cluster-address', log)) ?? [];
    });
    if (addresses.length > service.clusterAddresses.length)
      draft.service = { ...service, clusterAddresses: addresses };
  }
}

type OutsideCode = 'outside-range' | 'range-address' | 'broadcast-address' | 'api-address';

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
  const refuse = (code: OutsideCode, expected: Expected) =>
    report(log, draft, clusterIPs, 'field-value', { code, address: formatAddress(address) }, expected, place);
  if (own.length > 0 && !holder) refuse('outside-range', want.either(...own.map(formatSubnet)));
  if (!holder || isEverything(holder)) return;
  if (address === holder.address) refuse('range-address', want.thing('another-address'));
  if (isBroadcast(address, holder)) refuse('broadcast-address', want.thing('another-address'));
  const isApi = serviceKey(draft.service) === 'default/kubernetes';
  if (holder === prefixes[0] && address === after(holder.address) && !isApi)
    refuse('api-address', want.thing('another-address'));
}

/** The last of a range; in IPv6 it is an address as any other. */
function isBroadcast(address: Address, { address: base, mask }: Subnet): boolean {
  if (typeof address !== 'number' || typeof base !== 'number') return false;
  const last = 2 ** 32 - 1 - Number(mask);
  return last > 1 && address === base + last;
}

function after(address: Address): Address {
  return typeof address === 'number' ? address + 1 : address + 1n;
}

/**
 * What asks for a family that the cluster does not have (pkg/registry/core/service/storage/alloc.go, initIPFamilyFields). Whoever makes
 * the endpoints of a headless service without selector may have any.
 */
function refuseFamilies(draft: Draft, pools: ReadonlyMap<Family, unknown>, log: Log): void {
  const spec = draft.manifest?.value.spec ?? {};
  if (isFreelyHeadless(spec)) return;
  const named = (spec.ipFamilies ?? []).map((name): Family => (name === 'IPv4' ? 'ipv4' : 'ipv6'));
  const refuse = (family: Family, path: Path, place = path) => {
    const detail: ManifestDetail = { code: 'no-family-range', family };
    const expected = want.thing('prefix-in-service-cidr', family);
    report(log, draft, path, 'address-family', detail, expected, place);
  };
  const [missing] = families.filter((family) => !pools.has(family));
  if (missing === undefined) return;
  if (spec.ipFamilyPolicy === 'RequireDualStack') refuse(missing, ['spec', 'ipFamilyPolicy']);
  named.forEach((family, index) => {
    if (family === missing) refuse(family, ['spec', 'ipFamilies', index]);
  });
  draft.service.clusterAddresses.forEach((address, index) => {
    if (named[index] !== undefined || familyOf(address) !== missing) return;
    refuse(missing, [...clusterIPs, index], placeOfClusterAddress(spec, index));
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
    report(
      log,
      draft,
      [],
      'range-exhausted',
      { code: 'range-empty', what: code },
      want.thing('larger-range'),
    );
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
