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
  const address = ingress.addresses[0] ?? 'an address that is not known yet (status.loadBalancer is empty)';
  const rule = `${route?.host ?? 'every host'}, ${route ? `path ${route.path ?? '/'}` : 'whatever no path takes'}`;
  const key = `${service.namespace}/${service.name}`;
  const pods = callsPods(ingress, service.name);
  const nodes = healthyNodes(scene, service, servicePort).map(({ name }) => name);
  const group =
    nodes.length > 6 ? `${nodes.slice(0, 6).join(', ')} … (${nodes.length} nodes)` : nodes.join(', ');
  const secret = tls?.secret ? `, certificate of secret ${ingress.namespace}/${tls.secret}` : '';
  if (ingress.controller === 'gce') {
    return [
      { name: 'forwarding rule', text: `port ${port} of ${address}` },
      { name: `target ${scheme.toUpperCase()} proxy`, text: `ends the client's connection${secret}` },
      { name: 'URL map', text: rule },
      {
        name: 'backend service',
        text: `${key} port ${servicePort.port}, ${pods ? "pods' addresses" : `as node port ${servicePort.nodePort ?? '(none)'}`}`,
      },
      pods
        ? { name: 'network endpoint group', text: 'the pods' }
        : { name: 'instance group', text: group || 'no node passes the health check' },
    ];
  }
  return [
    { name: 'load balancer', text: address },
    { name: 'listener', text: `${scheme.toUpperCase()} ${port}${secret}` },
    { name: 'rule', text: rule },
    {
      name: 'target group',
      text: `${key} port ${servicePort.port}, ${pods ? "pods' addresses (target-type ip)" : `node port ${servicePort.nodePort ?? '(none)'} (target-type instance)`}`,
    },
    { name: 'targets', text: pods ? 'the pods' : group || 'no node passes the health check' },
  ];
}
