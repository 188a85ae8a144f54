import { type Address, type Family, familyOf, formatAddress, parseAddress } from '../../address/address.ts';
import type { PortRange } from '../../address/port.ts';
import { contains, formatSubnet, parsePrefix, type Subnet } from '../../address/subnet.ts';
import type { Path } from '../../documents/path.ts';
import { allocateNodePorts } from './allocate-ports.ts';
import { assumeFor, type Draft, type Log, report } from './draft.ts';
import { type Service, serviceKey } from './model.ts';
import { Owners } from './owners.ts';
import { AddressPool, hostSpan, reasonOf, serviceSpan } from './pool.ts';
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
      if (known !== undefined) return known;
      const pool = pools.get(family);
      if (!pool) refuseFamily(draft, family, log);
      return (pool && draw(pool, draft, 'cluster address', log)) ?? [];
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

function refuseFamily(draft: Draft, family: Family, log: Log): void {
  const spec = draft.manifest?.value.spec ?? {};
  const field = spec.ipFamilies && spec.ipFamilies.length > 0 ? 'ipFamilies' : 'ipFamilyPolicy';
  const message = `there is no --service-cidr of ${family}`;
  report(log, draft, ['spec', field], 'address-family', message, `a prefix of ${family} beside the other`);
}

function draw(pool: AddressPool, draft: Draft, what: string, log: Log): Address | undefined {
  const given = pool.take(serviceKey(draft.service));
  if (!given) {
    report(log, draft, [], 'range-exhausted', `no ${what} is left to give`, 'a larger range');
    return undefined;
  }
  assumeFor(log, draft, `${what} ${formatAddress(given.address)}, ${reasonOf(given.collided)}`);
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
