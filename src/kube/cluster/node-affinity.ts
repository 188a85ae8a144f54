import type { ClusterNode } from './model.ts';
import type { PodSpec } from './pod-spec.ts';

type Term = NonNullable<
  NonNullable<
    NonNullable<
      NonNullable<PodSpec['affinity']>['nodeAffinity']
    >['requiredDuringSchedulingIgnoredDuringExecution']
  >['nodeSelectorTerms']
>[number];
type Requirement = NonNullable<Term['matchExpressions']>[number];

/** A pod's node selector and its required node affinity take the node. */
export function isWanted(node: ClusterNode, { nodeSelector, affinity }: PodSpec): boolean {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return (
    Object.entries(nodeSelector ?? {}).every(([key, value]) =>
      matches(node, { key, operator: 'In', values: [value] }),
    ) &&
    (!required || required.some((term) => matchesTerm(node, term)))
  );
}

function matchesTerm(node: ClusterNode, { matchExpressions, matchFields }: Term): boolean {
  const expressions = matchExpressions ?? [];
  const fields = matchFields ?? [];
  // An empty term matches nothing.
  if (expressions.length + fields.length === 0) return false;
  return (
    expressions.every((requirement) => matches(node, requirement)) &&
    fields.every(({ operator, values }) => holds(node.name, operator ?? '', values ?? []))
  );
}

/** Labels that every kubelet sets, and hand-written Nodes leave out. */
const always: ReadonlySet<string> = new Set(['kubernetes.io/os', 'kubernetes.io/arch']);

/** A label of a node; its name is a label that every kubelet sets. */
export function nodeLabel({ name, labels }: ClusterNode, key: string): string | undefined {
  return labels[key] ?? (key === 'kubernetes.io/hostname' ? name : undefined);
}

/** A selector of pods, which selects none where there is none. */
interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>> | null;
  readonly matchExpressions?: readonly Requirement[] | null;
}

/** Whether a selector takes pods with these labels. */
export function takes(
  labels: Readonly<Record<string, string>>,
  selector: Selector | null | undefined,
): boolean {
  if (!selector) return false;
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values }) =>
      holds(labels[key ?? ''], operator ?? '', values ?? []),
    )
  );
}

function matches(node: ClusterNode, { key, operator, values }: Requirement): boolean {
  const label = nodeLabel(node, key ?? '');
  if (label === undefined && always.has(key ?? '')) return true;
  return holds(label, operator ?? '', values ?? []);
}

function holds(label: string | undefined, operator: string, values: readonly string[]): boolean {
  if (operator === 'Exists') return label !== undefined;
  if (operator === 'DoesNotExist') return label === undefined;
  if (operator === 'NotIn') return label === undefined || !values.includes(label);
  if (label === undefined) return false;
  if (operator === 'In') return values.includes(label);
  if (operator === 'Gt') return Number(label) > Number(values[0]);
  return operator === 'Lt' && Number(label) < Number(values[0]);
}
