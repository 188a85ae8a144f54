import type { Cluster, Service } from '../../kube/cluster/model.ts';
import { type KubeObject, ofKind } from '../../kube/manifest/kinds.ts';
import type { Ingress } from './model.ts';

/** The Service that leads to the pods of a controller inside the cluster: by the names that installations give it. */
export function controllerService({ services }: Cluster, { controller }: Ingress): Service | undefined {
  if (controller === 'unknown') return undefined;
  const isIts = ({ name, namespace }: Service) => `${namespace}/${name}`.includes(controller);
  const candidates = services.filter((service) => isIts(service) && service.unproxied === null);
  // The controller's admission webhook has a Service of its own, which no client calls.
  const open = candidates.filter(({ type }) => type === 'LoadBalancer' || type === 'NodePort');
  return open.find(({ type }) => type === 'LoadBalancer') ?? open[0];
}

/** Whether a Service's annotations ask its load balancer to say the client's address in the PROXY protocol. */
export function speaksProxyProtocol(objects: readonly KubeObject[], service: Service): boolean {
  const manifest = ofKind(objects, 'Service').find(
    ({ namespace, name }) => namespace === service.namespace && name === service.name,
  );
  const annotations = Object.entries(manifest?.value.metadata?.annotations ?? {});
  return annotations.some(([key, value]) => /proxy-protocol/.test(key) && value !== 'false' && value !== '');
}
