import { type BuildOptions, buildCluster, type ClusterReading } from '../../src/kube/cluster/build.ts';
import type { KubeObject } from '../../src/kube/manifest/kinds.ts';
import { readManifests } from '../../src/kube/manifest/read.ts';
import { type Problem, refuseErrors } from '../../src/text/problem.ts';
import { positionAt } from '../../src/text/source.ts';

/** `7:5 port-range`, as in the first line of a printed problem. */
export function summary({ span, code }: Problem): string {
  if (!span) return code;
  const { line, column } = positionAt(span.source, span.start);
  return `${line}:${column} ${code}`;
}

/** What is pointed at. */
export function pointedAt({ span }: Problem): string {
  return span ? span.source.text.slice(span.start, span.end) : '';
}

/** The objects of texts; names are a.yaml, b.yaml, … */
export function objectsOf(...texts: string[]): readonly KubeObject[] {
  const { objects, problems } = readManifests(sourcesOf(texts));
  refuseErrors(problems);
  return objects;
}

export function problemsOf(...texts: string[]): readonly Problem[] {
  return readManifests(sourcesOf(texts)).problems;
}

/** What the API server of a release has to say. */
export function problemsIn(kubeVersion: string, text: string): readonly Problem[] {
  return readManifests(sourcesOf([text]), { kubeVersion }).problems;
}

export function readingOf(texts: readonly string[], options: BuildOptions = {}): ClusterReading {
  return buildCluster(objectsOf(...texts), options);
}

function sourcesOf(texts: readonly string[]) {
  return texts.map((text, index) => ({ name: `${String.fromCharCode(97 + index)}.yaml`, text }));
}

/** A Service of which only the spec matters. */
export function serviceOf(spec: object, metadata: object = { name: 'web' }): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata, spec });
}
