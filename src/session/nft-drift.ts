import type { Family } from '../address/address.ts';
import { readTaken } from '../nftables/check/load.ts';
import type { NftFamily, NftRuleset, NftTable } from '../nftables/model.ts';
import { printRuleset } from '../nftables/print/tables.ts';
import { compileTables } from '../proxy/compile-tables.ts';
import { tablesWithoutChance } from '../proxy/drift/nft-chance.ts';
import { modelOf } from '../proxy/nftables/model.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import { type Problem, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Allocation } from './allocation.ts';
import { openCluster, openConfig } from './cluster.ts';
import type { SessionDetail } from './detail.ts';
import { leftOutOfTables } from './left-out.ts';
import type { OthersLeftOut } from './note.ts';
import { refuse } from './refuse.ts';
import type { NodeRequest } from './rules.ts';
import { holdsConfiguration, type SideTexts } from './side.ts';

/** kube-proxy's tables of a node and those that it would make, both without what chance makes of them. */
export interface NftDrift {
  readonly found: Source;
  readonly wanted: Source;
  readonly families: readonly Family[];
  readonly problems: readonly Problem[];
  /** Where rules of the node stand that were not looked at, by family. */
  readonly leftOut: Readonly<Record<Family, readonly OthersLeftOut[]>>;
}

const tableFamily: Readonly<Record<Family, NftFamily>> = { ipv4: 'ip', ipv6: 'ip6' };

/** Reads a node's rulesets and compiles manifests for it, in the families of which there are tables. Throws an InputError. */
export function openNftDrift(
  dump: SideTexts,
  manifests: SideTexts,
  request: NodeRequest & Allocation,
): NftDrift {
  const read = dump.sources.map(readTaken);
  refuseErrors(read.flatMap(({ problems }) => problems));
  const tables = read.flatMap(({ ruleset }) => ruleset.tables);
  const { found, wanted, families, problems } = driftTables(dump.name, tables, manifests, request);
  const leftOut = (family: Family) =>
    [leftOutOfTables(dump.name, tables, family), dump.beside?.[family] ?? null].filter(
      (note) => note !== null,
    );
  return {
    found: { name: dump.name, text: printRuleset(found) },
    wanted: { name: manifests.name, text: printRuleset(wanted) },
    families,
    problems: [...read.flatMap((one) => one.problems), ...problems],
    leftOut: { ipv4: leftOut('ipv4'), ipv6: leftOut('ipv6') },
  };
}

/** The same as rulesets. */
export interface DriftTables {
  readonly found: NftRuleset;
  readonly wanted: NftRuleset;
  readonly families: readonly Family[];
  readonly problems: readonly Problem[];
}

/** Compiles manifests for a node with these tables, of which text `name` holds those of kube-proxy. Throws an InputError. */
export function driftTables(
  name: string,
  tables: readonly NftTable[],
  manifests: SideTexts,
  request: NodeRequest & Allocation,
): DriftTables {
  const found = tablesWithoutChance({ tables });
  const isThere = (family: Family) => found.tables.some((table) => table.family === tableFamily[family]);
  const asked = request.family ? [request.family] : (['ipv4', 'ipv6'] as const);
  const families = asked.filter(isThere);
  if (families.length === 0)
    refuse<SessionDetail>({ code: 'ruleset-without-proxy', name }, want.thing('ruleset-in-nftables-mode'));
  const { wanted, problems } = compiled(manifests, request);
  const own = wanted.tables.filter(({ family }) => families.some((one) => tableFamily[one] === family));
  const missing = asked.filter((family) => !isThere(family));
  return {
    found,
    wanted: { tables: own },
    families,
    problems: [...problems, ...missing.map((family) => notShown(name, family))],
  };
}

function compiled(texts: SideTexts, request: NodeRequest & Allocation) {
  const configuration = texts.config ?? texts.sources.find(holdsConfiguration) ?? null;
  const { config, problems: ofConfig } = openConfig(configuration, 'nftables');
  const node = request.node ?? config.hostnameOverride;
  const sources = [...texts.sources, ...texts.cluster];
  const { cluster, problems } = openCluster(sources, request, configuration !== null, node);
  const made = compileTables(cluster, { ...request, config });
  const tables = made.tables.flatMap(({ table }) => (table ? [modelOf(table)] : []));
  return {
    wanted: tablesWithoutChance({ tables }),
    problems: [...ofConfig, ...problems, ...made.problems],
  };
}

function notShown(name: string, family: Family): Problem {
  const detail: SessionDetail = { code: 'table-not-shown', name, table: tableFamily[family], family };
  return { code: 'rules-missing', severity: 'warning', ...told<SessionDetail>(detail) };
}
