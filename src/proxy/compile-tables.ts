import { type Family, families } from '../address/address.ts';
import { defaultProxyConfig, type ProxyConfig } from '../kube/cluster/config.ts';
import type { Cluster, ClusterNode } from '../kube/cluster/model.ts';
import { told } from '../text/detail.ts';
import type { Problem } from '../text/problem.ts';
import { chooseMode, chooseNode, refuseStart, supposedOf, warnOfWaiting } from './decide/choice.ts';
import type { ProxyDetail } from './decide/detail.ts';
import { decideNode } from './decide/node.ts';
import { defaultTablesRelease, fullVersion, knownRelease } from './decide/release.ts';
import type { Transaction } from './nftables/operations.ts';
import { type NftRefusal, refusalOf } from './nftables/refusal.ts';
import { carryOut, type KubeProxyTable } from './nftables/table.ts';
import { firstTransaction } from './nftables/transaction.ts';

/** Which node's tables are wanted, and of which kube-proxy. */
export interface TableOptions {
  /** Default: the configuration's `hostnameOverride`, else the only node. */
  readonly node?: string | undefined;
  /** Default: both, as kube-proxy makes both. */
  readonly family?: Family | undefined;
  readonly config?: ProxyConfig;
  /** kube-proxy's release. Default: the newest that is known. */
  readonly kubeVersion?: string;
}

/** The table of one family. */
export interface NodeTable {
  readonly transaction: Transaction;
  /** What stands on a node that had no such table; null where nft refuses the transaction. */
  readonly table: KubeProxyTable | null;
}

export interface NodeTables {
  readonly node: ClusterNode;
  readonly tables: readonly NodeTable[];
  readonly problems: readonly Problem[];
}

/** The tables that kube-proxy makes in nftables mode on one node of a cluster. Throws an InputError where there are none to make. */
export function compileTables(cluster: Cluster, options: TableOptions = {}): NodeTables {
  const config: ProxyConfig = { ...(options.config ?? defaultProxyConfig), mode: 'nftables' };
  const version = options.kubeVersion ?? defaultTablesRelease;
  const release = knownRelease(version);
  refuseStart(config, release, version);
  chooseMode(config, release, version);
  const node = chooseNode(cluster, options.node, config);
  const problems: Problem[] = [...supposedOf(config, version), ...warnOfWaiting(config, node)];
  const wanted = options.family ? [options.family] : families;
  const tables = wanted.map((family): NodeTable => {
    const transaction = firstTransaction(decideNode(cluster, node, config, release, family));
    const refusal = refusalOf(transaction);
    if (refusal) problems.push(sayRefused(refusal, family, version));
    return { transaction, table: refusal ? null : carryOut(transaction) };
  });
  return { node, tables, problems };
}

function sayRefused(refusal: NftRefusal, family: Family, version: string): Problem {
  const { because, name } = refusal;
  const said = told<ProxyDetail>({ code: `nft-${because}`, version: fullVersion(version), name, family });
  return { code: 'nft-refuses', severity: 'warning', ...said };
}
