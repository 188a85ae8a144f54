import type { SessionDetail } from '../session/detail.ts';
import { besideRules } from '../session/node-state.ts';
import { refuse } from '../session/refuse.ts';
import type { RulesTexts } from '../session/rules.ts';
import { want } from '../text/expected.ts';
import type { DirectoryFlags } from './expand.ts';
import { type Files, readSource, readSources } from './files.ts';

/** The names of what a node's rules come from. */
export interface RulesFiles extends DirectoryFlags {
  /** A dump, or several. */
  readonly rules?: string | readonly string[];
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
  const named = rules === undefined ? [] : typeof rules === 'string' ? [rules] : rules;
  if (named.length > 0 && manifests.length > 0) {
    refuse<SessionDetail>({ code: 'dump-and-manifests' }, want.thing('cluster-flag'));
  }
  const dumps = besideRules(named.flatMap((file) => readSources({ ...files, list: () => null }, [file])));
  const described = named.length === 0 && manifests.length === 0 ? [] : [...manifests, ...cluster];
  // Beside a dump, the configuration says something of the cluster alone.
  const isUsed = config !== undefined && (dumps.length === 0 || cluster.length > 0);
  return {
    dumps,
    config:
      isUsed && (described.length > 0 || flags.context !== undefined) ? readSource(files, config) : null,
    objects: readSources(files, described, flags),
  };
}
