import { printRuleset } from '../nftables/print/tables.ts';
import { compileTables } from '../proxy/compile-tables.ts';
import { modelOf } from '../proxy/nftables/model.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Allocation } from './allocation.ts';
import { openCluster, openConfig } from './cluster.ts';
import type { NodeRequest, RulesTexts } from './rules.ts';

/** What nft would list of the tables that kube-proxy makes for manifests, where its mode is nftables; null: it is another one, or rules were dumped. */
export function compiledTables(
  { dumps, objects, config: configured }: RulesTexts,
  request: NodeRequest & Allocation,
): { readonly source: Source; readonly problems: readonly Problem[] } | null {
  if (dumps.length > 0 || objects.length === 0) return null;
  const { config } = openConfig(configured, request.mode);
  if (config.mode !== 'nftables') return null;
  const { node, kubeVersion } = request;
  const { cluster } = openCluster(objects, request, configured !== null, node ?? config.hostnameOverride);
  const { tables, problems } = compileTables(cluster, {
    config,
    ...(node !== undefined && { node }),
    ...(kubeVersion !== undefined && { kubeVersion }),
  });
  const ruleset = { tables: tables.flatMap(({ table }) => (table ? [modelOf(table)] : [])) };
  return { source: { name: '<compiled>', text: printRuleset(ruleset) }, problems };
}
