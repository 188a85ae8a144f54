import { join, normalize } from 'node:path';
import { compileGolden, type GoldenOptions } from '../expect/golden/compile.ts';
import { type GoldenFile, judgeGolden } from '../expect/golden/judge.ts';
import { parseGoldenName } from '../expect/golden/name.ts';
import { type GoldenSettings, readGoldenSettings } from '../expect/golden/settings.ts';
import { isKustomizationName } from '../files/directory.ts';
import { readSource } from '../files/files.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import type { Problem } from '../text/problem.ts';
import { type CaseDirectory, configName, expectedName, manifestsName, settingsName } from './golden-tree.ts';
import type { Io } from './io.ts';
import { loadCluster, loadConfig } from './load.ts';

export interface ReadCase {
  readonly directory: CaseDirectory;
  readonly settings: GoldenSettings;
}

/** What was found out about one case. */
export interface JudgedCase {
  readonly path: string;
  readonly files: readonly GoldenFile[];
  readonly problems: readonly Problem[];
}

export function readCase(io: Io, directory: CaseDirectory): ReadCase {
  const settings = directory.hasSettings
    ? readGoldenSettings(readSource(io, join(directory.path, settingsName)))
    : {};
  return { directory, settings };
}

/** The files and directories that a case is compiled from. */
export function inputsOf({ directory, settings }: ReadCase): readonly string[] {
  const { path, manifests, hasManifests } = directory;
  const named = settings.manifests ?? ['.', ...(hasManifests ? [manifestsName] : [])];
  // In the case's own directory there are files that are no manifests.
  const own = manifests.some(isKustomizationName) ? ['.'] : manifests;
  const names = named.flatMap((name) => (normalize(name) === '.' ? own : [name]));
  return names.map((name) => join(path, name));
}

/** Compiles a case and holds its golden files against that. Throws an InputError. */
export function judgeCase(io: Io, found: ReadCase): JudgedCase {
  const { directory, settings } = found;
  const { path } = directory;
  const named = settings.config ?? (directory.hasConfig ? configName : undefined);
  const config = named === undefined ? {} : { config: join(path, named) };
  const loaded = loadConfig(io, config.config);
  const assumed = settings.nodes?.[0] ?? loaded.config.hostnameOverride;
  const { cluster, problems } = loadCluster(io, inputsOf(found), { ...settings, ...config }, assumed);
  const rules = compileGolden(cluster, { ...optionsOf(settings), config: loaded.config });
  const names = directory.expected.filter((name) => parseGoldenName(name) !== null);
  const expected = new Map(names.map((name) => [name, readSource(io, join(path, expectedName, name))]));
  const files = judgeGolden(rules, expected);
  const all = [...loaded.problems, ...problems, ...rules.flatMap((one) => one.problems)];
  return { path, files, problems: [...all, ...directory.expected.flatMap((name) => misnamed(path, name))] };
}

function optionsOf({ nodes, families, kubeVersion, randomFully, nfacct }: GoldenSettings): GoldenOptions {
  return {
    ...(nodes && { nodes }),
    ...(families && { families }),
    ...(kubeVersion !== undefined && { kubeVersion }),
    ...(randomFully !== undefined && { randomFully }),
    ...(nfacct !== undefined && { nfacct }),
  };
}

/** A dump beside the golden files that nobody would ever read. */
function misnamed(path: string, name: string): Problem[] {
  if (!name.endsWith('.save') || parseGoldenName(name)) return [];
  return [
    {
      code: 'golden-name',
      severity: 'warning',
      ...told<CommandDetail>({ code: 'golden-name-unfit', name: join(path, expectedName, name) }),
      expected: want.either('NODE.ipv4.save', 'NODE.ipv6.save'),
    },
  ];
}
