import { refuse } from '../session/refuse.ts';
import type { RulesTexts } from '../session/rules.ts';
import type { DirectoryFlags } from './expand.ts';
import { type Files, readSource, readSources } from './files.ts';

/** The names of what a node's rules come from. */
export interface RulesFiles extends DirectoryFlags {
  /** A dump. */
  readonly rules?: string;
  /** Objects of the cluster, beside a dump or manifests. */
  readonly cluster: readonly string[];
  readonly config?: string;
}

/** Reads what a node's rules come from: a dump, or manifests to compile. Throws an InputError. */
export function readRulesTexts(
  files: Files,
  manifests: readonly string[],
  { rules, cluster, config, ...flags }: RulesFiles,
): RulesTexts {
  if (rules !== undefined && manifests.length > 0) {
    refuse('there are a dump and manifests to compile', '--cluster for objects beside a dump');
  }
  const dump = rules === undefined ? null : readSource(files, rules);
  const named = rules === undefined && manifests.length === 0 ? [] : [...manifests, ...cluster];
  // Beside a dump, the configuration says something of the cluster alone.
  const isUsed = config !== undefined && (dump === null || cluster.length > 0);
  return {
    dump,
    config: isUsed && named.length > 0 ? readSource(files, config) : null,
    objects: readSources(files, named, flags),
  };
}
