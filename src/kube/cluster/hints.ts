import { type Address, type Family, familyOf, formatAddress } from '../../address/address.ts';
import { sortedBy } from '../../text/lists.ts';
import { assumeFor, type Draft, type Log } from './draft.ts';
import type { Place } from './placement.ts';
import { givenAway, type ZoneShares } from './zone-shares.ts';

/** Where an endpoint runs, as far as hints go. */
export interface Where {
  readonly address: Address;
  readonly ready: boolean;
  readonly node: string | null;
  readonly zone: string | undefined;
}

export interface Hints {
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

const noHints: Hints = { zoneHints: [], nodeHints: [] };

/** Values of `trafficDistribution` for which the control plane gives hints, and whether it names the node, too. */
const distributions: ReadonlyMap<string, { readonly nodes: boolean }> = new Map([
  ['PreferClose', { nodes: false }],
  ['PreferSameZone', { nodes: false }],
  ['PreferSameNode', { nodes: true }],
]);

/** The annotation asks for hints by processors, which go before `trafficDistribution`. */
function isByProcessors({ service }: Draft): boolean {
  const { hints, mode } = service.topologyAnnotations;
  return ['Auto', 'auto'].includes(hints ?? mode ?? '');
}

/** The hints of a service's endpoints, all of which must be given: for the annotation each depends on the others. */
export function hintsOf(
  draft: Draft,
  endpoints: readonly Where[],
  places: readonly Place[],
  log: Log,
): (where: Where) => Hints {
  if (isByProcessors(draft)) return hintsByProcessors(draft, endpoints, places, log);
  const distribution = distributions.get(draft.service.trafficDistribution ?? '');
  if (!distribution) return () => noHints;
  return ({ ready, node, zone }) => {
    if (!ready) return noHints;
    return {
      zoneHints: zone === undefined ? [] : [zone],
      nodeHints: node === null || !distribution.nodes ? [] : [node],
    };
  };
}

/**
 * Each zone gets a share of the endpoints that is that of its processors (k8s.io/endpointslice/topologycache): those of its own, as far
 * as it may keep them, and some that others give. How many is determined; which ones is chance.
 */
function hintsByProcessors(
  draft: Draft,
  endpoints: readonly Where[],
  places: readonly Place[],
  log: Log,
): (where: Where) => Hints {
  const zones = new Map<Address, string>();
  for (const family of new Set(endpoints.map(({ address }) => familyOf(address)))) {
    for (const [address, zone] of zonesOfFamily(draft, endpoints, family, places, log))
      zones.set(address, zone);
  }
  return ({ address }) => {
    const zone = zones.get(address);
    return zone === undefined ? noHints : { zoneHints: [zone], nodeHints: [] };
  };
}

function zonesOfFamily(
  draft: Draft,
  endpoints: readonly Where[],
  family: Family,
  places: readonly Place[],
  log: Log,
): ReadonlyMap<Address, string> {
  const ready = endpoints.filter((one) => one.ready && familyOf(one.address) === family);
  const hasZones = ready.every(({ zone }) => zone);
  const own = new Map<string, Where[]>();
  for (const one of sortedBy(ready, ({ address }) => formatAddress(address)))
    own.set(one.zone ?? '', [...(own.get(one.zone ?? '') ?? []), one]);
  const counts = new Map(Array.from(own, ([zone, members]) => [zone, members.length]));
  const shares = hasZones ? givenAway(counts, places) : 'none';
  if (typeof shares === 'string') {
    if (shares === 'unknown' && ready.length > 0) assumeFor(log, draft, { code: 'no-hints' });
    return new Map();
  }
  sayShares(draft, shares, counts, log);
  return dealt(own, shares);
}

/** By the order of addresses, for want of a better one. */
function dealt(
  own: ReadonlyMap<string, readonly Where[]>,
  { giving, receiving }: ZoneShares,
): ReadonlyMap<Address, string> {
  const wanting = [...receiving].flatMap(([zone, count]) => Array<string>(count).fill(zone));
  const zones = new Map<Address, string>();
  for (const [zone, members] of own) {
    members.forEach(({ address }, index) => {
      const isGiven = index < (giving.get(zone) ?? 0);
      zones.set(address, (isGiven ? wanting.shift() : undefined) ?? zone);
    });
  }
  return zones;
}

function sayShares(
  draft: Draft,
  { giving, alike }: ZoneShares,
  counts: ReadonlyMap<string, number>,
  log: Log,
): void {
  if (alike.length > 0) assumeFor(log, draft, { code: 'zones-alike', zones: alike });
  for (const [zone, count] of giving) {
    const total = counts.get(zone) ?? 0;
    assumeFor(log, draft, { code: 'zone-gives', zone, count, total });
  }
}
