import { keptBy } from './kept.ts';
import type { Source } from './source.ts';

/** Keys of Kubernetes' objects under which people keep what is nobody's business; those of `kubectl describe`, too. */
const sensitive =
  /(?:^|[\s{,["'(])(?:annotations|args|binaryData|command|data|env|envFrom|environment|httpHeaders|stringData|value|valueFrom)["']?\s*:/i;
/** The configuration of kube-proxy lies in a ConfigMap, and is what is asked about. */
const asked = /^["']?config\.conf["']?\s*:/;

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Keys whose values say what rules depend on. Of all others it is not known what people keep there. */
const shown = words(`
  address addressType addresses affinity allocatable allocateLoadBalancerNodePorts apiVersion appProtocol backend capacity
  clientIP clusterIP clusterIPs completionMode completions conditions containerPort containers cpu defaultBackend
  deletionTimestamp effect endpoints externalIPs externalName externalTrafficPolicy forNodes forZones generateName
  healthCheckNodePort hints host hostIP hostIPs hostNetwork hostPort hostname hosts http image ingress ingressClassName
  initContainers internalTrafficPolicy ip ipFamilies ipFamilyPolicy ipMode items jobTemplate key kind labels loadBalancer
  loadBalancerClass loadBalancerIP loadBalancerSourceRanges matchExpressions matchFields matchLabels metadata name namespace
  nodeName nodePort nodeSelector nodeSelectorTerms notReadyAddresses number operator ordinals parallelism path pathType
  paths phase podCIDR podCIDRs podIP podIPs port ports protocol providerID publishNotReadyAddresses ready replicas
  requiredDuringSchedulingIgnoredDuringExecution restartPolicy rules selector service serviceName serving
  sessionAffinity sessionAffinityConfig spec start status subsets taints targetPort targetRef template terminating
  timeoutSeconds tls tolerations topologyKey topologySpreadConstraints trafficDistribution type uid unschedulable values
  whenUnsatisfiable zone`);

/** kubectl describes what is under `name` as `Name`. */
const isShownKey = (key: string): boolean =>
  shown.has(key) || shown.has(key.charAt(0).toLowerCase() + key.slice(1));

/** Maps whose keys are names that people gave, and lists of plain values, all of which decide rules. */
const shownWithin = words(`
  addresses clusterIPs externalIPs hosts ipFamilies labels loadBalancerSourceRanges matchLabels nodeSelector podCIDRs
  selector values`);

/** So far upwards and downwards a document is looked through; what is longer is taken to hold secrets. */
const mostCharacters = 500_000;

/**
 * A line as it may be shown: of Kubernetes' objects, in YAML, JSON or as kubectl describes them, with stars for what may be a
 * secret. What is in doubt may.
 */
export function withoutSecrets(source: Source, lineStart: number, line: string): string {
  // What lies beside manifests may be the values of a chart, passwords among them.
  if (line.trim() === '' || !(source.besides || isKubernetes(source))) return line;
  const { text } = source;
  const start = Math.max(text.lastIndexOf('\n---', lineStart - 1) + 1, lineStart - mostCharacters, 0);
  const next = text.indexOf('\n---', lineStart);
  const end = Math.min(next === -1 ? text.length : next, lineStart + mostCharacters);
  const kinds = kindsIn(source, start, end);
  const above = text.slice(start, lineStart).split('\n');
  if (kinds.has('Secret')) return withStars(line, false);
  if (kinds.has('ConfigMap')) return isAsked(above, line) ? line : withStars(line, false);
  if (kinds.has('KubeProxyConfiguration')) return line;
  if (isWithin(above, line)) return withStars(line, false);
  return sensitive.test(line) || !isShown(above, line) ? withStars(line, true) : line;
}

/** Asked for every line that is shown. */
const isKubernetes = keptBy(({ text }: Source): boolean =>
  /(?:^|[\s"'{,])(?:kind|apiVersion|Namespace|Annotations)["']?\s*:/.test(text),
);

const kindsBySource = keptBy((_: Source) => new Map<string, ReadonlySet<string>>());

/** What stands under `kind` in a part of a text: mostly in one document, of which several lines are shown. */
function kindsIn(source: Source, start: number, end: number): ReadonlySet<string> {
  const known = kindsBySource(source);
  const key = `${start} ${end}`;
  const found = source.text.slice(start, end).matchAll(/(?:^|[\s"'{,])kind["']?\s*:\s*["']?(\w+)/g);
  const kinds = known.get(key) ?? new Set(Array.from(found, ([, kind]) => kind as string));
  known.set(key, kinds);
  return kinds;
}

/** Whether all keys of a line are shown, or it belongs to a map or list that is. */
function isShown(above: readonly string[], line: string): boolean {
  if (/^(?:---|#)/.test(line) || /^[\]{}[,]*$/.test(line.trim())) return !line.startsWith('#');
  const plain = line.replace(
    /(["']?)(?:labels|matchLabels|nodeSelector|selector)\1\s*:\s*\{[^{}]*\}/g,
    'labels: x',
  );
  const keys = [...plain.matchAll(/["']([^"']*)["']\s*:|(?<![\w./-])([\w./-]+)\s*:(?=\s|$)/g)].map(
    ([, quoted, bare]) => quoted ?? (bare as string),
  );
  if (keys.length > 0 && keys.every(isShownKey)) return true;
  return shownWithin.has(parentOf(above, line) ?? '');
}

/** The key under which a line stands by its indentation. */
function parentOf(above: readonly string[], line: string): string | undefined {
  const depth = depthOf(line);
  const isElement = line.trimStart().startsWith('-');
  for (let at = above.length - 1; at >= 0; at -= 1) {
    const other = above[at] as string;
    if (other.trim() === '') continue;
    const isUnder =
      depthOf(other) < depth || (depthOf(other) === depth && isElement && !other.trimStart().startsWith('-'));
    if (isUnder)
      return /^["']?([\w./-]+)["']?\s*:\s*[[{]?$/.exec(other.replace(/^[\s-]*/, '').trimEnd())?.[1];
  }
  return undefined;
}

/** Whether the lines above lead to a key that is sensitive, before one ends what stands under it. */
function isWithin(above: readonly string[], line: string): boolean {
  let depth = depthOf(line);
  for (let at = above.length - 1; at >= 0; at -= 1) {
    const other = above[at] as string;
    const key = other.replace(/^[\s-]*/, '');
    if (key === '' || depthOf(other) > depth) continue;
    if (/^["']?\w+["']?\s*:/.test(key) && sensitive.test(` ${key.slice(0, key.indexOf(':') + 1)}`))
      return depthOf(other) < depth || line.trimStart().startsWith('-');
    depth = depthOf(other);
  }
  return false;
}

/** Whether a line of a ConfigMap is one of kube-proxy's configuration. */
function isAsked(above: readonly string[], line: string): boolean {
  const at = above.findLastIndex((other) => asked.test(other.trimStart()));
  if (at === -1) return false;
  const depth = depthOf(above[at] as string);
  return [...above.slice(at + 1), line].every((other) => other.trim() === '' || depthOf(other) > depth);
}

const depthOf = (line: string) => line.length - line.trimStart().length;

/** The line with stars for all that is no key; a key that is not known may be what should have been a value. */
function withStars(line: string, isAnyKey: boolean): string {
  const [start = '', key = ''] = /^\s*(?:- )?["']?([\w./-]+)["']?\s*:(?:\s|$)/.exec(line) ?? [];
  const isKnown = isAnyKey || isShownKey(key) || sensitive.test(start);
  const kept = start !== '' && isKnown ? start : (/^\s*(?:- )?/.exec(line)?.[0] ?? '');
  return kept + line.slice(kept.length).replace(/\S/g, '*');
}
