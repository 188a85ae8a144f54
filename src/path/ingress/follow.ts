import type { KubeObject } from '../../kube/manifest/kinds.ts';
import type { Scene } from '../scene.ts';
import type { UrlNote, UrlRequest, UrlStop, UrlTrace } from '../url.ts';
import { targetOf } from './backend.ts';
import { tlsFor } from './findings.ts';
import { throughController } from './inside.ts';
import { chooseRoute } from './match.ts';
import { type Ingress, isOutside, type Route } from './model.ts';
import { throughBalancer } from './outside.ts';
import { partsOf } from './parts.ts';

/** The Ingress that serves a host, and the route for a path; null where none does. */
export function routeOf(
  ingresses: readonly Ingress[],
  { host, path }: UrlRequest,
): { ingress: Ingress; route: Route | null } | null {
  const route = chooseRoute(
    ingresses.flatMap(({ routes }) => routes),
    host,
    path,
    (one) => one.ingress.controller,
  );
  if (route) return { ingress: route.ingress, route };
  const serving =
    ingresses.find((ingress) => ingress.addresses.includes(host)) ?? ingresses.find(isFor(host));
  return serving ? { ingress: serving, route: null } : null;
}

function isFor(host: string): (ingress: Ingress) => boolean {
  return ({ routes, defaultBackend }) =>
    chooseRoute(
      routes.map((route) => ({ ...route, path: null })),
      host,
      '/',
      () => 'unknown',
    ) !== null || defaultBackend !== null;
}

const nothing = {
  tls: null,
  parts: [],
  service: null,
  port: null,
  legs: [],
  stop: null,
  clientIn: [],
  clientNote: null,
  notes: [],
} as const;

/** Follows a request through an Ingress: to what ends its connection, and from there to a pod. */
export function followIngress(
  scene: Scene,
  objects: readonly KubeObject[],
  request: UrlRequest,
  { ingress, route }: { readonly ingress: Ingress; readonly route: Route | null },
): UrlTrace {
  const tls = request.scheme === 'https' ? (tlsFor(ingress.tls, request.host) ?? null) : null;
  const known = { ...nothing, request, ingress, route, tls };
  const backend = route ? route.backend : ingress.defaultBackend;
  if (!route && !backend) {
    return { ...known, stop: { code: 'no-rule', host: request.host, path: request.path } };
  }
  const target = targetOf(scene.cluster, ingress, backend);
  if (target.kind === 'missing') return { ...known, stop: target.what };
  if (target.kind === 'resource') return { ...known, stop: { code: 'not-a-service', resource: target.name } };
  const { service, port } = target;
  const found = { ...known, service, port, notes: notesOf(ingress, request) };
  const stop = refusal(ingress, request, tls !== null);
  if (stop !== null) return { ...found, stop };
  return isOutside(ingress.controller)
    ? throughBalancer(
        scene,
        { ...found, parts: partsOf(scene, request, ingress, route, tls, service, port) },
        ingress,
        service,
        port,
      )
    : throughController(scene, objects, found, ingress, service, port);
}

/** Why the first connection is not taken. */
function refusal(ingress: Ingress, { scheme, port }: UrlRequest, hasTls: boolean): UrlStop | null {
  if (port !== { http: 80, https: 443 }[scheme] && isOutside(ingress.controller) && !listens(ingress)) {
    return { code: 'not-listening', port };
  }
  if (ingress.controller === 'gce' && scheme === 'https' && !hasTls && !hasOtherCertificate(ingress)) {
    return { code: 'no-certificate' };
  }
  if (
    ingress.controller === 'gce' &&
    scheme === 'http' &&
    ingress.annotations['kubernetes.io/ingress.allow-http'] === 'false'
  ) {
    return { code: 'http-off' };
  }
  return null;
}

const listens = ({ annotations }: Ingress) =>
  annotations['alb.ingress.kubernetes.io/listen-ports'] !== undefined;

function hasOtherCertificate({ annotations }: Ingress): boolean {
  return ['ingress.gcp.kubernetes.io/pre-shared-cert', 'networking.gke.io/managed-certificates'].some(
    (key) => annotations[key] !== undefined,
  );
}

function notesOf(ingress: Ingress, { scheme, host }: UrlRequest): UrlNote[] {
  const { controller, className, tls } = ingress;
  return [
    ...(controller === 'unknown' ? [{ code: 'class-unknown', className } as const] : []),
    ...(scheme === 'http' && controller === 'nginx' && tlsFor(tls, host)
      ? [{ code: 'http-redirected' } as const]
      : []),
    ...(scheme === 'https' && !isOutside(controller) && !tlsFor(tls, host)
      ? [{ code: 'own-certificate' } as const]
      : []),
  ];
}
