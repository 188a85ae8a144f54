import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { GuessedRelease } from '../proxy/nftables/shape.ts';
import type { ExplainedFront, ExplainedPort, ExplainedTable } from '../session/explain-tables.ts';
import { nftChainName } from './nft-names.ts';

/** What kube-proxy's tables say of Services, for people. */
export function printTablesText(tables: readonly ExplainedTable[]): string {
  return `${tables.map((table) => tableLines(table).join('\n')).join('\n\n')}\n`;
}

function tableLines(table: ExplainedTable): string[] {
  const { services, counters, nodePortAddresses } = table;
  const ports = nodePortAddresses.map(formatAddress).join(', ');
  const hasNodePorts = services.some(({ fronts }) => fronts.some(({ address }) => address === null));
  return [
    `table ${table.table}: ${sayRelease(table.release)}`,
    ...(hasNodePorts
      ? [`  node ports: at ${ports === '' ? 'all local addresses but loopback' : ports}`]
      : []),
    ...counters.map(({ name, packets }) => `  counter ${name}: ${sayCounter(name)}, ${packets} packets`),
    ...services.flatMap((port) => ['', ...portLines(port, table.table)]),
    ...(services.length === 0 ? ['  no Services'] : []),
  ];
}

function portLines(
  { service, protocol, fronts, endpoints, local, affinity }: ExplainedPort,
  table: string,
): string[] {
  const clients = affinity.reduce((sum, one) => sum + one.clients, 0);
  return [
    `${service} ${protocol}`,
    ...fronts.map((front) => `  ${sayFront(front)}: ${sayWay(front, table)} (${front.map})`),
    ...(fronts.length === 0 ? ['  no element of a map leads to it'] : []),
    `  endpoints: ${endpoints.length === 0 ? 'none' : endpoints.join(', ')}`,
    ...(local === null ? [] : [`  of this node: ${local.length === 0 ? 'none' : local.join(', ')}`]),
    ...(affinity.length === 0
      ? []
      : [
          `  session affinity: ${clients} ${clients === 1 ? 'client' : 'clients'} remembered for ${affinity.length} endpoints`,
        ]),
  ];
}

function sayFront({ address, port }: ExplainedFront): string {
  return address === null ? `node port ${port}` : formatEndpoint(address, port);
}

function sayWay({ map, chain, admits }: ExplainedFront, table: string): string {
  if (map === 'firewall-ips') return admits === null ? 'asks for source ranges' : `admits ${admits} alone`;
  if (chain === null) return 'what no other map took is dropped: no endpoint that its policy allows';
  return map.startsWith('no-endpoint') ? 'refused: no endpoints' : `to ${nftChainName(table, chain)}`;
}

/** `localhost-nodeport-rejected-tcp`. */
function sayCounter(name: string): string {
  const [, protocol] = /^localhost-nodeport-rejected-(\w+)$/.exec(name) ?? [];
  return protocol === undefined
    ? 'not one that is known'
    : `rejected ${protocol.toUpperCase()} for node ports on loopback addresses`;
}

const reasons: Readonly<Record<GuessedRelease['by'], string>> = {
  'all-before-dnat': 'all filter chains stand before DNAT',
  'chain-of-each-endpoint': 'every endpoint has a chain',
  'map-of-endpoints': 'a lone endpoint is in a map',
  'lone-endpoint': 'a lone endpoint is in no map, or rejected node ports on loopback addresses are counted',
  'hairpin-set': 'there is a set of hairpin connections, and nothing tells more',
};

/** A guess, and said to be one. */
function sayRelease(release: GuessedRelease | null): string {
  if (release === null) return 'of no release of kube-proxy that is known';
  const { first, last, by } = release;
  const range = last === null ? `${first} or newer` : first === last ? first : `${first} to ${last}`;
  return `by its shape of kube-proxy ${range} (${reasons[by]})`;
}

/** The same as JSON. */
export function printTablesJson(tables: readonly ExplainedTable[]): string {
  const document = {
    tables: tables.map(({ table, family, release, services, counters, nodePortAddresses }) => ({
      table,
      family,
      release,
      nodePortAddresses: nodePortAddresses.map(formatAddress),
      counters: counters.map(({ name, packets }) => ({ name, packets: Number(packets) })),
      services: services.map(({ fronts, ...rest }) => ({
        ...rest,
        fronts: fronts.map(({ address, chain, ...front }) => ({
          ...front,
          address: address === null ? null : formatAddress(address),
          chain,
          ...(chain !== null && { name: nftChainName(table, chain) }),
        })),
      })),
    })),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}
