import { formatEndpoint } from '../address/address.ts';
import type { Expression, SetElement } from '../nftables/expression.ts';
import type { NftChain, NftTable } from '../nftables/model.ts';
import type { Statement } from '../nftables/statement.ts';
import { nameOfTable, serviceOfName } from '../proxy/nftables/listed.ts';
import { formatFraction, fraction } from '../sets/fraction.ts';
import { chainPlace, type FindingOf } from './finding.ts';

/**
 * Chains of a service whose number generator does not give each of its endpoints the same share: kube-proxy makes a map of as many numbers
 * as the generator has. What has a number that never comes gets nothing; what has no element is cut off, and told so.
 */
export function findUnevenNumbers(table: NftTable): FindingOf<'uneven-shares'>[] {
  return table.chains.flatMap((chain): FindingOf<'uneven-shares'>[] => {
    if (!/^(?:service|local)-.*\//.test(chain.name)) return [];
    const draw = drawOf(chain);
    if (draw === null) return [];
    const counts = countsOf(draw);
    if (new Set(counts.values()).size < 2) return [];
    const shares = sharesOf(counts, draw);
    const place = chainPlace(nameOfTable(table), chain.name);
    return [{ code: 'uneven-shares', place, service: serviceOfName(table, chain.name), shares }];
  });
}

/** A number by chance, and what each number leads to. */
interface Draw {
  readonly modulus: number;
  readonly elements: readonly SetElement[];
}

function drawOf({ rules }: NftChain): Draw | null {
  for (const { statements } of rules) {
    for (const statement of statements) {
      const asked = mapIn(statement);
      if (asked?.key.kind !== 'numgen' || asked.map.kind !== 'set') continue;
      return { modulus: asked.key.modulus, elements: asked.map.elements };
    }
  }
  return null;
}

function mapIn(statement: Statement): { readonly key: Expression; readonly map: Expression } | null {
  if (statement.kind === 'vmap') return statement;
  if (statement.kind !== 'dnat') return null;
  return statement.address?.kind === 'map' ? statement.address : null;
}

/** How many of the numbers that come each endpoint has. */
function countsOf({ modulus, elements }: Draw): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { key, data } of elements) {
    const endpoint = data && endpointOf(data);
    if (endpoint == null) continue;
    const comes = key.kind === 'value' && Number(key.value) < modulus;
    counts.set(endpoint, (counts.get(endpoint) ?? 0) + (comes ? 1 : 0));
  }
  return counts;
}

function sharesOf(
  counts: ReadonlyMap<string, number>,
  { modulus }: Draw,
): FindingOf<'uneven-shares'>['shares'] {
  return [...counts].map(([endpoint, count]) => ({
    endpoint,
    share: formatFraction(fraction(count, modulus)),
  }));
}

/** An address and a port, or the chain of an endpoint, whose name ends with both. */
function endpointOf(data: Expression): string | null {
  if (data.kind === 'verdict')
    return 'chain' in data ? data.chain.replace(/^.*__/, '').replace('/', ':') : null;
  if (data.kind !== 'concat') return null;
  const [address, port] = data.parts;
  return address?.kind === 'value' && port?.kind === 'value'
    ? formatEndpoint(address.value, Number(port.value))
    : null;
}
