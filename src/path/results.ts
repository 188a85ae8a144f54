import type { Address } from '../address/address.ts';
import { keyOfReason, type Reason } from '../engine/reasons.ts';
import { add, type Fraction } from '../sets/fraction.ts';
import type { Way } from './connection.ts';
import { type Decider, maskedBy, stoppedBy } from './decider.ts';
import type { LostReason } from './lost.ts';

export type ResultKind =
  | 'reached'
  /** It reached a server, but the answer does not get back to the client. */
  | 'unanswered'
  | 'dropped'
  | 'rejected'
  | 'refused'
  | 'lost'
  | 'left'
  /** It is sent to an endpoint of which nobody says where it runs. */
  | 'unplaced'
  | 'unknown';

/** Who may make a connection of its own in the client's stead. */
export type Between = 'balancer' | 'controller';

export type PathReason = Reason | LostReason;

/** What becomes of a share of the connections. */
export interface Result {
  readonly kind: ResultKind;
  readonly weight: Fraction;
  /** The server, where one is reached, or the place outside. */
  readonly server: { readonly address: Address; readonly port: number; readonly node: string | null } | null;
  /** What the server sees as its client. */
  readonly source: Address | null;
  readonly preserved: boolean | null;
  /** Whose rule replaced the source, dropped or rejected; null where none did, or the kernel. */
  readonly by: Decider | null;
  /** Who made a connection of its own in the client's stead, and is seen unless a rule hides it, too. */
  readonly maskedAs: Between | null;
  /** Why it got no further, or its answer not back. */
  readonly reason: PathReason | null;
  /** The node on which a load balancer set it down first; null without a balancer. */
  readonly through: string | null;
  /** How many more nodes do the same, each under its own address. */
  readonly alike: number;
}

/** The ways, told as results: equal ones are one, the larger share first. */
export function resultsOf(ways: readonly Way[], client: Address): Result[] {
  const merged = new Map<string, Result>();
  for (const way of ways) {
    const result = resultOf(way, client);
    const key = keyOf(result);
    const known = merged.get(key);
    merged.set(key, known ? { ...known, weight: add(known.weight, result.weight) } : result);
  }
  return [...merged.values()];
}

function keyOf({ kind, server, source, reason, by, alike, through }: Result): string {
  const end = server ? `${server.address} ${server.port}` : '';
  const rule = by ? `${by.table} ${by.chain} ${by.number}` : '';
  return [
    kind,
    end,
    source,
    reason && keyOfReason(reason),
    source === null || kind === 'dropped' ? rule : '',
    alike,
    alike > 0 ? through : '',
  ].join('|');
}

function resultOf({ weight, hops, end }: Way, client: Address): Result {
  const balancer = hops.find((hop) => hop.kind === 'balancer');
  const nodes = hops.filter((hop) => hop.kind === 'node');
  const plain = {
    weight,
    server: null,
    source: null,
    preserved: null,
    by: null,
    reason: null,
    maskedAs: balancer?.mode === 'Proxy' ? ('balancer' as const) : null,
    through: balancer?.node ?? null,
    alike: balancer?.alike ?? 0,
  };
  switch (end.kind) {
    case 'reached': {
      const { address, port, node, source, reply } = end;
      const kind = reply.broken === null ? 'reached' : 'unanswered';
      const by = nodes.map(maskedBy).find((one) => one !== null) ?? null;
      const preserved = source === client;
      return {
        ...plain,
        kind,
        server: { address, port, node },
        source,
        preserved,
        by,
        reason: reply.broken,
      };
    }
    case 'left':
    case 'unplaced':
      return {
        ...plain,
        kind: end.kind,
        server: { ...end, node: null },
        source: end.source,
        preserved: end.source === client,
      };
    case 'dropped':
    case 'rejected': {
      const last = nodes.at(-1);
      return { ...plain, kind: end.kind, by: last ? stoppedBy(last) : null, reason: end.reason };
    }
    default:
      return { ...plain, kind: end.kind, reason: end.reason };
  }
}
