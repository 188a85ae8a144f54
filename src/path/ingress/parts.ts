import type { Service, ServicePort } from '../../kube/cluster/model.ts';
import { healthyNodes } from '../balancer.ts';
import type { Scene } from '../scene.ts';
import type { Part, UrlRequest } from '../url.ts';
import { callsPods, type Ingress, type Route, type Tls } from './model.ts';

/** What a cloud makes of an Ingress, piece by piece, under the names that its console shows. */
export function partsOf(
  scene: Scene,
  { scheme, port }: UrlRequest,
  ingress: Ingress,
  route: Route | null,
  tls: Tls | null,
  service: Service,
  servicePort: ServicePort,
): Part[] {
  const address = ingress.addresses[0] ?? null;
  const rule = { host: route?.host ?? null, route: route && { path: route.path } };
  const key = `${service.namespace}/${service.name}`;
  const pods = callsPods(ingress, service.name);
  const nodes = healthyNodes(scene, service, servicePort).map(({ name }) => name);
  const secret = tls?.secret ? `${ingress.namespace}/${tls.secret}` : null;
  const backend = { service: key, port: servicePort.port, pods, nodePort: servicePort.nodePort };
  if (ingress.controller === 'gce') {
    return [
      { code: 'forwarding-rule', port, address },
      { code: 'target-proxy', scheme, secret },
      { code: 'url-map', ...rule },
      { code: 'backend-service', ...backend },
      pods ? { code: 'endpoint-group' } : { code: 'instance-group', nodes },
    ];
  }
  return [
    { code: 'load-balancer', address },
    { code: 'listener', scheme, port, secret },
    { code: 'rule', ...rule },
    { code: 'target-group', ...backend },
    { code: 'targets', nodes: pods ? null : nodes },
  ];
}
