import { type Cluster, type Service, type ServicePort, serviceKey } from '../../kube/cluster/model.ts';
import type { Backend, Ingress } from './model.ts';

/** What a backend leads to. `missing`: what is not there, in words. */
export type Target =
  | { readonly kind: 'port'; readonly service: Service; readonly port: ServicePort }
  | { readonly kind: 'resource'; readonly name: string }
  | { readonly kind: 'missing'; readonly what: string; readonly expected: string };

/** A service is looked for in the Ingress's own namespace: it cannot lead into another. */
export function targetOf({ services }: Cluster, { namespace }: Ingress, backend: Backend | null): Target {
  if (!backend) {
    return { kind: 'missing', what: 'no backend is named', expected: 'service with name and port' };
  }
  if (backend.kind === 'resource') return backend;
  const { name } = backend;
  const key = `${namespace}/${name}`;
  const service = services.find((candidate) => serviceKey(candidate) === key);
  if (!service) {
    const others = services.filter((candidate) => candidate.namespace === namespace).map((one) => one.name);
    const elsewhere = services.find((candidate) => candidate.name === name);
    const expected = elsewhere
      ? `a service of namespace ${namespace}; ${serviceKey(elsewhere)} is of another, and an Ingress cannot lead there`
      : `one of ${others.join(', ') || 'the services of its namespace, which has none'}`;
    return { kind: 'missing', what: `there is no service ${key}`, expected };
  }
  const port = service.ports.find(
    (candidate) => candidate.port === backend.port || candidate.name === backend.port,
  );
  if (port) return { kind: 'port', service, port };
  const ports = service.ports.map((one) => (one.name === '' ? one.port : `${one.port} (${one.name})`));
  return {
    kind: 'missing',
    what: `service ${key} has no port ${backend.port}`,
    expected: `one of ${ports.join(', ')}`,
  };
}
