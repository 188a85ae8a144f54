import { type Address, parseAddress } from '../../address/address.ts';
import { formatPath, type Path } from '../../documents/path.ts';
import { positionAt, type Span } from '../../text/source.ts';
import { fullName, type KubeObject, type Manifest, ofKind } from '../manifest/kinds.ts';
import { locate } from '../manifest/locate.ts';
import { selects } from './pods.ts';
import { kindOf, labelsOfTemplate, workloadsOf } from './workloads.ts';

/** Where a field stands in the manifests. */
export interface FieldPlace {
  /** `Service shop/web` */
  readonly object: string;
  /** `spec.ports[0].nodePort` */
  readonly field: string;
  /** As the user named it. */
  readonly file: string;
  /** Counts from 1; of the nearest object around it, where the field is not written. */
  readonly line: number;
  readonly span: Span;
  /** As JSON, or as a table has it; null: not written. */
  readonly value: string | null;
}

/** Finds the places of fields among the objects that were read. Everything is looked for when it is asked for. */
export class FieldPlaces {
  private readonly objects: readonly KubeObject[];
  private readonly known = new Map<string, FieldPlace | null>();

  constructor(objects: readonly KubeObject[]) {
    this.objects = objects;
  }

  service(service: Name, path: Path): FieldPlace | null {
    const isIt = ({ namespace, name }: Name) =>
      name === service.name && (namespace || 'default') === service.namespace;
    const manifest = ofKind(this.objects, 'Service').find(isIt);
    const row = this.objects.find((object) => object.kind === 'ServiceRow' && isIt(object));
    // What the server filled in is written in its table alone.
    const tells = row && inTable(path) && !(manifest && written(manifest.value, path) !== null);
    const object = tells ? row : (manifest ?? row);
    return object ? this.place(`Service ${service.namespace}/${service.name}`, object, path) : null;
  }

  /** The entry of an endpoint: in a slice, in Endpoints, or the pod itself. */
  endpoint(service: Name, address: Address): FieldPlace | null {
    const found = this.entry(service, address);
    return found && this.place(found.name, found.object, found.path);
  }

  /** What tells how many pods the one workload has that the service selects; null where it is not one. */
  replicas(service: Name): FieldPlace | null {
    const selector = ofKind(this.objects, 'Service').find((one) => isCalled(one, service))?.value.spec
      ?.selector;
    if (!selector || Object.keys(selector).length === 0) return null;
    const selected = workloadsOf(this.objects).filter(
      (workload) => workload.namespace === service.namespace && selects(selector, labelsOfTemplate(workload)),
    );
    const [workload] = selected;
    if (!workload || selected.length > 1) return null;
    return this.place(`${kindOf(workload)} ${fullName(workload)}`, workload, [
      'spec',
      countOf[kindOf(workload)] ?? 'replicas',
    ]);
  }

  /** The port of such an entry; of a pod where the Service asks for it by its name. */
  endpointPort(service: Name, address: Address, port: string): FieldPlace | null {
    const found = this.entry(service, address);
    const path = found && this.portPath(found, service, port);
    return path ? this.place(found.name, found.object, path) : null;
  }

  /** What such an entry says of its readiness. */
  endpointReady(service: Name, address: Address): FieldPlace | null {
    const found = this.entry(service, address);
    const path = found && readyPath(found);
    return path ? this.place(found.name, found.object, path) : null;
  }

  /** Whether nothing but the Service and its pods say the ports of an endpoint. */
  isOfPod(service: Name, address: Address): boolean {
    const found = this.entry(service, address);
    return found === null || found.object.kind === 'Pod';
  }

  private entry(service: Name, address: Address): Found | null {
    const isIt = (text: string | null | undefined) => text != null && parseAddress(text) === address;
    for (const find of [inSlice, inEndpoints, inPod]) {
      const found = find(this.objects, service, isIt);
      if (found) return found;
    }
    return null;
  }

  private portPath({ object, path }: Found, service: Name, port: string): Path | null {
    const named = (list: readonly { readonly name?: string | null | undefined }[] | null | undefined) =>
      (list ?? []).findIndex(({ name }) => (name ?? '') === port);
    switch (object.kind) {
      case 'EndpointSlice':
        return ['ports', named(object.value.ports), 'port'];
      case 'Endpoints': {
        const subset = path[1] as number;
        return ['subsets', subset, 'ports', named(object.value.subsets?.[subset]?.ports), 'port'];
      }
      case 'Pod': {
        const manifest = ofKind(this.objects, 'Service').find((one) => isCalled(one, service));
        const target = manifest?.value.spec?.ports?.find(({ name }) => (name ?? '') === port)?.targetPort;
        return typeof target === 'string' ? containerPort(object, target) : null;
      }
      default:
        return null;
    }
  }

