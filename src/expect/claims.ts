import { type Address, formatAddress } from '../address/address.ts';
import type { PortRange } from '../address/port.ts';
import { contains, hostSubnet, type Subnet } from '../address/subnet.ts';
import type { Share } from './shares.ts';

/** Where packets can arrive: an address of the prefix, at one of the ports (null: any). */
export interface Place {
  readonly prefix: Subnet;
  readonly ports: PortRange | null;
}

/** Places under one name: `10.0.1.2:8080`, `pod default/web-1`, `service default/web`. */
export interface Goal {
  readonly name: string;
  readonly places: readonly Place[];
}

/** A goal with the share of the packets that it gets; null: more than none. */
export interface SharedGoal extends Goal {
  readonly share: Share | null;
}

/** What decides a packet's fate: a rule by its place (null: any of its chain), or the rules of a service. */
export type Cause =
  | {
      readonly kind: 'rule';
      /** Of nft with its family: `ip kube-proxy`. */
      readonly table: string;
      readonly chain: string;
      readonly number: number | null;
    }
  /** `port` is the name of its port; null: whichever. */
  | { readonly kind: 'service'; readonly service: string; readonly port: string | null };

/** What is expected of a packet, whatever chance decides. The list is closed. */
export type Claim =
  /** It arrives, always at one of the goals. */
  | { readonly kind: 'to'; readonly goals: readonly Goal[] }
  /** It arrives, always at one of the goals, and each of them gets its share. */
  | { readonly kind: 'endpoints'; readonly goals: readonly SharedGoal[] }
  /** Wherever it arrives, the server sees this address: the client's own, another than that, or this very one. */
  | { readonly kind: 'source'; readonly is: 'preserved' | 'masked' | Address }
  | { readonly kind: 'verdict'; readonly is: 'accept' | 'drop' | 'reject' }
  /** On each of its ways it meets a rule of this. */
  | { readonly kind: 'by'; readonly cause: Cause }
  /** It never arrives at any of the goals. */
  | { readonly kind: 'never'; readonly goals: readonly Goal[] }
  /** The connection that it opens is established, always with one of the goals, answers and all. */
  | { readonly kind: 'reaches'; readonly goals: readonly Goal[] };
/** What is judged on a packet alone. */
export type PacketClaim = Exclude<Claim, { kind: 'reaches' }>;
export type ClaimKind = Claim['kind'];
export type ClaimOf<Kind extends ClaimKind> = Extract<Claim, { kind: Kind }>;

/** A goal of one address, at one port or at any. */
export function endpointGoal(name: string, address: Address, port: number | null): Goal {
  const ports = port === null ? null : { first: port, last: port };
  return { name, places: [{ prefix: hostSubnet(address), ports }] };
}

/** Whether an address, and a port where there is one, are of a goal. */
export function isGoal({ places }: Goal, address: Address, port: number | null): boolean {
  return places.some(
    ({ prefix, ports }) =>
      contains(prefix, address) &&
      (ports === null || (port !== null && ports.first <= port && port <= ports.last)),
  );
}

const words: { readonly [Kind in ClaimKind]: (claim: ClaimOf<Kind>) => string } = {
  to: ({ goals }) => `to ${names(goals, ' or ')}`,
  endpoints: ({ goals }) =>
    `endpoints ${goals.map(({ name, share }) => (share ? `${name} (${share.text})` : name)).join(', ')}`,
  source: ({ is }) => `source ${typeof is === 'string' ? is : formatAddress(is)}`,
  verdict: ({ is }) => `verdict ${is}`,
  by: ({ cause }) => `by ${describeCause(cause)}`,
  never: ({ goals }) => `never ${names(goals, ', ')}`,
  reaches: ({ goals }) => `reaches ${names(goals, ' or ')}`,
};

/** A claim as a reader says it: `to 10.0.1.2:8080`, `source masked`. */
export function describeClaim(claim: Claim): string {
  return (words[claim.kind] as (claim: Claim) => string)(claim);
}

function names(goals: readonly Goal[], between: string): string {
  return goals.map(({ name }) => name).join(between);
}

export function describeCause(cause: Cause): string {
  if (cause.kind === 'service')
    return `service ${cause.service}${cause.port === null ? '' : `:${cause.port}`}`;
  const { table, chain, number } = cause;
  return number === null ? `chain ${table}/${chain}` : `rule ${table}/${chain}/${number}`;
}
