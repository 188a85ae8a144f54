import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import { shortened } from '../../text/lists.ts';
import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import type { ManifestDetail } from './detail.ts';
import { type AnyManifest, fullName, type KubeObject, type Manifest, ofKind } from './kinds.ts';
import { problemAt } from './problem-at.ts';

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
      ...told<ManifestDetail>({ code: 'kinds-unread', kinds: countKinds(unread) }),
    });
  }
  const ingresses = objects.filter(({ kind }) => kind === 'Ingress');
  if (ingresses.length > 0) {
    const names = ingresses.map(fullName).join(', ');
    problems.push({
      code: 'not-compiled',
      severity: 'note',
      ...told<ManifestDetail>({ code: 'ingress-uncompiled', names }),
    });
  }
  return problems;
}

/** kubectl, too, reads of a directory only what lies in it, without a word. */
export function directoriesUnread({ unread }: Source): Problem[] {
  if (unread === undefined || unread.length === 0) return [];
  const detail: ManifestDetail = { code: 'directories-unread', names: shortened(unread) };
  return [
    {
      code: 'directory-unread',
      severity: 'note',
      ...told<ManifestDetail>(detail),
      expected: want.thing('recursive'),
    },
  ];
}

function countKinds(unread: readonly Unread[]): string {
  const counts = new Map<string, number>();
  for (const { kind, apiVersion } of unread) {
    const name = `${kind} (${apiVersion})`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
}

/** What was read among manifests, but is used only as kube-proxy's configuration; `isConfigured` where one is named. */
export function summariseUnused(objects: readonly KubeObject[], isConfigured: boolean): Problem[] {
  const problems = isConfigured ? [] : configurationsAmong(objects).map(configUnused);
  const others = ofKind(objects, 'ConfigMap').filter((map) => !holdsConfiguration(map)).length;
  if (others === 0) return problems;
  const detail: ManifestDetail = { code: 'config-maps-passed', count: others };
  return [...problems, { code: 'kind-unknown', severity: 'note', ...told<ManifestDetail>(detail) }];
}

/** Objects that hold a KubeProxyConfiguration. */
export function configurationsAmong(objects: readonly KubeObject[]): AnyManifest[] {
  return [
    ...ofKind(objects, 'KubeProxyConfiguration'),
    ...ofKind(objects, 'ConfigMap').filter(holdsConfiguration),
  ];
}

function configUnused({ origin }: AnyManifest): Problem {
  const detail: ManifestDetail = { code: 'config-not-used' };
  return problemAt(
    origin,
    ['kind'],
    'config-unused',
    told<ManifestDetail>(detail),
    want.thing('file-as-config'),
    'warning',
  );
}

/** As kubeadm keeps it. */
function holdsConfiguration({ value }: Manifest<'ConfigMap'>): boolean {
  return typeof value.data?.['config.conf'] === 'string';
}
