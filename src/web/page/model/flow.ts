import { formatAddress, formatEndpoint } from '../../../address/address.ts';
import { keyOfReason } from '../../../engine/reasons.ts';
import { numberOfProtocol, type ServicePort } from '../../../kube/cluster/model.ts';
import { type Client, clientsOn, startOf } from '../../../path/clients.ts';
import type { Way } from '../../../path/connection.ts';
import { type Entry, listEntries } from '../../../path/entries.ts';
import { type IngressRow, ingressRows } from '../../../path/ingress/rows.ts';
import type { LostReason } from '../../../path/lost.ts';
import type { PathReason } from '../../../path/results.ts';
import { walkConnection } from '../../../path/walk.ts';
import type { Version } from '../../../session/version.ts';
import { add, type Fraction, toNumber, zero } from '../../../sets/fraction.ts';
import { endpointsOfStage, type Stage } from './scene.ts';

/** A way into the cluster that can be chosen. */
export type Door =
  | { readonly kind: 'entry'; readonly id: string; readonly entry: Entry }
  | { readonly kind: 'ingress'; readonly id: string; readonly row: IngressRow };

export function doorsOf({ objects }: Version, stage: Stage, port: ServicePort): Door[] {
  const { scene, service, ingresses, client } = stage;
  const nodes = scene.network.nodes.map(({ name }) => name).slice(0, 20);
  const entries = listEntries(scene, service, port, nodes);
  const rows = ingressRows(scene, objects, ingresses, service, port, client);
  const rank = (door: Door) => (door.kind === 'ingress' ? 0 : (ranks[door.entry.kind] ?? 9));
  const doors: Door[] = [
    ...rows.map((row, index): Door => ({ kind: 'ingress', id: `ingress ${index}`, row })),
    ...entries.map(
      (entry): Door => ({
        kind: 'entry',
        id: `${entry.kind} ${formatEndpoint(entry.address, entry.port)} ${entry.via ?? ''}`.trim(),
        entry,
      }),
    ),
  ];
  return doors.sort((left, right) => rank(left) - rank(right));
}

const ranks: Partial<Record<Entry['kind'], number>> = {
  'load-balancer': 1,
  'node-port': 2,
  'external-ip': 3,
  'cluster-ip': 4,
};

/** Who may call by an entry: outside, and on each of a few nodes a pod and the node itself. */
export function clientsFor(stage: Stage, port: ServicePort): Client[] {
  const { network, dead } = stage.scene;
  const nodes = network.nodes.filter(({ name }) => !dead.has(name)).slice(0, 6);
  const endpoints = endpointsOfStage(stage, port);
  const inside = nodes.flatMap(({ name }) => clientsOn(network, name, endpoints));
  return [{ kind: 'outside', address: stage.client, node: null }, ...inside];
}

export const clientId = ({ kind, node }: Client): string => (node === null ? kind : `${kind} ${node}`);

/** All ways of a client's connections by a door; null where the way ends before the cluster. */
export function waysBy(
  { scene }: Stage,
  port: ServicePort,
  door: Door,
  client: Client,
): readonly Way[] | null {
  if (door.kind === 'ingress') return door.row.trace.legs.at(-1)?.ways ?? null;
  const { address: destination, port: destinationPort, via } = door.entry;
  const flow = {
    protocol: numberOfProtocol[port.protocol],
    source: client.address,
    sourcePort: 40000,
    destination,
    destinationPort,
  };
  return walkConnection(scene, flow, via === null ? startOf(client) : { at: 'arriving', node: via });
}

/** The share of connections on each part of the cluster. */
export interface Shares {
  /** By the node that a connection comes to first. */
  readonly nodes: ReadonlyMap<string, number>;
  /** How many more nodes a node stands for. */
  readonly alike: ReadonlyMap<string, number>;
  /** By `address:port`. */
  readonly pods: ReadonlyMap<string, PodShare>;
  /** What does not arrive, by what it is. */
  readonly lost: ReadonlyMap<string, Lost>;
}

export interface PodShare {
  readonly share: number;
  readonly node: string | null;
  /** The addresses that it sees as its client. */
  readonly sources: readonly string[];
  readonly kept: boolean;
  /** Why the answer gets lost; null where it comes back. */
  readonly broken: LostReason | null;
}

/** Connections that do not arrive. */
export interface Lost {
  readonly kind: Way['end']['kind'];
  readonly reason: PathReason | null;
  readonly share: number;
}

export function sharesOf(ways: readonly Way[], client: string): Shares {
  const nodes = new Map<string, Fraction>();
  const alike = new Map<string, number>();
  const pods = new Map<
    string,
    { weight: Fraction; node: string; sources: Set<string>; broken: LostReason | null }
  >();
  const lost = new Map<string, Omit<Lost, 'share'> & { readonly weight: Fraction }>();
  for (const { weight, hops, end } of ways) {
    const first = hops.find(({ kind }) => kind === 'node') ?? hops[0];
    if (first) nodes.set(first.node, add(nodes.get(first.node) ?? zero, weight));
    for (const hop of hops) if (hop.kind === 'balancer' && hop.alike > 0) alike.set(hop.node, hop.alike);
    if (end.kind === 'reached') {
      const key = formatEndpoint(end.address, end.port);
      const pod = pods.get(key) ?? { weight: zero, node: end.node, sources: new Set(), broken: null };
      pod.weight = add(pod.weight, weight);
      pod.sources.add(formatAddress(end.source));
      pod.broken ??= end.reply.broken;
      pods.set(key, pod);
    } else {
      const reason = 'reason' in end ? end.reason : null;
      const why = reason ? keyOfReason(reason) : end.kind;
      lost.set(why, { kind: end.kind, reason, weight: add(lost.get(why)?.weight ?? zero, weight) });
    }
  }
  return {
    nodes: new Map([...nodes].map(([name, weight]) => [name, toNumber(weight)])),
    alike,
    pods: new Map(
      [...pods].map(([name, { weight, node, sources, broken }]) => [
        name,
        {
          share: toNumber(weight),
          node,
          sources: [...sources],
          kept: [...sources].every((one) => one === client),
          broken,
        },
      ]),
    ),
    lost: new Map([...lost].map(([why, { weight, ...rest }]) => [why, { ...rest, share: toNumber(weight) }])),
  };
}
