import type { Place } from './placement.ts';

/** So many endpoints each zone gives to others, and receives from them. */
export interface ZoneShares {
  readonly giving: ReadonlyMap<string, number>;
  readonly receiving: ReadonlyMap<string, number>;
  /** Zones that are alike, so that it is chance which of them gives or receives. */
  readonly alike: readonly string[];
}

/** A zone may have a fifth more traffic for each endpoint than its share (overloadThreshold). */
const overload = 0.2;

const zoneLabel = 'topology.kubernetes.io/zone';
const excluded = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/**
 * How many of the ready endpoints in each zone are meant for other zones, by the processors of the nodes that are ready
 * (k8s.io/endpointslice/topologycache). `none`: the control plane gives no hints at all; `unknown`: no node says what it has.
 */
export function givenAway(
  endpoints: ReadonlyMap<string, number>,
  places: readonly Place[],
): ZoneShares | 'none' | 'unknown' {
  if (places.every(({ processors, ready }) => processors === null && ready === null)) return 'unknown';
  const ratios = processorRatios(places);
  const total = [...endpoints.values()].reduce((sum, count) => sum + count, 0);
  if (!ratios || ratios.size > total) return 'none';
  const desired = new Map<string, number>();
  let least = 0;
  for (const [zone, ratio] of ratios) {
    const minimum = Math.ceil(ratio * total * (1 / (1 + overload)));
    desired.set(zone, Math.max(ratio * total, minimum));
    least += minimum;
  }
  return least > total ? 'none' : exchanged(endpoints, desired);
}

/** The share of each zone, of those nodes that run what users have; undefined where it cannot be told, or there is one zone alone. */
function processorRatios(places: readonly Place[]): ReadonlyMap<string, number> | undefined {
  const own = places.filter(
    ({ node, ready }) => ready && excluded.every((label) => !Object.hasOwn(node.labels, label)),
  );
  const sums = new Map<string, number>();
  for (const { node, processors } of own) {
    const zone = node.labels[zoneLabel];
    if (!zone || !processors) return undefined;
    sums.set(zone, (sums.get(zone) ?? 0) + processors);
  }
  const total = [...sums.values()].reduce((sum, count) => sum + count, 0);
  return sums.size < 2 ? undefined : new Map(Array.from(sums, ([zone, sum]) => [zone, sum / total]));
}

/** The controller takes zones in the order of a map, which is another one every time. */
function exchanged(endpoints: ReadonlyMap<string, number>, desired: ReadonlyMap<string, number>): ZoneShares {
  const order = [...desired].sort(([left], [right]) => (left < right ? -1 : 1));
  const shares = order.flatMap((_, at) => {
    const turned = [...order.slice(at), ...order.slice(0, at)];
    return [exchangedInOrder(endpoints, turned), exchangedInOrder(endpoints, turned.toReversed())];
  });
  const [first] = shares as [Exchange];
  const isAlways = (zone: string) =>
    shares.every(
      ({ giving, receiving }) =>
        giving.get(zone) === first.giving.get(zone) && receiving.get(zone) === first.receiving.get(zone),
    );
  return { ...first, alike: order.map(([zone]) => zone).filter((zone) => !isAlways(zone)) };
}

type Exchange = Omit<ZoneShares, 'alike'>;

/** One endpoint after the other goes from who has most too many to whom most are lacking. */
function exchangedInOrder(
  endpoints: ReadonlyMap<string, number>,
  desired: readonly (readonly [zone: string, wanted: number])[],
): Exchange {
  const excess = new Map(desired.map(([zone, wanted]) => [zone, (endpoints.get(zone) ?? 0) - wanted]));
  const lack = new Map(Array.from(excess, ([zone, value]) => [zone, -value]));
  const giving = new Map<string, number>();
  const receiving = new Map<string, number>();
  for (;;) {
    const [from, give] = most(excess);
    const [to, receive] = most(lack);
    if ((give < 1 && receive < 1) || give < 0.5 || receive < 0.5) return { giving, receiving };
    giving.set(from, (giving.get(from) ?? 0) + 1);
    receiving.set(to, (receiving.get(to) ?? 0) + 1);
    excess.set(from, give - 1);
    lack.set(to, receive - 1);
  }
}

function most(zones: ReadonlyMap<string, number>): readonly [zone: string, count: number] {
  let best: readonly [string, number] = ['', 0];
  for (const entry of zones) if (entry[1] > best[1]) best = entry;
  return best;
}