  configuration(path: Path): FieldPlace | null {
    const [object] = ofKind(this.objects, 'KubeProxyConfiguration');
    return object ? this.place('KubeProxyConfiguration', object, path) : null;
  }

  private place(name: string, object: KubeObject, path: Path): FieldPlace {
    const field = formatPath(path);
    const key = `${name} ${field}`;
    const known = this.known.get(key);
    if (known) return known;
    const span: Span = 'span' in object ? object.span : locate(object.origin, path);
    const { source, start } = span;
    const { line } = positionAt(source, start);
    const value = 'span' in object ? source.text.slice(start, span.end) : written(object.value, path);
    const fresh = { object: name, field, file: source.name, line, span, value };
    this.known.set(key, fresh);
    return fresh;
  }
}

/** Where it is not `replicas`: of a DaemonSet, what its pods ask of nodes. */
const countOf: Readonly<Record<string, string>> = { DaemonSet: 'template', Job: 'parallelism' };

/** CLUSTER-IP, EXTERNAL-IP and PORT(S). */
function inTable([root, field]: Path): boolean {
  return root === 'status' || field === 'ports' || field === 'clusterIP' || field === 'externalIPs';
}

function written(value: unknown, path: Path): string | null {
  let at: unknown = value;
  for (const step of path) at = (at as Readonly<Record<string | number, unknown>> | null | undefined)?.[step];
  return at === undefined ? null : JSON.stringify(at);
}

interface Name {
  readonly namespace: string;
  readonly name: string;
}

interface Found {
  readonly name: string;
  readonly object: KubeObject;
  readonly path: Path;
}

type IsIt = (text: string | null | undefined) => boolean;

const serviceLabel = 'kubernetes.io/service-name';

function inSlice(objects: readonly KubeObject[], service: Name, isIt: IsIt): Found | null {
  for (const object of ofKind(objects, 'EndpointSlice')) {
    const { value, namespace, name } = object;
    if (namespace !== service.namespace || value.metadata?.labels?.[serviceLabel] !== service.name) continue;
    const index = (value.endpoints ?? []).findIndex(({ addresses }) => addresses?.some(isIt));
    if (index !== -1)
      return {
        name: `EndpointSlice ${namespace}/${name}`,
        object,
        path: ['endpoints', index, 'addresses', 0],
      };
  }
  return null;
}

function inEndpoints(objects: readonly KubeObject[], service: Name, isIt: IsIt): Found | null {
  const own = ofKind(objects, 'Endpoints').filter((object) => isCalled(object, service));
  for (const object of own) {
    for (const [index, subset] of (object.value.subsets ?? []).entries()) {
      const at = (subset.addresses ?? []).findIndex(({ ip }) => isIt(ip));
      const path = ['subsets', index, 'addresses', at, 'ip'];
      if (at !== -1) return { name: `Endpoints ${object.namespace}/${object.name}`, object, path };
    }
  }
  return null;
}

function inPod(objects: readonly KubeObject[], { namespace }: Name, isIt: IsIt): Found | null {
  const object = ofKind(objects, 'Pod').find(
    (pod) => pod.namespace === namespace && podAddresses(pod).some(isIt),
  );
  return object ? { name: `Pod ${namespace}/${object.name}`, object, path: ['status', 'podIP'] } : null;
}

function podAddresses({ value: { status } }: Manifest<'Pod'>): (string | null | undefined)[] {
  return [status?.podIP, ...(status?.podIPs ?? []).map(({ ip }) => ip)];
}

/** The addresses of Endpoints that are not ready are in a list of their own. */
function readyPath({ object, path }: Found): Path | null {
  if (object.kind === 'EndpointSlice') return [...path.slice(0, 2), 'conditions'];
  if (object.kind !== 'Pod') return null;
  const index = (object.value.status?.conditions ?? []).findIndex(({ type }) => type === 'Ready');
  return index === -1 ? null : ['status', 'conditions', index, 'status'];
}

function containerPort({ value }: Manifest<'Pod'>, target: string): Path | null {
  for (const [index, { ports }] of (value.spec?.containers ?? []).entries()) {
    const at = (ports ?? []).findIndex(({ name }) => name === target);
    if (at !== -1) return ['spec', 'containers', index, 'ports', at, 'containerPort'];
  }
  return null;
}

function isCalled(object: Name, { namespace, name }: Name): boolean {
  return object.namespace === namespace && object.name === name;
}
