import type { End } from '../../path/connection.ts';

/** What is said of a request's way through a cluster, in one language. Parts of sentences without a full stop, but for whole lines. */
export interface UrlWords {
  readonly called: (url: string, client: string) => string;
  /** A whole line. */
  readonly noFurther: (why: string) => string;
  /** Where nobody knows whether it gets further. */
  readonly untold: (why: string) => string;
  readonly ingress: (key: string, className: string | null, rule: string, to: string) => string;
  /** `host`: null for every one. */
  readonly rule: (host: string | null, path: string, pathType: string) => string;
  readonly defaultBackend: string;
  readonly backend: (service: string, port: number) => string;
  readonly tlsEnds: (secret: string) => string;
  /** `number`: null where there is one alone. */
  readonly connection: (number: number | null, from: string, to: string) => string;
  readonly named: (address: string, name: string) => string;
  readonly portOf: (name: string, port: number) => string;
  /** A whole line. */
  readonly endsThere: string;
  readonly moreWays: (count: number) => string;
  /** Of ways of which only the end is told. */
  readonly hopsOfOthers: (count: number) => string;
  readonly answer: string;

  // What is known at the end, in whole lines.
  readonly answersGoBack: (client: string) => string;
  readonly podSees: (sources: readonly string[], isCut: boolean) => string;
  readonly clientFound: (client: string, where: readonly string[], note: string | null) => string;
  readonly note: (says: string) => string;

  // Hops.
  readonly balancer: (service: string, keepsPacket: boolean, node: string, alike: number) => string;
  readonly becomes: (flow: string, after: string) => string;
  readonly goesOn: (flow: string) => string;
  readonly endsHere: (flow: string) => string;
  readonly rules: (names: string) => string;
  readonly balancerName: string;
  readonly noAnswer: (why: string) => string;
  readonly ends: { readonly [Kind in End['kind']]: (end: EndWords[Kind]) => string };
}

/** The parts of an end, as texts. */
interface EndWords {
  readonly reached: { readonly server: string; readonly node: string; readonly source: string };
  readonly dropped: { readonly node: string; readonly why: string | null };
  readonly rejected: { readonly node: string };
  readonly refused: { readonly why: string };
  readonly left: { readonly server: string };
  readonly unplaced: { readonly server: string };
  readonly lost: { readonly why: string };
  readonly unknown: { readonly why: string };
}
