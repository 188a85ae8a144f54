import { type Address, type Family, familyOf } from '../../address/address.ts';
import type { PortRange } from '../../address/port.ts';
import { hostSubnet, parseSubnet, prefixLength, type Subnet } from '../../address/subnet.ts';
import { type Cluster, type Service, type ServicePort, serviceKey } from '../../kube/cluster/model.ts';
import { type Expected, want } from '../../text/expected.ts';
import { nearest } from '../../text/nearest.ts';
import type { Place } from '../claims.ts';
import type { NameDetail, NamedKind } from './detail.ts';

/** What names in expectations can mean. */
export interface Names {
  readonly family: Family;
  /** Null: nobody said, and then only addresses have a meaning. */
  readonly cluster: Cluster | null;
  /** By `namespace/name`: pods of which it is known what address they have. */
  readonly pods: ReadonlyMap<string, readonly Address[]>;
}

/** Why a name means nothing. */
export interface Nameless {
  readonly detail: NameDetail;
  readonly expected: Expected;
}

export function isNameless(value: object): value is Nameless {
  return 'detail' in value;
}

const named = /^(pod|service|node) +(\S+?)(?::([a-z0-9-]+))?$/;

/** The places that a text means: an address or prefix with or without ports, or a pod, a service, or a node. */
export function findPlaces(text: string, names: Names): readonly Place[] | Nameless {
  const [, kind, name, port] = named.exec(text.trim()) ?? [];
  if (kind === undefined || name === undefined) return addressPlaces(text.trim(), names.family);
  if (kind === 'service') return endpointPlaces(name, port, names);
  const ports = port === undefined ? null : parsePorts(port);
  if (ports === undefined)
    return { detail: { code: 'name-no-port', text: `${port}` }, expected: want.range(0, 65535) };
  const addresses = kind === 'pod' ? podAddresses(name, names) : nodeAddresses(name, names);
  if (!isList(addresses)) return addresses;
  return addresses.map((address) => ({ prefix: hostSubnet(address), ports }));
}

/** `80`, `8000-9000`. Undefined where it is neither. */
export function parsePorts(text: string): PortRange | undefined {
  const [, first, last = first] = (/^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? []).map((part) =>
    part === undefined ? undefined : Number(part),
  );
  if (first === undefined || last === undefined || Number(last) > 65535 || first > last) return undefined;
  return { first: Number(first), last: Number(last) };
}

const addressesExpected = want.either(
  '10.0.1.2',
  '10.0.1.2:8080',
  '10.0.0.0/8',
  '[2001:db8::1]:80',
  'pod NAMESPACE/NAME',
  'service NAMESPACE/NAME',
  'node NAME',
);

function addressPlaces(text: string, family: Family): readonly Place[] | Nameless {
  const [, bracketed, bare = text, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::([\d-]+))?$/.exec(text) ?? [];
  const whole = parseSubnet(text);
  const prefix = whole ?? parseSubnet(bracketed ?? bare);
  const ports = whole || port === undefined ? null : parsePorts(port);
  if (!prefix || prefixLength(prefix) === undefined) {
    return { detail: { code: 'no-address-or-name', text }, expected: addressesExpected };
  }
  if (ports === undefined)
    return { detail: { code: 'name-no-port', text: `${port}` }, expected: want.range(0, 65535) };
  if (familyOf(prefix.address) !== family) {
    return {
      detail: { code: 'name-other-family', text },
      expected: want.orElse(want.thing('address-of', family), 'family'),
    };
  }
  return [{ prefix: prefix as Subnet, ports }];
}

const noCluster: Nameless = {
  detail: { code: 'names-mean-nothing' },
  expected: want.thing('manifests-or-address'),
};

function nodeAddresses(name: string, { cluster, family }: Names): readonly Address[] | Nameless {
  if (!cluster) return noCluster;
  if (cluster.nodes.length === 0) return noneGiven('a Node with status.addresses', `node ${name}`);
  const node = cluster.nodes.find((one) => one.name === name);
  if (!node)
    return missing(
      'node',
      name,
      cluster.nodes.map((one) => one.name),
    );
  const own = [...node.internalAddresses, ...node.externalAddresses].filter(
    (one) => familyOf(one) === family,
  );
  if (own.length > 0) return own;
  return {
    detail: { code: 'named-no-address', kind: 'node', name, family },
    expected: want.thing('node-with-addresses'),
  };
}

function podAddresses(name: string, { cluster, pods, family }: Names): readonly Address[] | Nameless {
  if (!cluster) return noCluster;
  if (pods.size === 0) return noneGiven('a Pod with status.podIPs', `pod ${name}`);
  const known = pods.get(name);
  if (!known) return missing('pod', name, pods.keys());
  const own = known.filter((one) => familyOf(one) === family);
  if (own.length > 0) return own;
  return {
    detail: { code: 'named-no-address', kind: 'pod', name, family },
    expected: want.thing('pod-with-addresses'),
  };
}

/** Every service of a name; there must be one. */
export function findService(name: string, { cluster }: Names): Service | Nameless {
  if (!cluster) return noCluster;
  if (cluster.services.length === 0) return noneGiven('a Service', `service ${name}`);
  const found = cluster.services.find((one) => serviceKey(one) === name);
  return found ?? missing('service', name, cluster.services.map(serviceKey));
}

/** The ports of a service by name or number; all of them where none is named. */
export function findPorts(service: Service, port: string | undefined): readonly ServicePort[] | Nameless {
  if (port === undefined) return service.ports;
  const found = service.ports.filter((one) => one.name === port || String(one.port) === port);
  if (found.length > 0) return found;
  return missing(
    'port',
    port,
    service.ports.map((one) => one.name || String(one.port)),
    serviceKey(service),
  );
}

/** Whatever endpoints a service has, ready or not. */
function endpointPlaces(name: string, port: string | undefined, names: Names): readonly Place[] | Nameless {
  const service = findService(name, names);
  if (isNameless(service)) return service;
  const ports = findPorts(service, port);
  if (!isList(ports)) return ports;
  const all = names.cluster?.endpoints.get(name);
  const endpoints = ports.flatMap((one) => all?.get(`${one.name}/${one.protocol}`) ?? []);
  const own = endpoints.filter(({ address }) => familyOf(address) === names.family);
  if (own.length === 0) {
    return {
      detail: { code: 'service-without-endpoints', name },
      expected: want.thing('service-with-endpoints'),
    };
  }
  return own.map((one) => ({
    prefix: hostSubnet(one.address),
    ports: { first: one.port, last: one.port },
  }));
}

/** Where no object of a kind is given, or none with an address. */
function noneGiven(kind: string, named: string): Nameless {
  return {
    detail: { code: 'kind-not-given', kind, named },
    expected: want.thing('among-manifests', kind),
  };
}

function missing(what: NamedKind, name: string, known: Iterable<string>, of: string | null = null): Nameless {
  const all = [...known];
  const close = nearest(name, all);
  const listed = all.length > 10 ? `${all.slice(0, 10).join(', ')} …` : all.join(', ');
  return {
    detail: { code: 'name-missing-of', what, name, of },
    expected: close ? want.perhaps(close) : want.written(listed),
  };
}

export function isList<T>(value: readonly T[] | Nameless): value is readonly T[] {
  return Array.isArray(value);
}
