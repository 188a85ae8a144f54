import type { Controller, PathType, Route } from './model.ts';

/** What of a route decides which requests it takes. */
export type Pattern = Pick<Route, 'host' | 'path' | 'pathType'>;

/**
 * The route for a request: first by host (the name itself before a wildcard before any), then by path (the longest
 * before shorter ones, Exact before Prefix). Null: the default backend's.
 */
export function chooseRoute<R extends Pattern>(
  routes: readonly R[],
  host: string,
  path: string,
  controllerOf: (route: R) => Controller,
): R | null {
  const ranks = routes.map((route) => rankHost(route.host, host));
  const best = Math.max(0, ...ranks);
  if (best === 0) return null;
  const candidates = routes.filter(
    (route, index) => ranks[index] === best && matchesPath(route, path, controllerOf(route)),
  );
  return candidates.reduce<R | null>(
    (chosen, route) => (chosen && !precedes(route, chosen) ? chosen : route),
    null,
  );
}

/** 0: not this host. */
function rankHost(pattern: string | null, host: string): number {
  if (pattern === null || pattern === '*') return 1;
  return matchesHost(pattern, host) ? (pattern.startsWith('*.') ? 2 : 3) : 0;
}

/** A wildcard stands for exactly one label. */
export function matchesHost(pattern: string, host: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), host.toLowerCase()];
  if (!wanted.startsWith('*.')) return wanted === given;
  const dot = given.indexOf('.');
  return dot > 0 && given.slice(dot) === wanted.slice(1);
}

function precedes(left: Pattern, right: Pattern): boolean {
  const lengths = [lengthOf(left), lengthOf(right)] as const;
  if (lengths[0] !== lengths[1]) return lengths[0] > lengths[1];
  return left.pathType === 'Exact' && right.pathType !== 'Exact';
}

function lengthOf({ path }: Pattern): number {
  return (path ?? '').replace(/\/?\*?$/, '').length;
}

export function matchesPath({ path, pathType }: Pattern, request: string, controller: Controller): boolean {
  if (path === null) return true;
  return matchers[pathType](path, request, controller);
}

const matchers: Readonly<
  Record<PathType, (path: string, request: string, controller: Controller) => boolean>
> = {
  Exact: (path, request) => path === request,
  Prefix: (path, request) => {
    const wanted = elementsOf(path);
    const given = elementsOf(request);
    return wanted.every((element, index) => element === given[index]);
  },
  ImplementationSpecific: (path, request, controller) => implementations[controller](path, request),
};

/** A slash at the end adds no element. */
function elementsOf(path: string): string[] {
  return path
    .split('/')
    .filter((element, index, all) => element !== '' || (index > 0 && index < all.length - 1));
}

type Matcher = (path: string, request: string) => boolean;

/** The longest string that both begin with. */
const beginsWith: Matcher = (path, request) => request.startsWith(path);

/** A URL map of the cloud: a star after the last slash stands for whatever follows; without, the path is exact. */
const urlMap: Matcher = (path, request) =>
  path.endsWith('/*') ? request.startsWith(path.slice(0, -1)) : path === request;

/**
 * A load balancer's path condition: `*` stands for any signs, `?` for one. Only the last star is ever tried anew, since what
 * the ones before it took need not be longer; an expression would try them all against each other.
 */
const pathCondition: Matcher = (path, request) => {
  let at = 0;
  let star = -1;
  let taken = 0;
  for (let next = 0; next < request.length; ) {
    if (path[at] === '*') {
      star = at;
      taken = next;
      at += 1;
    } else if (path[at] === '?' || path[at] === request[next]) {
      at += 1;
      next += 1;
    } else if (star !== -1) {
      at = star + 1;
      taken += 1;
      next = taken;
    } else return false;
  }
  return /^\**$/.test(path.slice(at));
};

/** How each controller reads ImplementationSpecific, by its documentation. */
const implementations: Readonly<Record<Controller, Matcher>> = {
  gce: urlMap,
  alb: pathCondition,
  nginx: beginsWith,
  haproxy: beginsWith,
  traefik: beginsWith,
  unknown: (path, request) => matchers.Prefix(path, request, 'unknown'),
};
