import { type Address, familyOf } from '../address/address.ts';
import { contains, lastOf } from '../address/subnet.ts';
import type { Filled } from '../kube/cluster/filled.ts';
import {
  type Endpoint,
  numberOfProtocol,
  type Service,
  type ServicePort,
  serviceKey,
} from '../kube/cluster/model.ts';
import type { KubeObject } from '../kube/manifest/kinds.ts';
import type { NetworkAssumption } from './assumption.ts';
import { alikeNodes, endpointsOf } from './balancer.ts';
import { type Client, clientAt, clientsOn, startOf } from './clients.ts';
import type { Flow } from './connection.ts';
import { type Entry, listEntries } from './entries.ts';
import type { Ingress } from './ingress/model.ts';
import { type IngressRow, ingressRows } from './ingress/rows.ts';
import { namedBalancerNotes } from './named-balancers.ts';
import { plus } from './network.ts';
import { type Result, resultsOf } from './results.ts';
import type { Scene } from './scene.ts';
import type { BalancerNote } from './url.ts';
import { walkConnection } from './walk.ts';

/** What becomes of one client's connections to one entry. */
export interface Cell {
  readonly client: Client;
  readonly results: readonly Result[];
}

export interface EntryRow {
  readonly entry: Entry;
  readonly cells: readonly Cell[];
}

/** All that is said of one service. */
export interface ExplainedService {
  /** `namespace/name`. */
  readonly key: string;
  readonly service: Service;
  /** One for each port; none where kube-proxy passes the service over. */
  readonly explanations: readonly Explanation[];
  /** A name that people can read for a chain of a node. */
  readonly chainName: (node: string, table: string, chain: string) => string;
  /** What was assumed of the network. */
  readonly assumed: readonly NetworkAssumption[];
}

/** The source-IP matrix of one port of a service. */
export interface Explanation {
  readonly service: Service;
  readonly port: ServicePort;
  readonly endpoints: readonly Endpoint[];
  /** Nodes that stand for all: with and without an endpoint. */
  readonly nodes: readonly string[];
  readonly rows: readonly EntryRow[];
  readonly ingresses: readonly IngressRow[];
  readonly notes: readonly ExplainNote[];
}

/** What is to be known of a service beside its matrix. */
export type ExplainNote =
  | BalancerNote
  /** Which address a pod there would have is not known. */
  | { readonly code: 'no-pod-prefix'; readonly node: string }
  /** Others are not looked at: `differ` where some may do something else than those that are. */
  | {
      readonly code: 'nodes-stand-for-others';
      readonly nodes: readonly string[];
      readonly others: number;
      readonly differ: boolean;
    }
  /** The load balancer has no address yet. */
  | { readonly code: 'balancer-unaddressed' }
  /** The shares are those of first connections. */
  | { readonly code: 'affinity'; readonly seconds: number }
  | { readonly code: 'filled-in'; readonly filled: Filled };

/** Whose connections are followed, and from where. */
export interface ExplainOptions {
  /** All that was read: what the cluster's model leaves out, Ingresses ask for. */
  readonly objects: readonly KubeObject[];
  readonly ingresses: readonly Ingress[];
  /** A client outside of the cluster. */
  readonly client: Address;
  /** A node to look at beside the ones that are chosen. */
  readonly node: string | null;
  /** Every node that does anything else than another, and no selection. */
  readonly allNodes: boolean;
  /** Of all entries, only those whose number leaves this rest: a sweep in several parts. */
  readonly shard: { readonly index: number; readonly count: number };
}

/** The client's port: any that is not privileged. Rules of kube-proxy do not look at it. */
const clientPort = 40000;

/**
 * Follows connections to every entry of a service port, from every kind of client: from pods and nodes, and from
 * outside. What a client reaches, with which share, and what address the server sees, is said for each.
 */
export function explainPort(
  scene: Scene,
  service: Service,
  port: ServicePort,
  options: ExplainOptions,
): Explanation {
  const endpoints = ofFamily(scene, endpointsOf(scene.cluster, service, port));
  const nodes = options.allNodes
    ? distinctNodes(scene, service, port)
    : representatives(scene, endpoints, options.node);
  const inside = nodes.flatMap((node) => clientsOn(scene.network, node, endpoints));
  // A range may name a node that stands for others already.
  const isThere = ({ kind, address }: Client) =>
    inside.some((other) => other.kind === kind && other.address === address);
  const clients = [...inside, ...ofRanges(scene, service, options).filter((client) => !isThere(client))];
  const { index: part, count } = options.shard;
  const entries = listEntries(scene, service, port, nodes).filter((_, index) => index % count === part);
  const rows = entries.map((entry): EntryRow => {
    const callers = clients.filter(({ node }) => entry.callers !== (node === null ? 'inside' : 'outside'));
    return { entry, cells: callers.map((client) => cellOf(scene, port, entry, client)) };
  });
  const ingresses = ingressRows(scene, options.objects, options.ingresses, service, port, options.client);
  const notes = [...notesOf(scene, service, nodes), ...othersOf(scene, nodes, options.allNodes)];
  return { service, port, endpoints, nodes, rows, ingresses, notes };
}

