import type { Path } from '../../documents/path.ts';
import { type Cluster, type Service, serviceKey } from '../../kube/cluster/model.ts';
import type { PodSpec } from '../../kube/cluster/pod-spec.ts';
import { selects } from '../../kube/cluster/pods.ts';
import {
  fullName,
  type KubeObject,
  ofKind,
  type ServiceManifest,
  workloadKinds,
} from '../../kube/manifest/kinds.ts';
import { locate } from '../../kube/manifest/locate.ts';
import type { Span } from '../../text/source.ts';

/** A Service, and the manifest that describes it. */
export interface Described {
  /** `namespace/name`. */
  readonly key: string;
  readonly service: Service;
  readonly manifest: ServiceManifest;
}

/** What pods are made from: a Pod, or the template of a workload. */
export interface Template {
  /** `Deployment web`. */
  readonly owner: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

/** All that findings about manifests are found in. */
export interface ManifestScene {
  readonly cluster: Cluster;
  readonly objects: readonly KubeObject[];
  /** Services that kube-proxy serves, in the order of their names. */
  readonly services: readonly Described[];
  readonly templates: readonly Template[];
  /** Nodes that manifests or tables describe; none where one stands in. */
  readonly nodes: readonly string[];
  /** Node ports are open on some addresses of a node only. */
  readonly restrictsNodePorts: boolean;
}

export function sceneOf(
  cluster: Cluster,
  objects: readonly KubeObject[],
  restrictsNodePorts: boolean,
): ManifestScene {
  const manifests = new Map(ofKind(objects, 'Service').map((manifest) => [fullName(manifest), manifest]));
  const services = cluster.services.flatMap((service): Described[] => {
    const key = serviceKey(service);
    const manifest = manifests.get(key);
    return manifest && service.unproxied === null ? [{ key, service, manifest }] : [];
  });
  const hasNodes = objects.some(({ kind }) => kind === 'Node' || kind === 'NodeRow');
  return {
    cluster,
    objects,
    services,
    templates: templatesOf(objects),
    nodes: hasNodes ? cluster.nodes.map(({ name }) => name) : [],
    restrictsNodePorts,
  };
}

function templatesOf(objects: readonly KubeObject[]): Template[] {
  const pods = ofKind(objects, 'Pod').map(({ namespace, name, value }) => ({
    owner: `Pod ${name}`,
    namespace,
    labels: value.metadata?.labels ?? {},
    spec: value.spec ?? {},
  }));
  const workloads = workloadKinds.flatMap((kind) =>
    ofKind(objects, kind).map(({ namespace, name, value }) => ({
      owner: `${kind} ${name}`,
      namespace,
      labels: value.spec?.template?.metadata?.labels ?? {},
      spec: value.spec?.template?.spec ?? {},
    })),
  );
  return [...pods, ...workloads];
}

/** Those that the Service's selector selects. */
export function selectedBy(
  { templates }: ManifestScene,
  { manifest, service }: Described,
): readonly Template[] {
  const selector = selectorOf(manifest);
  if (selector === null) return [];
  return templates.filter(
    ({ namespace, labels }) => namespace === service.namespace && selects(selector, labels),
  );
}

/** Null where there is none, or an empty one. */
export function selectorOf({ value }: ServiceManifest): Readonly<Record<string, string>> | null {
  const selector = value.spec?.selector ?? {};
  return Object.keys(selector).length === 0 ? null : selector;
}

/** Where a field of the Service stands. */
export function at({ manifest }: Described, ...path: Path): Span {
  return locate(manifest.origin, path);
}
