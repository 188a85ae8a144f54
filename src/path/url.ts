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

/** One connection of a request. */
export interface Leg {
  /** Null: it is not known. */
  readonly from: Address | null;
  readonly fromName: string;
  readonly to: Address | null;
  readonly toName: string;
  readonly port: number;
  /** Its ways through the cluster; null where it has not come there yet. */
  readonly ways: readonly Way[] | null;
}

/** A part of a load balancer, as its cloud names it. */
export interface Part {
  readonly name: string;
  readonly text: string;
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
  readonly stop: string | null;
  /** Where the server still finds the client's address. Empty: nowhere. */
  readonly clientIn: readonly Carrier[];
  /** Why not, or under which condition. */
  readonly clientNote: string | null;
  readonly notes: readonly string[];
}
