import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { GuessedRelease } from '../proxy/nftables/shape.ts';
import type { ExplainedFront, ExplainedPort, ExplainedTable } from '../session/explain-tables.ts';
import { nftChainName } from './nft-names.ts';
import { proxyTableWords as en } from './words/en/proxy-tables.ts';
import { proxyTableWords as ko } from './words/ko/proxy-tables.ts';
import type { Language } from './words/language.ts';
import type { ProxyTableWords } from './words/proxy-tables.ts';

const words: Readonly<Record<Language, ProxyTableWords>> = { en, ko };

/** What kube-proxy's tables say of Services, for people. */
export function printTablesText(tables: readonly ExplainedTable[], language: Language = 'en'): string {
  return `${tables.map((table) => tableLines(table, words[language]).join('\n')).join('\n\n')}\n`;
}

const listed = (names: readonly string[]) => (names.length === 0 ? null : names.join(', '));

function tableLines(table: ExplainedTable, w: ProxyTableWords): string[] {
  const { services, counters, nodePortAddresses } = table;
  const hasNodePorts = services.some(({ fronts }) => fronts.some(({ address }) => address === null));
  return [
    w.table(table.table, sayRelease(table.release, w)),
    ...(hasNodePorts ? [`  ${w.nodePorts(listed(nodePortAddresses.map(formatAddress)))}`] : []),
    ...counters.map(({ name, packets }) => `  ${w.counter(name, sayCounter(name, w), `${packets}`)}`),
    ...services.flatMap((port) => ['', ...portLines(port, table.table, w)]),
    ...(services.length === 0 ? [`  ${w.noServices}`] : []),
  ];
}

function portLines(
  { service, protocol, fronts, endpoints, local, affinity }: ExplainedPort,
  table: string,
  w: ProxyTableWords,
): string[] {
  const clients = affinity.reduce((sum, one) => sum + one.clients, 0);
  return [
    `${service} ${protocol}`,
    ...fronts.map((front) => `  ${sayFront(front, w)}: ${sayWay(front, table, w)} (${front.map})`),
    ...(fronts.length === 0 ? [`  ${w.noElement}`] : []),
    `  ${w.endpoints(listed(endpoints))}`,
    ...(local === null ? [] : [`  ${w.ofThisNode(listed(local))}`]),
    ...(affinity.length === 0 ? [] : [`  ${w.affinity(clients, affinity.length)}`]),
  ];
}

function sayFront({ address, port }: ExplainedFront, w: ProxyTableWords): string {
  return address === null ? w.nodePort(port) : formatEndpoint(address, port);
}

function sayWay({ map, chain, admits }: ExplainedFront, table: string, w: ProxyTableWords): string {
  if (map === 'firewall-ips') return admits === null ? w.asksForRanges : w.admits(admits);
  if (chain === null) return w.droppedByPolicy;
  return map.startsWith('no-endpoint') ? w.refused : w.to(nftChainName(table, chain));
}

/** `localhost-nodeport-rejected-tcp`. */
function sayCounter(name: string, w: ProxyTableWords): string {
  const [, protocol] = /^localhost-nodeport-rejected-(\w+)$/.exec(name) ?? [];
  return protocol === undefined ? w.unknownCounter : w.rejectedOnLoopback(protocol.toUpperCase());
}

/** A guess, and said to be one. */
function sayRelease(release: GuessedRelease | null, w: ProxyTableWords): string {
  return release === null ? w.noRelease : w.release(release.first, release.last, w.shapes[release.by]);
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
