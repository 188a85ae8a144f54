import type { TextFinding } from '../../lint/finding.ts';
import { checkManifests, findingsAmong } from '../../lint/manifests/check.ts';
import { at, type ManifestScene, sceneOf } from '../../lint/manifests/scene.ts';
import { findingsOf } from '../../path/ingress/findings.ts';
import { readIngresses } from '../../path/ingress/model.ts';
import { defaultRelease, defaultTablesRelease } from '../../proxy/decide/release.ts';
import { InputError, type Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import type { Allocation } from '../allocation.ts';
import { openCluster, openConfig } from '../cluster.ts';
import { compareMove } from '../move.ts';

export interface ManifestRequest extends Allocation {
  /** kube-proxy's configuration; null: its defaults. */
  readonly config: Source | null;
  readonly kubeVersion?: string;
}

/** Looks for what is wrong with manifests. Throws an InputError. */
export function findInManifests(
  sources: readonly Source[],
  request: ManifestRequest,
): { readonly findings: readonly TextFinding[]; readonly problems: readonly Problem[] } {
  const { config, problems: ofConfig } = openConfig(request.config);
  const { cluster, objects, problems } = openCluster(sources, request, request.config !== null);
  const scene = sceneOf(cluster, objects, config.nodePortAddresses.length > 0);
  const found = checkManifests(scene);
  const isSaid = found.some(({ code }) => code === 'no-endpoints' || code === 'selector-matches-nothing');
  const told = findingsAmong([
    ...problems.filter(({ code }) => !isSaid || code !== 'no-endpoints'),
    ...findingsOf(cluster, readIngresses(objects)),
  ]);
  const findings = [...found, ...told.findings, ...moveChanges(scene, request)];
  return { findings: inOrder(findings), problems: [...ofConfig, ...told.others] };
}

/** What a move to nftables mode would change, in one note: `migrate` tells the rest. */
function moveChanges(scene: ManifestScene, { config, kubeVersion }: ManifestRequest): TextFinding[] {
  const { cluster, services } = scene;
  const before = openConfig(config).config;
  const [first] = services;
  if (before.mode !== 'iptables' || !first) return [];
  const after = openConfig(config, 'nftables').config;
  const from = { config: before, version: kubeVersion ?? defaultRelease };
  const to = { config: after, version: defaultTablesRelease };
  const exceptions = exceptionsOf(() => compareMove(cluster, cluster.nodes.slice(0, 1), from, to, 0));
  if (exceptions.length === 0) return [];
  const span = at(first, 'metadata', 'name');
  return [{ code: 'move-changes', span, to: `nftables@${to.version}`, exceptions }];
}

/** None where one side does not start with this configuration, which `migrate` says. */
function exceptionsOf(compare: () => ReturnType<typeof compareMove>): string[] {
  try {
    return [...new Set(compare().findings.map(({ code }) => code))];
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}

/** File by file, from the beginning of each. */
function inOrder(findings: readonly TextFinding[]): TextFinding[] {
  const files = [...new Set(findings.map(({ span }) => span.source))];
  return findings.toSorted(
    (left, right) =>
      files.indexOf(left.span.source) - files.indexOf(right.span.source) ||
      left.span.start - right.span.start,
  );
}
