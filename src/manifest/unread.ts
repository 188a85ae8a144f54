import type { Problem } from '../text/problem.ts';
import { fullName, type KubeObject } from './kinds.ts';

/** An object that was passed over. */
export interface Unread {
  readonly kind: string;
  readonly apiVersion: string;
}

/** What was passed over, counted and named, so that nothing is dropped in silence. */
export function summarise(unread: readonly Unread[], objects: readonly KubeObject[]): Problem[] {
  const problems: Problem[] = [];
  if (unread.length > 0) {
    problems.push({
      code: 'kind-unknown',
      severity: 'note',
      message: `passed over, because kubenat does not read these kinds: ${countKinds(unread)}`,
    });
  }
  const ingresses = objects.filter(({ kind }) => kind === 'Ingress');
  if (ingresses.length > 0) {
    const names = ingresses.map(fullName).join(', ');
    problems.push({
      code: 'not-compiled',
      severity: 'note',
      message: `an Ingress makes no rules of kube-proxy and is not compiled yet: ${names}`,
    });
  }
  return problems;
}

function countKinds(unread: readonly Unread[]): string {
  const counts = new Map<string, number>();
  for (const { kind, apiVersion } of unread) {
    const name = `${kind} (${apiVersion})`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
}
