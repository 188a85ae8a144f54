import type { Address, Family } from '../address/address.ts';
import { protocolNumbers } from '../address/protocols.ts';
import { dataKey } from '../text/data-key.ts';

/** What one part of an entry is: an address, a prefix, a port of a protocol, a bare port, or not evaluated. */
export type PartKind = 'address' | 'prefix' | 'port' | 'bare-port' | 'unevaluated';

/** What a set of each type holds; ipset's own names. Of a list of sets, see `SetList`. */
export const setTypes: Readonly<Record<string, readonly PartKind[]>> = {
  'bitmap:ip': ['address'],
  'bitmap:ip,mac': ['address', 'unevaluated'],
  'bitmap:port': ['bare-port'],
  'hash:ip': ['address'],
  'hash:ip,mac': ['address', 'unevaluated'],
  'hash:ip,mark': ['address', 'unevaluated'],
  'hash:ip,port': ['address', 'port'],
  'hash:ip,port,ip': ['address', 'port', 'address'],
  'hash:ip,port,net': ['address', 'port', 'prefix'],
  'hash:mac': ['unevaluated'],
  'hash:net': ['prefix'],
  'hash:net,iface': ['prefix', 'unevaluated'],
  'hash:net,net': ['prefix', 'prefix'],
  'hash:net,port': ['prefix', 'port'],
  'hash:net,port,net': ['prefix', 'port', 'prefix'],
};

/** A set of the kernel's, and what is in it. */
export interface IpSet {
  readonly name: string;
  readonly parts: readonly PartKind[];
  /** Null: the set is of no family (bitmap:port). */
  readonly family: Family | null;
  /** `netmask` or `bitmask`: what addresses are reduced to before they are looked for. */
  readonly mask: Address | null;
  /** Keys of entries, see `entryKey`; true for those with `nomatch`. */
  readonly entries: ReadonlyMap<string, boolean>;
  /** Of each part that is a prefix, the lengths that entries have, the longest first; else the one 0. */
  readonly lengths: readonly (readonly number[])[];
  /** Seconds after which an entry is over that names no time of its own (`timeout`; 0: never); null: entries have no end. */
  readonly timeout: number | null;
  /** When those entries are over that will be, in seconds, by their keys. */
  readonly ends: ReadonlyMap<string, number>;
  /** How many entries there may be. */
  readonly most: number;
  /** Whether nothing is added to a full one: else an older entry may go for it, or may be over, or not all of the table is full. */
  readonly refuses: boolean;
  /** Whether entries speak of protocols without ports, of which only the name is known. */
  readonly otherProtocols: boolean;
}

/** `list:set`: names of sets, asked one after the other. */
export interface SetList {
  readonly name: string;
  readonly members: readonly string[];
}

/** By name. Null where nobody said what is in the node's sets. */
export type Sets = ReadonlyMap<string, IpSet | SetList> | null;

/** A part of an entry as its key has it: prefixes with their length. */
export type EntryPart = string | readonly [address: Address, length: number];

export function entryKey(parts: readonly EntryPart[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : `${part[0]}/${part[1]}`)).join();
}

/** A set of ports alone knows these (ip_set_get_ip_port). */
export const barePortProtocols: ReadonlySet<number> = new Set([protocolNumbers.tcp, protocolNumbers.udp]);

export function portPart(protocol: number, port: number): string {
  return `${protocol}:${port}`;
}

/** What a set holds, as a key that is equal where entries are, whatever their order; of a list, what its members hold. */
export function contentsKey(sets: ReadonlyMap<string, IpSet | SetList>, name: string): string {
  const set = sets.get(name);
  if (!set) return 'none';
  if ('members' in set) return `[${set.members.map((member) => contentsKey(sets, member)).join(' ')}]`;
  const { parts, family, mask, most, entries } = set;
  return dataKey([parts, family, mask, most, [...entries].sort(([one], [other]) => (one < other ? -1 : 1))]);
}
