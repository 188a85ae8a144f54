import { formatAddress, formatEndpoint } from '../../../address/address.ts';
import type { NodeKind } from '../../../graph/model.ts';
import type { Way } from '../../../path/connection.ts';
import type { SaidEdge, SaidGraph, SaidNode } from '../../../report/graph-said.ts';
import { add, type Fraction, one } from '../../../sets/fraction.ts';

/** One connection of a request: where it begins, its ways, and what stands where they end, if not the pods themselves. */
export interface Stretch {
  readonly from: string;
  /** Null: it is not followed through the cluster. */
  readonly ways: readonly Way[] | null;
  readonly to: string | null;
}

export interface FlowNames {
  readonly balancer: string;
  /** `and 3 more nodes like it`. */
  readonly alike: (count: number) => string;
  readonly lost: (kind: Way['end']['kind']) => string;
}

/** Connections as a graph from the client to the pods, each edge with the share of all that take it. */
export function flowGraph(stretches: readonly Stretch[], names: FlowNames): SaidGraph {
  const nodes = new Map<string, SaidNode>();
  const edges = new Map<string, SaidEdge>();
  const meet = (kind: NodeKind, label: string): string => {
    const id = `${kind}/${label}`;
    if (!nodes.has(id)) nodes.set(id, { id, kind, table: null, chain: null, label, rules: 0 });
    return id;
  };
  const pass = (from: string, to: string, share: Fraction): void => {
    const known = edges.get(`${from} ${to}`)?.share;
    edges.set(`${from} ${to}`, { from, to, rules: [], share: known ? add(known, share) : share });
  };
  for (const { from, ways, to } of stretches) {
    const start = meet('hook', from);
    if (!ways && to !== null) pass(start, meet('hook', to), one);
    for (const way of ways ?? []) {
      const stops = [...stopsOf(way, names), endOf(way, to, names)];
      let last = start;
      for (const [kind, label] of stops) {
        const next = meet(kind, label);
        if (next !== last) pass(last, next, way.weight);
        last = next;
      }
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

type Stop = readonly [kind: NodeKind, label: string];

/** The load balancer, and the node that decides: the others only hand on. */
function stopsOf({ hops }: Way, names: FlowNames): Stop[] {
  const balancer = hops.find((hop) => hop.kind === 'balancer');
  // A node that does not answer is no hop, but the balancer sent the connection there.
  const node = hops.find(({ kind }) => kind === 'node')?.node ?? balancer?.node;
  const more = balancer && balancer.alike > 0 ? `\n${names.alike(balancer.alike)}` : '';
  return [
    ...(balancer ? [['hook', names.balancer] as const] : []),
    ...(node === undefined ? [] : [['chain', `${node}${more}`] as const]),
  ];
}

function endOf({ end }: Way, to: string | null, names: FlowNames): Stop {
  if (end.kind === 'left' || end.kind === 'unplaced') return ['other', formatAddress(end.address)];
  if (end.kind !== 'reached') return ['verdict', names.lost(end.kind)];
  return to === null ? ['endpoint', `${formatEndpoint(end.address, end.port)}\n${end.node}`] : ['hook', to];
}
