import { type Address, formatAddress } from '../../../address/address.ts';
import {
  type Cluster,
  type Endpoint,
  type Service,
  type ServicePort,
  serviceKey,
  type TrafficPolicy,
} from '../../../kube/cluster/model.ts';
import { endpointsOf } from '../../../path/balancer.ts';
import { type ExplainedService, type Explanation, explainPort } from '../../../path/explain.ts';
import { controllerService } from '../../../path/ingress/controller.ts';
import { type Ingress, readIngresses } from '../../../path/ingress/model.ts';
import type { Scene } from '../../../path/scene.ts';
import { chainNameIn } from '../../../report/path-names.ts';
import { changedCluster, clientAddress, makeScene } from '../../../session/scene.ts';
import type { Version } from '../../../session/version.ts';

/** What is tried with the cluster: the same as the flags of the command line, and other traffic policies. */
export interface Changes {
  /** Nodes that are gone, and everybody knows. */
  readonly off: readonly string[];
  /** Nodes that do not answer, and nobody has noticed yet. */
  readonly dead: readonly string[];
  readonly external: TrafficPolicy | null;
  readonly internal: TrafficPolicy | null;
  /** Addresses of the service's endpoints that are taken out. */
  readonly gone: readonly string[];
}

export const unchanged: Changes = { off: [], dead: [], external: null, internal: null, gone: [] };

/** One service of a cluster, as it is or after changes. */
export interface Stage {
  readonly scene: Scene;
  readonly service: Service;
  readonly ingresses: readonly Ingress[];
  readonly client: Address;
  readonly chainName: ExplainedService['chainName'];
}

export function stageOf(version: Version, key: string, changes: Changes): Stage | null {
  const names = new Set(version.cluster.nodes.map(({ name }) => name));
  const known = (list: readonly string[]) => list.filter((name) => names.has(name));
  const [off, dead] = [known(changes.off), known(changes.dead)];
  const flags = { withoutNode: off, deadNode: dead, drainNode: [], addNode: [] };
  const cluster = changedCluster(
    withoutEndpoints(withPolicies(version.cluster, key, changes), key, changes),
    flags,
  );
  const service = cluster.services.find((candidate) => serviceKey(candidate) === key);
  if (!service) return null;
  const ingresses = readIngresses(version.objects);
  const controllers = ingresses.flatMap((ingress) => controllerService(cluster, ingress) ?? []);
  const { kubeVersion } = version.options;
  const scene = makeScene(cluster, [service, ...controllers], version.family, version.config, {
    ...flags,
    ...(kubeVersion === undefined ? {} : { kubeVersion }),
  });
  const staged = scene.cluster.services.find((candidate) => serviceKey(candidate) === key) as Service;
  return {
    scene,
    service: staged,
    ingresses,
    client: clientAddress(undefined, version.family),
    chainName: (node, table, chain) => chainNameIn(scene.rulesOf(node), table, chain),
  };
}

function withPolicies(cluster: Cluster, key: string, { external, internal }: Changes): Cluster {
  if (external === null && internal === null) return cluster;
  const services = cluster.services.map((service) =>
    serviceKey(service) === key
      ? {
          ...service,
          externalTrafficPolicy: external ?? service.externalTrafficPolicy,
          internalTrafficPolicy: internal ?? service.internalTrafficPolicy,
        }
      : service,
  );
  return { ...cluster, services };
}

function withoutEndpoints(cluster: Cluster, key: string, { gone }: Changes): Cluster {
  const ports = cluster.endpoints.get(key);
  if (gone.length === 0 || !ports) return cluster;
  const isLeft = ({ address }: Endpoint) => !gone.includes(formatAddress(address));
  const left = new Map([...ports].map(([port, list]) => [port, list.filter(isLeft)]));
  return { ...cluster, endpoints: new Map([...cluster.endpoints, [key, left]]) };
}

/** The matrix of one port: `node` is looked at beside the ones that stand for all. */
export function explainStage(
  { objects }: Version,
  { scene, service, ingresses, client }: Stage,
  port: ServicePort,
  node: string | null = null,
): Explanation {
  const shard = { index: 0, count: 1 };
  return explainPort(scene, service, port, { objects, ingresses, client, node, allNodes: false, shard });
}

export function endpointsOfStage({ scene, service }: Stage, port: ServicePort): readonly Endpoint[] {
  return endpointsOf(scene.cluster, service, port);
}
