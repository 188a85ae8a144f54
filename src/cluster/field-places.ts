import { type Address, parseAddress } from '../address/address.ts';
import { type KubeObject, type Manifest, ofKind } from '../manifest/kinds.ts';
import { locate } from '../manifest/locate.ts';
import { formatPath, type Path } from '../manifest/origin.ts';
import { positionAt, type Span } from '../text/source.ts';

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
}

/** Finds the places of fields among the objects that were read. Everything is looked for when it is asked for. */
export class FieldPlaces {
  private readonly objects: readonly KubeObject[];
  private readonly known = new Map<string, FieldPlace | null>();

  constructor(objects: readonly KubeObject[]) {
    this.objects = objects;
  }

  service(service: Name, path: Path): FieldPlace | null {
    const own = this.objects.filter(
      (object) =>
        (object.kind === 'Service' || object.kind === 'ServiceRow') &&
        object.name === service.name &&
        (object.namespace || 'default') === service.namespace,
    );
    const [first] = own.sort((left, right) => Number('span' in left) - Number('span' in right));
    return first ? this.place(`Service ${service.namespace}/${service.name}`, first, path) : null;
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
    const { source, start }: Span = 'span' in object ? object.span : locate(object.origin, path);
    const fresh = { object: name, field, file: source.name, line: positionAt(source.text, start).line };
    this.known.set(key, fresh);
    return fresh;
  }
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
