import type { NftTable } from '../../nftables/model.ts';
import { setNamed } from './listed.ts';

/** Between which releases of kube-proxy a table was made, as `1.36`; null: as far as nothing tells. */
export interface GuessedRelease {
  readonly first: string;
  readonly last: string | null;
  /** By what it is known. */
  readonly by:
    | 'all-before-dnat'
    | 'chain-of-each-endpoint'
    | 'map-of-endpoints'
    | 'lone-endpoint'
    | 'hairpin-set';
}

/** The release that makes tables of such a shape; null: none that is known does. */
export function guessRelease(table: NftTable): GuessedRelease | null {
  const has = (name: string) => table.chains.some((chain) => chain.name === name);
  if (!has('services')) return null;
  if (has('filter-prerouting') && has('filter-output-post-dnat'))
    return { first: '1.30', last: '1.33.5', by: 'all-before-dnat' };
  if (!has('filter-prerouting-pre-dnat')) return null;
  if (!setNamed(table, 'hairpin-connections'))
    return { first: '1.33.6', last: '1.35', by: 'chain-of-each-endpoint' };
  if (has('localhost-nodeport-reject-tcp')) return { first: '1.37', last: null, by: 'lone-endpoint' };
  const lone = table.chains.flatMap(({ name, rules }) =>
    isOfService(name) ? rules.flatMap(loneTranslation) : [],
  );
  if (lone.includes('plain')) return { first: '1.37', last: null, by: 'lone-endpoint' };
  if (lone.includes('map')) return { first: '1.36', last: '1.36', by: 'map-of-endpoints' };
  return { first: '1.36', last: null, by: 'hairpin-set' };
}

const isOfService = (name: string): boolean => /^(?:service|local)-.*\//.test(name);

/** How a rule gives packets to one endpoint alone: by its address, or by a map with one element. */
function loneTranslation({
  statements,
}: NftTable['chains'][number]['rules'][number]): readonly ('plain' | 'map')[] {
  return statements.flatMap((statement): readonly ('plain' | 'map')[] => {
    if (statement.kind !== 'dnat') return [];
    const { address } = statement;
    if (address?.kind === 'value') return ['plain'];
    if (address?.kind !== 'map' || address.map.kind !== 'set') return [];
    return address.map.elements.length === 1 ? ['map'] : [];
  });
}
