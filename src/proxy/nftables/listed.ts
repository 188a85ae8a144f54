import type { Address, Family } from '../../address/address.ts';
import type { Expression, SetElement } from '../../nftables/expression.ts';
import type { NftFamily, NftRuleset, NftSet, NftTable } from '../../nftables/model.ts';
import { ownerOfChain } from './names.ts';

// What kube-proxy's table on a node says, read back from what nft lists.

const tableFamily: Readonly<Record<Family, NftFamily>> = { ipv4: 'ip', ipv6: 'ip6' };

/** kube-proxy's table of one family; null where there is none. */
export function proxyTable({ tables }: NftRuleset, family: Family): NftTable | null {
  return tables.find(({ name, family: own }) => name === 'kube-proxy' && own === tableFamily[family]) ?? null;
}

/** The name under which rules of a table are told. */
export function nameOfTable({ family, name }: NftTable): string {
  return `${family} ${name}`;
}

/** `default/web:http` of a chain or a set of a Service; its own name where it was cut. */
export function serviceOfName(table: NftTable, name: string): string {
  const owner = ownerOfChain(nameOfTable(table), name);
  return owner ? `${owner.service}${owner.port === '' ? '' : `:${owner.port}`}` : name;
}

/** An element of one of the maps of kube-proxy: for whom it is, and what it does. */
export interface ListedFront {
  /** Null: a port of the node. */
  readonly address: Address | null;
  readonly protocol: number;
  readonly port: number;
  /** The chain that takes its packets; null: they are dropped. */
  readonly chain: string | null;
  /** What is said of it. */
  readonly comment: string | undefined;
}

export type FrontMap =
  | 'service-ips'
  | 'service-nodeports'
  | 'firewall-ips'
  | 'no-endpoint-services'
  | 'no-endpoint-nodeports';

/** The elements of a map; none where it is not there. */
export function listedIn(table: NftTable, map: FrontMap): readonly ListedFront[] {
  return elementsOf(table, map).flatMap((element) => {
    const { key, data, comment } = element;
    const parts = key.kind === 'concat' ? key.parts.map(numberOf) : [];
    const [address, protocol, port] = map.endsWith('nodeports') ? [null, ...parts] : parts;
    if (address === undefined || typeof protocol !== 'number' || typeof port !== 'number') return [];
    if (data?.kind !== 'verdict') return [];
    return [{ address, protocol, port, chain: 'chain' in data ? data.chain : null, comment }];
  });
}

/** The addresses of a set; none where it is not there. */
export function addressesIn(table: NftTable, set: 'cluster-ips' | 'nodeport-ips'): readonly Address[] {
  return elementsOf(table, set).flatMap(({ key }) => numberOf(key) ?? []);
}

/** The chain for those outside of the service whose source ranges a chain asks; null: it asks for none. */
export function guardedBy(chain: string): string | null {
  return chain.startsWith('firewall-') && chain.includes('/')
    ? chain.replace('firewall-', 'external-')
    : null;
}

/** The endpoints that hairpin connections are masqueraded of: those of this node (1.36 and later). */
export function hairpinAddresses(table: NftTable): readonly Address[] {
  return elementsOf(table, 'hairpin-connections').flatMap(({ key }) => {
    const first = key.kind === 'concat' ? key.parts[0] : undefined;
    return (first && numberOf(first)) ?? [];
  });
}

export function setNamed({ sets }: NftTable, name: string): NftSet | undefined {
  return sets.find((set) => set.name === name);
}

function elementsOf(table: NftTable, name: string): readonly SetElement[] {
  return setNamed(table, name)?.elements ?? [];
}

function numberOf(expression: Expression): Address | undefined {
  return expression.kind === 'value' ? expression.value : undefined;
}
