import type { Address, Family } from '../address/address.ts';
import { prefixMask, type Subnet } from '../address/subnet.ts';
import type { HeldEntries, HeldPart, KeptSet } from '../iptables/rule/kept-set.ts';
import { type IntervalSet, single, subtract, union, unionOf } from '../sets/intervals.ts';
import { subnetSet } from '../sets/subnet-set.ts';
import { barePortProtocols, contentsKey, type IpSet, type PartKind, type SetList } from './sets.ts';

type Known = ReadonlyMap<string, IpSet | SetList>;

/** What a set of more entries holds is not told value by value: every packet would be held against all of them. */
const mostEntries = 4_096;

/** What a set holds, as whoever compares rules asks for it. */
export function keptSet(sets: Known, name: string): KeptSet {
  const asked = membersOf(sets, name);
  const heldWith = (exceptions: boolean) => {
    const lists = asked.map((set) => (set === null ? null : entriesOf(set, exceptions)));
    const told = lists.flatMap((list) => list ?? []);
    // Of a later fragment, what has no ports may be in a set, and what has is not.
    const withPorts = told.filter(({ parts }) => parts.some(({ kind }) => kind === 'port')).length;
    return lists.includes(null) || (withPorts > 0 && withPorts < told.length) ? null : told;
  };
  return {
    key: contentsKey(sets, name),
    asks: [...new Set([name, ...asked.flatMap((set) => set?.name ?? [])])],
    held: heldWith(false),
    exceptions: heldWith(true),
  };
}

/** Null: a member that is not there. */
function membersOf(sets: Known, name: string): readonly (IpSet | null)[] {
  const set = sets.get(name);
  if (!set) return [null];
  return 'members' in set ? set.members.flatMap((member) => membersOf(sets, member)) : [set];
}

/** Null: not known, or not for ever. */
function entriesOf(set: IpSet, exceptions: boolean): readonly HeldEntries[] | null {
  const { parts: kinds, entries, family, mask, timeout, otherProtocols } = set;
  const isOpen = timeout !== null || otherProtocols || kinds.includes('unevaluated');
  if (isOpen || (mask !== null && kinds.includes('prefix')) || entries.size > mostEntries) return null;
  const products = [...entries.values()].includes(true)
    ? withExceptions(set, exceptions)
    : exceptions && kinds.includes('prefix')
      ? []
      : productsOf(
          set,
          kinds,
          [...entries.keys()].map((key) => key.split(',')),
        );
  return products?.map((parts) => ({ family, parts })) ?? null;
}

/** The longest prefix that holds decides. Of several parts, which is the longest is another question. */
function withExceptions({ parts, entries, family }: IpSet, exceptions: boolean): HeldPart[][] | null {
  if (parts.length > 1) return null;
  const prefixes = [...entries].map(([key, nomatch]) => ({ subnet: prefixIn(key, family), nomatch }));
  const sorted = prefixes.toSorted((one, other) => one.subnet.length - other.subnet.length);
  const set = sorted.reduce<IntervalSet>((held, { subnet, nomatch }) => {
    const own = subnetSet(subnet) as IntervalSet;
    return nomatch === exceptions ? union(held, own) : subtract(held, own);
  }, []);
  return [[{ kind: 'address', set }]];
}

/** What has the same beside it is put together. Null: what a mask with too many holes leaves is not listed. */
function productsOf(
  set: IpSet,
  kinds: readonly PartKind[],
  entries: readonly (readonly string[])[],
): HeldPart[][] | null {
  const [kind, ...others] = kinds;
  if (kind === undefined) return [[]];
  const products: HeldPart[][] = [];
  for (const { firsts, rests } of byRests(entries)) {
    const own = partsOf(kind, firsts, set);
    const beside = productsOf(set, others, rests);
    if (own === null || beside === null) return null;
    products.push(...own.flatMap((first) => beside.map((rest) => [first, ...rest])));
  }
  return products;
}

interface Alike {
  readonly firsts: string[];
  readonly rests: readonly (readonly string[])[];
}

/** The first parts that stand before the same others. */
function byRests(entries: readonly (readonly string[])[]): Iterable<Alike> {
  const byFirst = new Map<string, string[][]>();
  for (const [first = '', ...rest] of entries) {
    const known = byFirst.get(first);
    if (known) known.push(rest);
    else byFirst.set(first, [rest]);
  }
  const alike = new Map<string, Alike>();
  for (const [first, rests] of byFirst) {
    const key = rests
      .map((rest) => rest.join())
      .toSorted()
      .join(' ');
    const known = alike.get(key);
    if (known) known.firsts.push(first);
    else alike.set(key, { firsts: [first], rests });
  }
  return alike.values();
}

function partsOf(kind: PartKind, texts: readonly string[], { family, mask }: IpSet): HeldPart[] | null {
  switch (kind) {
    case 'address': {
      const sets = texts.map((text) => {
        const address = addressIn(text, family);
        return mask === null ? single(address) : subnetSet({ address, mask });
      });
      return sets.includes(null) ? null : [{ kind: 'address', set: unionOf(sets as IntervalSet[]) }];
    }
    case 'prefix':
      return [
        {
          kind: 'address',
          set: unionOf(texts.map((text) => subnetSet(prefixIn(text, family)) as IntervalSet)),
        },
      ];
    case 'bare-port':
      return [{ kind: 'port', protocols: ofBarePorts, ports: unionOf(texts.map(Number).map(single)) }];
    case 'port':
      return portsOf(texts);
    case 'unevaluated':
      return null;
  }
}

const ofBarePorts: IntervalSet = unionOf([...barePortProtocols].map(single));

function portsOf(texts: readonly string[]): HeldPart[] {
  const byProtocol = new Map<number, IntervalSet[]>();
  for (const text of texts) {
    const [protocol, port] = text.split(':').map(Number) as [number, number];
    byProtocol.set(protocol, [...(byProtocol.get(protocol) ?? []), single(port)]);
  }
  return [...byProtocol].map(([protocol, ports]) => ({
    kind: 'port',
    protocols: single(protocol),
    ports: unionOf(ports),
  }));
}

function addressIn(text: string, family: Family | null): Address {
  return family === 'ipv6' ? BigInt(text) : Number(text);
}

function prefixIn(text: string, family: Family | null): Subnet & { readonly length: number } {
  const [address = '', length] = text.split('/');
  const bits = Number(length);
  return { address: addressIn(address, family), mask: prefixMask(family ?? 'ipv4', bits), length: bits };
}
