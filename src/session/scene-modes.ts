import { NftProgram } from '../engine/lower/nftables/program.ts';
import { compileTables } from '../proxy/compile-tables.ts';
import { modelOf } from '../proxy/nftables/model.ts';
import { want } from '../text/expected.ts';
import type { SessionDetail } from './detail.ts';
import { refuse } from './refuse.ts';
import { compiledRules, type RulesMaker } from './scene.ts';

/** In the mode that the configuration says. */
export const rulesOfMode: RulesMaker = (cluster, family, config, kubeVersion) =>
  config.mode === 'nftables'
    ? tablesOf(cluster, family, config, kubeVersion)
    : compiledRules(cluster, family, config, kubeVersion);

const tablesOf: RulesMaker = (cluster, family, config, kubeVersion) => (node) => {
  const version = kubeVersion === undefined ? {} : { kubeVersion };
  const [made] = compileTables(cluster, { node, family, config, ...version }).tables;
  if (!made?.table)
    return refuse<SessionDetail>({ code: 'refused-table', family, node }, want.thing('another-release'));
  return { program: new NftProgram({ tables: [modelOf(made.table)] }, family), ruleset: null };
};
