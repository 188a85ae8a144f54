import { type Cluster, type Service, type ServicePort, serviceKey } from '../../kube/cluster/model.ts';
import type { BackendMissing } from '../url.ts';
import type { Backend, Ingress } from './model.ts';

/** What a backend leads to. `missing`: what is not there. */
export type Target =
  | { readonly kind: 'port'; readonly service: Service; readonly port: ServicePort }
  | { readonly kind: 'resource'; readonly name: string }
  | { readonly kind: 'missing'; readonly what: BackendMissing };

/** A service is looked for in the Ingress's own namespace: it cannot lead into another. */
export function targetOf({ services }: Cluster, { namespace }: Ingress, backend: Backend | null): Target {
  if (!backend) return { kind: 'missing', what: { code: 'no-backend' } };
  if (backend.kind === 'resource') return backend;
  const key = `${namespace}/${backend.name}`;
  const service = services.find((candidate) => serviceKey(candidate) === key);
  if (!service) return { kind: 'missing', what: { code: 'service-missing', service: key } };
  const port = service.ports.find(
    (candidate) => candidate.port === backend.port || candidate.name === backend.port,
  );
  if (port) return { kind: 'port', service, port };
  return { kind: 'missing', what: { code: 'service-port-missing', service: key, port: backend.port } };
}
