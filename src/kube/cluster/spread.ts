import { isWanted, nodeLabel, takes } from './node-affinity.ts';
import { type Place, tolerated } from './placement.ts';
import type { PodSpec } from './pod-spec.ts';

/** So many pods a domain may have, by how many the domains have. */
interface Limit {
  readonly key: string;
  permits(count: number, least: number): boolean;
  /** Those that count, though none of the pods may run there. */
  readonly domains: readonly string[];
  /** With fewer domains the least is none. */
  readonly atLeast: number;
  /** The pods in each domain so far. */
  readonly counts: Map<string, number>;
}

/**
 * Where a workload's pods go, one after the other: each to the node that has the fewest of them, from `start` on, that
 * `topologySpreadConstraints` and required `podAntiAffinity` permit, as far as they are about the workload's own pods. The rest find no
 * place.
 */
export function spreadOver(
  count: number,
  start: number,
  allowed: readonly Place[],
  all: readonly Place[],
  { spec, labels }: { readonly spec: PodSpec; readonly labels: Readonly<Record<string, string>> },
): readonly Place[] {
  const limits = limitsOf(spec, labels, all);
  const order = allowed.map((_, at) => allowed[(start + at) % allowed.length] as Place);
  if (limits.length === 0 && allowed.length > 0)
    return Array.from({ length: count }, (_, at) => order[at % order.length] as Place);
  const chosen: Place[] = [];
  const onNode = new Map<Place, number>();
  while (chosen.length < count) {
    const least = limits.map(leastOf);
    const free = order.filter((place) =>
      limits.every((limit, at) => isPermitted(limit, place, least[at] as number)),
    );
    const [first, ...others] = free;
    if (!first) return chosen;
    const place = others.reduce(
      (best, one) => (numberOf(onNode, one) < numberOf(onNode, best) ? one : best),
      first,
    );
    chosen.push(place);
    onNode.set(place, numberOf(onNode, place) + 1);
    for (const { key, counts } of limits) {
      const domain = nodeLabel(place.node, key) as string;
      counts.set(domain, numberOf(counts, domain) + 1);
    }
  }
  return chosen;
}

const numberOf = <Key>(counts: ReadonlyMap<Key, number>, key: Key): number => counts.get(key) ?? 0;

function leastOf({ counts, domains, atLeast }: Limit): number {
  if (domains.length < atLeast) return 0;
  return domains.reduce(
    (least, domain) => Math.min(least, numberOf(counts, domain)),
    Number.POSITIVE_INFINITY,
  );
}

function isPermitted({ key, permits, counts }: Limit, { node }: Place, least: number): boolean {
  const own = nodeLabel(node, key);
  return own !== undefined && permits(numberOf(counts, own), least);
}

function limitsOf(
  spec: PodSpec,
  labels: Readonly<Record<string, string>>,
  all: readonly Place[],
): readonly Limit[] {
  const spreads = (spec.topologySpreadConstraints ?? []).flatMap((constraint): Limit[] => {
    const { topologyKey: key, whenUnsatisfiable, maxSkew, minDomains, labelSelector } = constraint;
    if (!key || whenUnsatisfiable !== 'DoNotSchedule') return [];
    const isOwn = takes(labels, labelSelector);
    const counted = all.filter(
      (place) =>
        (constraint.nodeAffinityPolicy === 'Ignore' || isWanted(place.node, spec)) &&
        (constraint.nodeTaintsPolicy !== 'Honor' || tolerated(place, spec)),
    );
    const domains = [...new Set(counted.flatMap(({ node }) => nodeLabel(node, key) ?? []))];
    const permits = (count: number, least: number) => !isOwn || count + 1 - least <= (maxSkew ?? 1);
    return [{ key, permits, domains, atLeast: minDomains ?? 1, counts: new Map() }];
  });
  const apart = spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return [
    ...spreads,
    ...apart.flatMap(({ topologyKey: key, labelSelector, namespaces, namespaceSelector }): Limit[] => {
      if (!key || namespaces?.length || namespaceSelector || !takes(labels, labelSelector)) return [];
      return [{ key, permits: (count) => count === 0, domains: [], atLeast: 1, counts: new Map() }];
    }),
  ];
}
