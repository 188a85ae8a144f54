import type { DirectoryFlags } from '../files/expand.ts';
import { type Files, readSource, readSources } from '../files/files.ts';
import type { ProxyMode } from '../kube/cluster/config.ts';
import type { CommandDetail } from '../report/words/command.ts';
import type { Allocation } from '../session/allocation.ts';
import { type LoadedCluster, openCluster, openConfig } from '../session/cluster.ts';
import { refuse } from '../session/refuse.ts';
import { want } from '../text/expected.ts';
import type { NodeFlags } from './flags.ts';

/**
 * Reads manifests and puts them together to a cluster. `node` is the name that the node gets where the manifests hold
 * none. Throws an InputError with every problem that was found.
 */
export function loadCluster(
  io: Files,
  files: readonly string[],
  flags: Allocation & DirectoryFlags & Pick<NodeFlags, 'config'>,
  node: string | null = null,
): LoadedCluster {
  if (files.length === 0 && flags.context === undefined)
    refuse<CommandDetail>({ code: 'no-manifests' }, want.thing('files-or-cluster'));
  return openCluster(readSources(io, files, flags), flags, flags.config !== undefined, node);
}

/** Reads kube-proxy's configuration, where one is named. */
export function loadConfig(
  io: Files,
  file: string | undefined,
  mode?: ProxyMode,
): ReturnType<typeof openConfig> {
  return openConfig(file === undefined ? null : readSource(io, file), mode);
}
