import { type Address, parseAddress } from '../../address/address.ts';
import { formatPath, type Path } from '../../documents/path.ts';
import { positionAt, type Span } from '../../text/source.ts';
import { type KubeObject, type Manifest, ofKind } from '../manifest/kinds.ts';
import { locate } from '../manifest/locate.ts';

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
    const tells = row && inTable(path) && !(manifest && isWritten(manifest.value, path));
    const object = tells ? row : (manifest ?? row);
    return object ? this.place(`Service ${service.namespace}/${service.name}`, object, path) : null;
  }

  /** The entry of an endpoint: in a slice, in Endpoints, or the pod itself. */
  endpoint(service: Name, address: Address): FieldPlace | null {
    const isIt = (text: string | null | undefined) => text != null && parseAddress(text) === address;
    for (const find of [inSlice, inEndpoints, inPod]) {
      const found = find(this.objects, service, isIt);
      if (found) return this.place(found.name, found.object, found.path);
    }
    return null;
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
    const fresh = { object: name, field, file: source.name, line: positionAt(source, start).line, span };
    this.known.set(key, fresh);
    return fresh;
  }
}

/** CLUSTER-IP, EXTERNAL-IP and PORT(S). */
function inTable([root, field]: Path): boolean {
  return root === 'status' || field === 'ports' || field === 'clusterIP' || field === 'externalIPs';
}

function isWritten(value: unknown, path: Path): boolean {
  let at: unknown = value;
  for (const step of path) at = (at as Readonly<Record<string | number, unknown>> | null | undefined)?.[step];
  return at !== undefined;
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

function isCalled(object: Name, { namespace, name }: Name): boolean {
  return object.namespace === namespace && object.name === name;
}