function ofFamily({ network }: Scene, endpoints: readonly Endpoint[]): Endpoint[] {
  return endpoints.filter(({ address }) => familyOf(address) === network.family);
}

/** One of each kind: nodes without an endpoint differ in nothing but their address and zone. */
function distinctNodes(scene: Scene, service: Service, port: ServicePort): string[] {
  const { cluster, network, dead } = scene;
  const nodes = cluster.nodes.filter(({ name }) => network.addressOf(name) !== null && !dead.has(name));
  return alikeNodes(scene, service, port, nodes, 0).flatMap(([first]) => first?.name ?? []);
}

/** The node that was asked for; the first with an endpoint, a ready one where there is one; and the first without any. */
function representatives(
  { cluster, network, dead }: Scene,
  endpoints: readonly Endpoint[],
  asked: string | null,
): string[] {
  const names = cluster.nodes
    .map(({ name }) => name)
    .filter((name) => network.addressOf(name) !== null && !dead.has(name));
  const nodesOf = (some: readonly Endpoint[]) => new Set(some.map(({ node }) => node));
  const any = nodesOf(endpoints);
  // Where none is ready, kube-proxy goes to those that are about to end.
  const byRank = [
    endpoints.filter(({ ready }) => ready),
    endpoints.filter(({ serving }) => serving),
    endpoints,
  ];
  const best = byRank.map(nodesOf).find((nodes) => names.some((name) => nodes.has(name)));
  const found = [asked, names.find((name) => best?.has(name)), names.find((name) => !any.has(name))];
  const chosen = [...new Set(found.filter((name) => name !== null && name !== undefined))];
  const second = chosen.length === 1 ? names.find((name) => name !== chosen[0]) : undefined;
  return second === undefined ? chosen : [...chosen, second];
}

/** The client that was asked for; where a service admits only some, one of those, too, from outside where the ranges reach there. */
function ofRanges({ network }: Scene, { sourceRanges }: Service, { client }: ExplainOptions): Client[] {
  const asked = clientAt(network, client, 'outside');
  const ranges = sourceRanges.filter(({ address }) => familyOf(address) === familyOf(client));
  if (ranges.length === 0 || ranges.some((range) => contains(range, client))) return [asked];
  const members = ranges.flatMap((range) =>
    [plus(range.address, 1), range.address, lastOf(range)].filter((address) => contains(range, address)),
  );
  const admitted = members.map((address) => clientAt(network, address, 'outside-admitted'));
  const chosen = admitted.find(({ node }) => node === null) ?? admitted[0];
  return chosen ? [asked, chosen] : [asked];
}

function cellOf(scene: Scene, { protocol }: ServicePort, entry: Entry, client: Client): Cell {
  const flow: Flow = {
    protocol: numberOfProtocol[protocol],
    source: client.address,
    sourcePort: clientPort,
    destination: entry.address,
    destinationPort: entry.port,
  };
  const start = entry.via === null ? startOf(client) : ({ at: 'arriving', node: entry.via } as const);
  return { client, results: resultsOf(walkConnection(scene, flow, start), client.address) };
}

/** What is not looked at is said. */
function othersOf(
  { cluster, network, dead }: Scene,
  nodes: readonly string[],
  areDistinct: boolean,
): ExplainNote[] {
  const all = cluster.nodes.filter(({ name }) => network.addressOf(name) !== null && !dead.has(name));
  const others = all.length - nodes.length;
  return others <= 0 ? [] : [{ code: 'nodes-stand-for-others', nodes, others, differ: !areDistinct }];
}

function notesOf({ network, cluster }: Scene, service: Service, nodes: readonly string[]): ExplainNote[] {
  const notes: ExplainNote[] = [];
  for (const node of nodes) {
    if (network.podPrefixOf(node)) continue;
    notes.push({ code: 'no-pod-prefix', node });
  }
  if (service.type === 'LoadBalancer' && service.loadBalancer.length === 0) {
    notes.push({ code: 'balancer-unaddressed' });
  }
  notes.push(...namedBalancerNotes(service));
  if (service.affinitySeconds !== null) {
    notes.push({ code: 'affinity', seconds: service.affinitySeconds });
  }
  const own = cluster.assumptions.filter(({ subject }) => subject === `Service ${serviceKey(service)}`);
  return [...notes, ...own.map(({ filled }): ExplainNote => ({ code: 'filled-in', filled }))];
}
