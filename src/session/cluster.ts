import { looksLikeRules } from '../iptables/pasted/looks-like-rules.ts';
import { buildCluster } from '../kube/cluster/build.ts';
import {
  defaultProxyConfig,
  type ProxyConfig,
  type ProxyMode,
  readProxyConfig,
} from '../kube/cluster/config.ts';
import type { Cluster } from '../kube/cluster/model.ts';
import type { KubeObject } from '../kube/manifest/kinds.ts';
import { readManifests } from '../kube/manifest/read.ts';
import { summariseUnused } from '../kube/manifest/unread.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import { InputError, type Problem, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { type Allocation, buildOptions } from './allocation.ts';
import type { SessionDetail } from './detail.ts';

export interface LoadedCluster {
  readonly cluster: Cluster;
  /** All that was read, for what the cluster's model does not hold. */
  readonly objects: readonly KubeObject[];
  readonly problems: readonly Problem[];
}

/**
 * Puts manifests together to a cluster. `node` is the name that the node gets where the manifests hold none; `configured`:
 * kube-proxy's configuration is known already. Throws an InputError with every problem that was found.
 */
export function openCluster(
  sources: readonly Source[],
  allocation: Allocation,
  configured: boolean,
  node: string | null = null,
): LoadedCluster {
  refuseErrors(sources.flatMap(rulesAmongManifests));
  const manifests = readManifests(sources, allocation);
  const built = buildCluster(manifests.objects, {
    ...buildOptions(allocation),
    ...(node === null ? {} : { assumedNode: node }),
  });
  const problems = [...manifests.problems, ...built.problems];
  // Where there is no answer, nobody asks what was filled in for it.
  if (problems.some(({ severity }) => severity === 'error')) {
    throw new InputError([
      ...manifests.problems,
      ...built.problems.filter(({ severity }) => severity !== 'note'),
    ]);
  }
  const unused = summariseUnused(manifests.objects, configured);
  const none = built.cluster.services.length === 0 ? [noServices()] : [];
  return { cluster: built.cluster, objects: manifests.objects, problems: [...problems, ...unused, ...none] };
}

/** Nobody learns anything from what YAML makes of a listing of iptables. */
function rulesAmongManifests({ name, text }: Source): Problem[] {
  if (text.trim() === '' || /^\s*(?:#.*\n\s*)*$/.test(text) || !looksLikeRules(text)) return [];
  const said = told<SessionDetail>({ code: 'rules-no-objects', name });
  return [{ code: 'not-kubernetes', severity: 'error', ...said, expected: want.thing('rules-after-flag') }];
}

const noServices = (): Problem => ({
  code: 'no-services',
  severity: 'warning',
  ...told<SessionDetail>({ code: 'no-service-given' }),
  expected: want.thing('services-in-some-form'),
});

/** kube-proxy's configuration; null: nobody says which, and its defaults count. `mode` is the one that is asked for. */
export function openConfig(
  source: Source | null,
  mode?: ProxyMode,
): { readonly config: ProxyConfig; readonly problems: readonly Problem[] } {
  if (source !== null) return readProxyConfig(source, mode);
  return { config: { ...defaultProxyConfig, ...(mode && { mode }) }, problems: [] };
}
