import { joined, type Merged, type PartResult, placesOf } from './part.ts';

interface Group {
  readonly nodes: readonly string[];
  readonly same: boolean;
  /** Equal for nodes that agree. */
  readonly agreement?: string;
}

/** Joins parts of `diff --nodes all`: nodes that agree are one group again, shown for the first of them. */
export function mergeDiffs(parts: readonly PartResult[]): Merged {
  const place = placesOf(parts);
  const first = ({ nodes }: Group) => Math.min(...nodes.map(place));
  const groups = new Map<string | undefined, Group>();
  for (const group of joined<Group>(parts, 'nodes', first)) {
    const known = groups.get(group.agreement);
    const nodes = [...(known?.nodes ?? []), ...group.nodes];
    const { agreement, ...shown } = known ?? group;
    const inOrder = nodes.toSorted((left, right) => place(left) - place(right));
    groups.set(group.agreement, { ...shown, nodes: inOrder });
  }
  const list = [...groups.values()];
  const status = parts.some(({ value }) => value.status === 1) ? 1 : 0;
  const { before, after } = parts[0]?.value ?? {};
  const document = {
    same: list.every(({ same }) => same),
    before,
    after,
    onlyBefore: joined(parts, 'onlyBefore', place),
    onlyAfter: joined(parts, 'onlyAfter', place),
    status,
    nodes: list,
  };
  return { text: `${JSON.stringify(document, null, 1)}\n`, status };
}
