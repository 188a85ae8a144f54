import type { Address } from '../../address/address.ts';
import { type Service, type ServicePort, serviceKey } from '../../kube/cluster/model.ts';
import type { KubeObject } from '../../kube/manifest/kinds.ts';
import { type Result, resultsOf } from '../results.ts';
import type { Scene } from '../scene.ts';
import type { UrlRequest, UrlTrace } from '../url.ts';
import { targetOf } from './backend.ts';
import { tlsFor } from './findings.ts';
import { followIngress } from './follow.ts';
import { type Backend, type Ingress, isOutside, type Route } from './model.ts';

/** One rule of an Ingress that leads to a service port, and what becomes of requests from outside. */
export interface IngressRow {
  readonly trace: UrlTrace;
  readonly client: Address;
  /** Of the connection that comes to the pods; none where it gets no further (`trace.stop`). */
  readonly results: readonly Result[];
}

/** The rules of all Ingresses that lead to a port of a service, the default backends included. */
export function ingressRows(
  scene: Scene,
  objects: readonly KubeObject[],
  ingresses: readonly Ingress[],
  service: Service,
  port: ServicePort,
  client: Address,
): IngressRow[] {
  const leadsHere = (ingress: Ingress, backend: Backend | null) => {
    const target = targetOf(scene.cluster, ingress, backend);
    return (
      target.kind === 'port' && target.port === port && serviceKey(target.service) === serviceKey(service)
    );
  };
  return ingresses.flatMap((ingress) => {
    const routes: (Route | null)[] = ingress.routes.filter(({ backend }) => leadsHere(ingress, backend));
    if (ingress.defaultBackend && leadsHere(ingress, ingress.defaultBackend)) routes.push(null);
    return routes.map((route) => {
      const trace = followIngress(scene, objects, requestFor(ingress, route, client), { ingress, route });
      const ways = trace.stop === null ? (trace.legs.at(-1)?.ways ?? []) : [];
      const caller = isOutside(ingress.controller) ? 'balancer' : 'controller';
      const results = resultsOf(ways, client).map((result): Result => ({ ...result, maskedAs: caller }));
      return { trace, client, results };
    });
  });
}

/** A request that the rule takes. */
function requestFor({ tls, addresses }: Ingress, route: Route | null, client: Address): UrlRequest {
  const host = route?.host?.replace(/^\*/, 'any') ?? addresses[0] ?? 'any.host';
  const scheme = tlsFor(tls, host) ? 'https' : 'http';
  return {
    scheme,
    host,
    port: { http: 80, https: 443 }[scheme],
    path: route?.path?.replace(/\*$/, '') ?? '/',
    client,
  };
}
