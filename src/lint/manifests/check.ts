import type { Problem } from '../../text/problem.ts';
import type { Span } from '../../text/source.ts';
import { type TextFinding, toldAsProblems } from '../finding.ts';
import { findEndpointTrouble } from './endpoints.ts';
import { findExposure } from './exposure.ts';
import type { ManifestScene } from './scene.ts';
import { findBrokenAffinity, findSharedFronts } from './shared.ts';

/** Looks for what is wrong with a cluster as manifests describe it. */
export function checkManifests(scene: ManifestScene): readonly TextFinding[] {
  return [
    ...findEndpointTrouble(scene),
    ...findExposure(scene),
    ...findSharedFronts(scene),
    ...findBrokenAffinity(scene),
  ];
}

/** Problems of reading that are findings, and those that are not. Whatever is a finding has a place. */
export function findingsAmong(problems: readonly Problem[]): {
  readonly findings: readonly TextFinding[];
  readonly others: readonly Problem[];
} {
  const isFinding = (problem: Problem): problem is Problem & { readonly span: Span } =>
    problem.span !== undefined && (toldAsProblems as readonly string[]).includes(problem.code);
  const findings = problems.filter(isFinding).map((problem) => {
    const code = problem.code as (typeof toldAsProblems)[number];
    return { code, span: problem.span, problem } as TextFinding;
  });
  return { findings, others: problems.filter((problem) => !isFinding(problem)) };
}
