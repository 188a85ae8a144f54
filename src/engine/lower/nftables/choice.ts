import type { Address } from '../../../address/address.ts';
import type { Expression } from '../../../nftables/expression.ts';
import type { NftChain } from '../../../nftables/model.ts';

/** What a chain does that asks for nothing but a protocol, and gives each of some addresses and ports the same share. */
export interface Choice {
  readonly protocol: number;
  readonly endpoints: readonly Endpoint[];
}

interface Endpoint {
  readonly address: Address;
  readonly port: number;
}

/** `meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.244.1.5 . 8080, 1 : 10.244.2.7 . 8080 }`, or to one alone. */
export function choiceIn({ base, rules }: NftChain): Choice | null {
  if (base !== undefined || rules.length !== 1) return null;
  const [asks, gives, ...others] = rules[0]?.statements ?? [];
  if (asks?.kind !== 'match' || gives?.kind !== 'dnat' || others.length > 0) return null;
  const { left, operator, right } = asks;
  if (left.kind !== 'meta' || left.key !== 'l4proto' || operator !== '==' || right.kind !== 'value')
    return null;
  const { address, port, flags, prefix } = gives;
  if (flags.length > 0 || prefix || address === undefined) return null;
  const endpoints = port === undefined ? chosenIn(address) : givenIn([address, port]);
  return endpoints && { protocol: Number(right.value), endpoints };
}

/** Each number that comes has an endpoint, in their order. */
function chosenIn(address: Expression): readonly Endpoint[] | null {
  if (address.kind !== 'map' || address.key.kind !== 'numgen' || address.map.kind !== 'set') return null;
  const { mode, modulus, offset } = address.key;
  const { elements } = address.map;
  if (mode !== 'random' || offset !== 0 || elements.length !== modulus) return null;
  const endpoints: Endpoint[] = [];
  for (const [at, { key, data }] of elements.entries()) {
    const given = key.kind === 'value' && key.value === at && data?.kind === 'concat' && givenIn(data.parts);
    if (!given) return null;
    endpoints.push(...given);
  }
  return endpoints;
}

function givenIn([address, port, ...others]: readonly Expression[]): readonly Endpoint[] | null {
  if (address?.kind !== 'value' || port?.kind !== 'value' || others.length > 0) return null;
  return [{ address: address.value, port: Number(port.value) }];
}
