import type { Path } from '../../documents/path.ts';
import type { KubeObject, Manifest } from '../../kube/manifest/kinds.ts';
import { fullName, ofKind } from '../../kube/manifest/kinds.ts';

/** Who carries an Ingress out. `unknown`: no class is named, or one that is not known here. */
export type Controller = 'gce' | 'alb' | 'nginx' | 'haproxy' | 'traefik' | 'unknown';

export type PathType = 'Exact' | 'Prefix' | 'ImplementationSpecific';

export type Backend =
  | { readonly kind: 'service'; readonly name: string; readonly port: number | string }
  /** Something else than a Service, which only the controller knows how to serve. */
  | { readonly kind: 'resource'; readonly name: string };

/** Requests for one host and path, and who gets them. */
export interface Route {
  readonly ingress: Ingress;
  /** Null: every host. `*.foo.com`: one label before it. */
  readonly host: string | null;
  /** Null: every path. */
  readonly path: string | null;
  readonly pathType: PathType;
  readonly backend: Backend | null;
  /** Where it stands in the object. */
  readonly place: Path;
}

export interface Tls {
  /** Empty: every host. */
  readonly hosts: readonly string[];
  readonly secret: string | null;
}

/** An Ingress, of whichever API version, and what its annotations say for the controller that carries it out. */
export interface Ingress {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly className: string | null;
  readonly controller: Controller;
  readonly annotations: Readonly<Record<string, string>>;
  readonly routes: readonly Route[];
  readonly defaultBackend: Backend | null;
  readonly tls: readonly Tls[];
  /** Of its load balancer, once it has one: addresses and names. */
  readonly addresses: readonly string[];
  /** Services of its namespace whose pods the cloud may call past the nodes (network endpoint groups of GKE). */
  readonly endpointGroups: ReadonlySet<string>;
  readonly manifest: Manifest<'Ingress'>;
}

/** Every Ingress among the objects, of networking.k8s.io/v1 and the versions before. */
export function readIngresses(objects: readonly KubeObject[]): Ingress[] {
  const grouped = ofKind(objects, 'Service').filter(hasEndpointGroup);
  return ofKind(objects, 'Ingress').map((manifest) => {
    const own = grouped.filter(({ namespace }) => namespace === manifest.namespace);
    return readIngress(manifest, new Set(own.map(({ name }) => name)));
  });
}

/** `cloud.google.com/neg: '{"ingress": true}'`. */
function hasEndpointGroup({ value }: Manifest<'Service'>): boolean {
  return /"ingress"\s*:\s*true/.test(value.metadata?.annotations?.['cloud.google.com/neg'] ?? '');
}

function readIngress(manifest: Manifest<'Ingress'>, endpointGroups: ReadonlySet<string>): Ingress {
  const { spec, status, metadata } = manifest.value;
  const annotations = metadata?.annotations ?? {};
  const className = spec?.ingressClassName ?? annotations['kubernetes.io/ingress.class'] ?? null;
  const routes: Route[] = [];
  const ingress: Ingress = {
    key: fullName(manifest),
    namespace: manifest.namespace,
    className,
    controller: controllerOf(className, annotations),
    annotations,
    routes,
    defaultBackend: readBackend(spec?.defaultBackend ?? spec?.backend),
    tls: (spec?.tls ?? []).map(({ hosts, secretName }) => ({
      hosts: hosts ?? [],
      secret: secretName || null,
    })),
    addresses: (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip || hostname || []),
    endpointGroups,
    manifest,
  };
  spec?.rules?.forEach(({ host, http }, rule) => {
    http?.paths?.forEach(({ path, pathType, backend }, index) => {
      routes.push({
        ingress,
        host: host || null,
        path: path || null,
        pathType: pathType ?? 'ImplementationSpecific',
        backend: readBackend(backend),
        place: ['spec', 'rules', rule, 'http', 'paths', index],
      });
    });
  });
  return ingress;
}

type BackendFields = NonNullable<NonNullable<Manifest<'Ingress'>['value']['spec']>['defaultBackend']>;

function readBackend(fields: BackendFields | null | undefined): Backend | null {
  if (!fields) return null;
  const { service, serviceName, servicePort, resource } = fields;
  if (service?.name) {
    const port = service.port?.name || service.port?.number;
    return port ? { kind: 'service', name: service.name, port } : null;
  }
  if (serviceName && servicePort) return { kind: 'service', name: serviceName, port: servicePort };
  return resource ? { kind: 'resource', name: `${resource.kind} ${resource.name}` } : null;
}

/** By the class's name, as the controllers name theirs; `gce-internal` and `nginx-public` count to their kind. */
function controllerOf(name: string | null, annotations: Readonly<Record<string, string>>): Controller {
  const known: readonly Controller[] = ['gce', 'alb', 'nginx', 'haproxy', 'traefik'];
  const byName = known.find((controller) => name?.split(/[-.]/).includes(controller));
  if (byName || name !== null) return byName ?? 'unknown';
  const prefixes = Object.keys(annotations);
  if (prefixes.some((key) => key.startsWith('alb.ingress.kubernetes.io/'))) return 'alb';
  if (prefixes.some((key) => key.startsWith('nginx.ingress.kubernetes.io/'))) return 'nginx';
  return 'unknown';
}

/** Whether its load balancer calls the pods of a service themselves, which needs no node port. */
export function callsPods({ controller, annotations, endpointGroups }: Ingress, service: string): boolean {
  if (controller === 'gce') return endpointGroups.has(service);
  return controller === 'alb' && annotations['alb.ingress.kubernetes.io/target-type'] === 'ip';
}

/** A cloud's balancer outside of the cluster, which calls the nodes; else pods inside, which call endpoints. */
export function isOutside(controller: Controller): boolean {
  return controller === 'gce' || controller === 'alb';
}
