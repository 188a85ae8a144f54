import { ownerOf } from '../iptables/owners.ts';
import { nameOfTable, proxyTable } from '../proxy/nftables/listed.ts';
import { chainPlace, type FindingOf, type ProxyTrace } from './finding.ts';
import type { NodeRules } from './reach.ts';

/** Chains of one way, as `table` and names. */
interface Left {
  readonly kind: ProxyTrace;
  readonly table: string;
  readonly chains: readonly string[];
}

/**
 * Rules of kube-proxy that another mode left, or the other back end of iptables: beside those of the one that is told first here. Which of
 * two is the one that runs, rules do not tell; both do what they say.
 */
export function findModes(rules: NodeRules): FindingOf<'mode-left'>[] {
  const [now, ...others] = tracesIn(rules);
  if (!now) return [];
  return others.map(({ kind, table, chains }) => ({
    code: 'mode-left',
    place: chainPlace(table, chains[0] as string),
    chains,
    left: kind,
    beside: now.kind,
  }));
}

function tracesIn({ program, iptables, nft }: NodeRules): readonly Left[] {
  const own = nft.flatMap((ruleset) => proxyTable(ruleset, program.family) ?? []);
  const nftables = own.flatMap((table): Left[] => {
    const chains = table.chains.filter(({ name }) => /^(?:service|local|external)-/.test(name));
    return chains.length === 0
      ? []
      : [{ kind: 'nftables', table: nameOfTable(table), chains: chains.map(({ name }) => name) }];
  });
  const inDump = (iptables?.tables ?? []).flatMap(({ name, chains }) =>
    [...chains.keys()].map((chain) => ({ table: name as string, chain })),
  );
  const family = program.family === 'ipv4' ? 'ip' : 'ip6';
  const inNft = nft
    .flatMap(({ tables }) => tables)
    .filter((table) => table.family === family && table.name !== 'kube-proxy')
    .flatMap((table) => table.chains.map(({ name }) => ({ table: nameOfTable(table), chain: name })));
  const isEndpoint = (chain: string) => chain.startsWith('KUBE-SEP-');
  const isIpvs = (chain: string) => ownerOf(chain) === "kube-proxy's ipvs mode";
  return [
    ...nftables,
    ...leftOf('iptables', inDump, isEndpoint),
    ...leftOf(
      inDump.some(({ chain }) => isEndpoint(chain)) ? 'iptables-other' : 'iptables',
      inNft,
      isEndpoint,
    ),
    ...leftOf('ipvs', [...inDump, ...inNft], isIpvs),
  ];
}

function leftOf(
  kind: ProxyTrace,
  all: readonly { readonly table: string; readonly chain: string }[],
  isOne: (chain: string) => boolean,
): readonly Left[] {
  const own = all.filter(({ chain }) => isOne(chain));
  const [first] = own;
  return first ? [{ kind, table: first.table, chains: own.map(({ chain }) => chain) }] : [];
}
