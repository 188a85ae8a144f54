import { type Address, type Family, familyOf } from '../address/address.ts';
import { contains, prefixMask, type Subnet, subnetOf } from '../address/subnet.ts';
import type { IrProgram } from '../engine/ir.ts';
import { buildHost } from '../host/build.ts';
import type { Host, HostFields, Interface } from '../host/model.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import type { MadeUp } from './assumption.ts';
import { endpointsIn } from './named-in-programs.ts';
import { namedInterfaces } from './named-interfaces.ts';

/** Addresses for documentation (RFC 5737, RFC 3849). */
const madeUp: Readonly<Record<Family, { readonly address: Address; readonly length: number }>> = {
  ipv4: { address: 0xc000020a, length: 24 },
  ipv6: { address: (0x20010db8n << 96n) | 0x10n, length: 64 },
};

/** A host to compare rule sets on, and what was made up of it. */
export interface AssumedHost {
  readonly host: Host;
  readonly assumed: readonly MadeUp[];
}

/**
 * The one host on which rule sets are compared. What `known` does not say of it (the first that has a field decides) is
 * made up and said: a node must have an address, and some of the endpoints must be its own pods, or half of the rules
 * could not be asked anything. `programs` are rules of nft beside the rule sets.
 */
export function assumeHost(
  family: Family,
  known: readonly HostFields[],
  rulesets: readonly Ruleset[],
  programs: readonly IrProgram[] = [],
  /** Of interfaces that rules name, those that are there; null: all, and others. */
  there: readonly string[] | null = null,
): AssumedHost {
  const host = buildHost(family, known);
  const { interfaces: named, unnamed } = known.some(({ interfaces }) => interfaces !== undefined)
    ? { interfaces: [], unnamed: null }
    : namedInterfaces(host, rulesets, programs, there);
  const assumed: MadeUp[] = [];
  const fields: HostFields[] = [];
  if (!host.addressesKnown) {
    const { address, length } = madeUp[family];
    const prefix = subnetOf(address, prefixMask(family, length));
    fields.push({ addresses: [{ address, prefix, length }] });
    assumed.push({ code: 'node-address', address });
  }
  if (!host.routesKnown) {
    const podCIDR = guessPods(family, () => endpointsOf(rulesets, programs), named);
    fields.push({ podCIDR });
    assumed.push({ code: 'pod-prefix', prefix: podCIDR });
  }
  if (named.length > 0) {
    fields.push({ interfaces: named });
    const made = named.map(({ name, addresses }) => ({
      name,
      prefixes: addresses.map(({ prefix }) => prefix),
    }));
    const [others, interfaces] = [true, false].map((isUnnamed) =>
      made.filter(({ name }) => (name === unnamed) === isUnnamed),
    ) as [typeof made, typeof made];
    if (interfaces.length > 0) assumed.push({ code: 'named-interfaces', interfaces });
    if (others.length > 0) assumed.push({ code: 'unnamed-interface', interfaces: others });
  }
  return { host: fields.length === 0 ? host : buildHost(family, [...known, ...fields]), assumed };
}

/** The neighbourhood of the first endpoint that is not behind another interface. */
function guessPods(family: Family, found: () => Iterable<Address>, others: readonly Interface[]): Subnet {
  const isOther = (address: Address) =>
    others.some(({ addresses }) => addresses.some((own) => contains(own.prefix, address)));
  const address =
    firstOf(found(), (one) => !isOther(one)) ?? (family === 'ipv4' ? 0x0af40100 : 0xfd000244n << 96n);
  return neighbourhoodOf(address, found());
}

/**
 * The prefix of a node's pods, as far as an endpoint among them tells it: so wide that none of the endpoints has its last address, which in
 * IPv4 would be that of all of the link. Where a node's pods have more than 256 addresses, one may well end in 255.
 */
export function neighbourhoodOf(address: Address, endpoints: Iterable<Address>): Subnet {
  const family = familyOf(address);
  if (family === 'ipv6') return subnetOf(address, prefixMask(family, 64));
  const prefixes = Array.from({ length: 17 }, (_, wider) =>
    subnetOf(address, prefixMask(family, 24 - wider)),
  );
  const lasts = prefixes.map(({ address: first, mask }) => ((first as number) | ~(mask as number)) >>> 0);
  const left = new Set<Address>(lasts);
  for (const endpoint of endpoints) left.delete(endpoint);
  return prefixes[lasts.findIndex((last) => left.has(last))] ?? (prefixes[0] as Subnet);
}

/** Where rules of either language translate destinations to. */
export function* endpointsOf(
  rulesets: readonly Ruleset[],
  programs: readonly IrProgram[],
): Generator<Address> {
  for (const { tables } of rulesets) yield* endpoints(tables);
  for (const program of programs) yield* endpointsIn(program);
}

function firstOf(list: Iterable<Address>, isWanted: (address: Address) => boolean): Address | undefined {
  for (const address of list) if (isWanted(address)) return address;
  return undefined;
}

function* endpoints(tables: Ruleset['tables']): Generator<Address> {
  for (const { chains } of tables) {
    for (const { rules } of chains.values()) {
      for (const { target } of rules) {
        if (target?.kind === 'dnat' && target.addresses) yield target.addresses.first;
      }
    }
  }
}
