import type { Address } from '../address/address.ts';
import type { Service, ServicePort } from '../kube/cluster/model.ts';
import type { Way } from './connection.ts';
import type { Ingress, Route, Tls } from './ingress/model.ts';

/** A request from outside. `host` has no brackets, `path` begins with a slash and has no query. */
export interface UrlRequest {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly client: Address;
}

/** Reads a URL; undefined where it is none of HTTP or HTTPS. */
export function parseUrl(text: string, client: Address): UrlRequest | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  const scheme = url.protocol.slice(0, -1);
  if ((scheme !== 'http' && scheme !== 'https') || url.hostname === '') return undefined;
  const port = url.port === '' ? { http: 80, https: 443 }[scheme] : Number(url.port);
  return { scheme, host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port, path: url.pathname, client };
}

/** Who makes a connection of a request, or takes it. */
export type LegEnd =
  | { readonly code: 'client' | 'balancer' | 'controller' | 'endpoint' | 'pod' | 'node' }
  /** By the Service whose load balancer, or address, it is. */
  | { readonly code: 'balancer-of' | 'address-of'; readonly service: string }
  | { readonly code: 'address'; readonly address: Address };

/** One connection of a request. */
export interface Leg {
  /** Null: it is not known. */
  readonly from: Address | null;
  readonly caller: LegEnd;
  readonly to: Address | null;
  readonly called: LegEnd;
  readonly port: number;
  /** Its ways through the cluster; null where it has not come there yet. */
  readonly ways: readonly Way[] | null;
}

/** The host and path of a rule: null: every one. Absent: what no path takes. */
export interface RuleParts {
  readonly host: string | null;
  readonly route: { readonly path: string | null } | null;
}

/** Where a cloud's balancer sends: the pods themselves, or a node port (null: there is none). */
interface BackendParts {
  readonly service: string;
  readonly port: number;
  readonly pods: boolean;
  readonly nodePort: number | null;
}

/** A part of a load balancer, as its cloud names it. */
export type Part =
  /** Null: the address is not known yet. */
  | { readonly code: 'forwarding-rule'; readonly port: number; readonly address: string | null }
  /** `secret`: whose certificate it shows. */
  | { readonly code: 'target-proxy'; readonly scheme: string; readonly secret: string | null }
  | ({ readonly code: 'url-map' } & RuleParts)
  | ({ readonly code: 'backend-service' } & BackendParts)
  | { readonly code: 'endpoint-group' }
  | { readonly code: 'instance-group'; readonly nodes: readonly string[] }
  | { readonly code: 'load-balancer'; readonly address: string | null }
  | {
      readonly code: 'listener';
      readonly scheme: string;
      readonly port: number;
      readonly secret: string | null;
    }
  | ({ readonly code: 'rule' } & RuleParts)
  | ({ readonly code: 'target-group' } & BackendParts)
  /** Null: the pods. */
  | { readonly code: 'targets'; readonly nodes: readonly string[] | null };

/** Why a request gets no further. */
export type UrlStop =
  | BackendMissing
  /** Something that is no Service. */
  | { readonly code: 'not-a-service'; readonly resource: string }
  /** And there is no default backend. */
  | { readonly code: 'no-rule'; readonly host: string; readonly path: string }
  /** A cloud's balancer listens at 80 and 443 only. */
  | { readonly code: 'not-listening'; readonly port: number }
  | { readonly code: 'no-certificate' }
  | { readonly code: 'http-off' }
  | { readonly code: 'controller-unknown'; readonly className: string | null }
  | { readonly code: 'controller-port'; readonly service: string; readonly port: number }
  | { readonly code: 'controller-address'; readonly service: string; readonly host: string }
  | { readonly code: 'controller-not-reached' }
  /** `controller`: it answers with 503. */
  | { readonly code: 'no-ready-endpoint'; readonly service: string; readonly controller: boolean }
  | { readonly code: 'no-node-port'; readonly service: string; readonly port: number }
  | { readonly code: 'no-healthy-target' }
  | { readonly code: 'no-pod-reached' }
  /** Of some connection it is not known what becomes, and of none that it reaches one. */
  | { readonly code: 'pod-untold' };

/** What of a backend is not there. */
export type BackendMissing =
  | { readonly code: 'no-backend' }
  | { readonly code: 'service-missing'; readonly service: string }
  | { readonly code: 'service-port-missing'; readonly service: string; readonly port: number | string };

/** Why the server does not find the client, or under which condition it does. */
export type ClientNote =
  /** `some`: on some ways. `keeps`: externalTrafficPolicy Local would keep the address. */
  | { readonly code: 'source-replaced'; readonly some: boolean; readonly keeps: boolean }
  | { readonly code: 'controller-names-client' }
  | { readonly code: 'proxy-protocol' }
  /** `service`: whose externalTrafficPolicy Local would help; null: the PROXY protocol would. */
  | {
      readonly code: 'controller-sees';
      readonly some: boolean;
      readonly addresses: readonly Address[];
      readonly service: string | null;
    }
  | { readonly code: 'balancer-calls' };

/** What is to be known of a request's way beside it. */
export type UrlNote =
  | BalancerNote
  | { readonly code: 'tls-carried' }
  | { readonly code: 'paths-alike'; readonly path: string }
  | { readonly code: 'class-unknown'; readonly className: string | null }
  | { readonly code: 'http-redirected' }
  | { readonly code: 'own-certificate' }
  /** The controller's Service. */
  | { readonly code: 'controller-by-name'; readonly service: string }
  /** Whom a cloud's balancer calls from, and which address stands for them. */
  | { readonly code: 'cloud-front-ends' | 'balancer-addresses'; readonly address: Address };

/** A balancer that has a name only: it calls node ports, and an address stands for its own. */
export interface BalancerNote {
  readonly code: 'balancer-by-name';
  readonly name: string;
  readonly address: Address;
}

/** Where something that tells the client's address may be found. */
export type Carrier = 'packet' | 'X-Forwarded-For' | 'PROXY protocol';

/** The way of a request: what it is routed by, and each connection that it is made of. */
export interface UrlTrace {
  readonly request: UrlRequest;
  readonly ingress: Ingress | null;
  /** Null: the default backend. */
  readonly route: Route | null;
  readonly tls: Tls | null;
  readonly parts: readonly Part[];
  readonly service: Service | null;
  readonly port: ServicePort | null;
  /** The client's, and where something ends it and opens another, that one. */
  readonly legs: readonly Leg[];
  /** Why it gets no further; null where it does. */
  readonly stop: UrlStop | null;
  /** Where the server still finds the client's address. Empty: nowhere. */
  readonly clientIn: readonly Carrier[];
  /** Why not, or under which condition. */
  readonly clientNote: ClientNote | null;
  readonly notes: readonly UrlNote[];
}
