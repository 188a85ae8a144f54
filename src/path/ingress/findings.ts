import type { Path } from '../../documents/path.ts';
import { type Cluster, serviceKey } from '../../kube/cluster/model.ts';
import { placeOf, problemAt } from '../../kube/manifest/problem-at.ts';
import type { ProblemCode } from '../../text/codes.ts';
import { told } from '../../text/detail.ts';
import { type Expected, want } from '../../text/expected.ts';
import type { Problem, Severity } from '../../text/problem.ts';
import type { PathDetail } from '../detail.ts';
import type { BackendMissing } from '../url.ts';
import { targetOf } from './backend.ts';
import { matchesHost } from './match.ts';
import { type Backend, callsPods, type Ingress, isOutside, type Route, type Tls } from './model.ts';

/** What is wrong with Ingresses, or not as somebody may expect it, with the places. */
export function findingsOf(cluster: Cluster, ingresses: readonly Ingress[]): Problem[] {
  return [
    ...duplicates(ingresses),
    ...ingresses.flatMap((ingress) => [
      ...ingress.routes.flatMap(({ backend, place }) =>
        backendFindings(cluster, ingress, backend, [...place, 'backend']),
      ),
      ...defaultFindings(cluster, ingress),
      ...secretFindings(ingress),
    ]),
  ];
}

function report(
  { manifest }: Ingress,
  place: Path,
  code: ProblemCode,
  detail: PathDetail,
  expected?: Expected,
  severity: Severity = 'warning',
): Problem {
  return problemAt(manifest.origin, place, code, told<PathDetail>(detail), expected, severity);
}

/** One controller serves all Ingresses of its class together; a cloud's balancer each by itself, but names are one world. */
function duplicates(ingresses: readonly Ingress[]): Problem[] {
  const seen = new Map<string, Route>();
  const problems: Problem[] = [];
  for (const route of ingresses.flatMap(({ routes }) => routes)) {
    const { ingress, host, path, pathType, place } = route;
    const key = [ingress.className, host ?? '*', path ?? '/', pathType].join(' ');
    const first = seen.get(key);
    if (!first) seen.set(key, route);
    else {
      const detail: PathDetail = {
        code: 'route-claimed',
        ingress: ingress.key,
        host,
        path: path ?? '/',
        other: first.ingress.key,
        place: placeOf(first.ingress.manifest.origin, first.place),
      };
      problems.push(report(ingress, place, 'ingress-duplicate', detail, want.thing('each-path-once')));
    }
  }
  return problems;
}

function defaultFindings(cluster: Cluster, ingress: Ingress): Problem[] {
  if (!ingress.defaultBackend) return [];
  const old = ingress.manifest.value.spec?.defaultBackend ? 'defaultBackend' : 'backend';
  return backendFindings(cluster, ingress, ingress.defaultBackend, ['spec', old]);
}

function backendFindings(
  cluster: Cluster,
  ingress: Ingress,
  backend: Backend | null,
  place: Path,
): Problem[] {
  const target = targetOf(cluster, ingress, backend);
  if (target.kind === 'missing')
    return [report(ingress, place, 'ingress-backend', ...sayMissing(cluster, ingress, target.what))];
  if (target.kind === 'resource') {
    return [
      report(
        ingress,
        place,
        'ingress-resource',
        { code: 'not-followed', name: target.name },
        undefined,
        'note',
      ),
    ];
  }
  const { service, port } = target;
  const problems: Problem[] = [];
  if (isOutside(ingress.controller) && !callsPods(ingress, service.name) && port.nodePort === null) {
    const balancer = ingress.className ?? ingress.controller ?? '';
    const detail: PathDetail = {
      code: 'balancer-lacks-node-port',
      balancer,
      service: serviceKey(service),
      port: port.port,
    };
    problems.push(report(ingress, place, 'ingress-node-port', detail, want.thing('service-of-node-port')));
  }
  if (service.type === 'LoadBalancer') {
    const detail: PathDetail = { code: 'own-balancer', service: serviceKey(service) };
    problems.push(report(ingress, place, 'ingress-balancer', detail, want.thing('node-port-or-inside')));
  }
  return problems;
}

/** What is missing, and what would be right. */
function sayMissing(
  { services }: Cluster,
  { namespace }: Ingress,
  missing: BackendMissing,
): readonly [detail: PathDetail, expected: Expected] {
  switch (missing.code) {
    case 'no-backend':
      return [{ code: 'no-backend' }, want.thing('service-with-port')];
    case 'service-missing': {
      const name = missing.service.slice(namespace.length + 1);
      const elsewhere = services.find((candidate) => candidate.name === name);
      const others = services.filter((candidate) => candidate.namespace === namespace).map((one) => one.name);
      const expected = elsewhere
        ? want.thing('service-of-namespace', namespace, serviceKey(elsewhere))
        : others.length > 0
          ? want.oneOf(others)
          : want.thing('no-service-of-namespace');
      return [{ code: 'backend-service-lacks', service: missing.service }, expected];
    }
    case 'service-port-missing': {
      const service = services.find((candidate) => serviceKey(candidate) === missing.service);
      const ports = service?.ports.map(({ name, port }) => (name === '' ? port : `${port} (${name})`)) ?? [];
      return [
        { code: 'backend-port-lacks', service: missing.service, port: String(missing.port) },
        want.oneOf(ports.map(String)),
      ];
    }
  }
}

function secretFindings(ingress: Ingress): Problem[] {
  const { tls, routes } = ingress;
  if (tls.length === 0) return [];
  const problems = tls.flatMap(({ secret }, index) =>
    secret === null && ingress.controller !== 'alb'
      ? [
          report(
            ingress,
            ['spec', 'tls', index],
            'ingress-secret',
            { code: 'no-secret' },
            want.written('secretName'),
          ),
        ]
      : [],
  );
  const hosts = new Map(
    routes.flatMap((route) => (route.host === null ? [] : [[route.host, route] as const])),
  );
  for (const [host, { place }] of hosts) {
    if (tlsFor(tls, host)) continue;
    const detail: PathDetail = { code: 'host-without-secret', host };
    problems.push(report(ingress, place.slice(0, 3), 'ingress-secret', detail, want.thing('host-of-tls')));
  }
  return problems;
}

/** The entry whose secret serves a host: one that names it before one for every host. */
export function tlsFor(tls: readonly Tls[], host: string): Tls | undefined {
  const named = tls.find(({ hosts }) =>
    hosts.some((pattern) => pattern === host || matchesHost(pattern, host)),
  );
  return named ?? tls.find(({ hosts }) => hosts.length === 0);
}
