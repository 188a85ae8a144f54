import { formatAddress, parseAddress } from '../../../address/address.ts';
import { type KubeObject, type Manifest, ofKind } from '../../../manifest/kinds.ts';
import { locate } from '../../../manifest/locate.ts';
import { formatPath, type Path } from '../../../manifest/origin.ts';
import type { RulePlace } from '../../../packet/program.ts';
import { positionAt, type Span } from '../../../text/source.ts';
import type { Version } from './version.ts';

/** The field of a manifest that stands behind a rule. */
export interface Field {
  /** `Service default/web`. */
  readonly object: string;
  /** `spec.ports[0].nodePort`. */
  readonly path: string;
  readonly span: Span;
  /** Counts from 1. */
  readonly line: number;
}

/** What a rule says of itself. */
interface Clue {
  readonly chain: string;
  /** `namespace/name` of its comment. */
  readonly service: string;
  readonly portName: string;
  /** The address and port that it looks at or gives. */
  readonly address: string | null;
  readonly port: number | null;
  readonly kinds: readonly string[];
}

/** The fields that a rule comes from, those that exist in the texts. Empty where it is kube-proxy's own. */
export function fieldsOf({ objects }: Version, place: RulePlace): Field[] {
  const clue = clueOf(place);
  if (clue.service === '') return [];
  const service = ofKind(objects, 'Service').find(
    ({ namespace, name }) => `${namespace || 'default'}/${name}` === clue.service,
  );
  const own = service ? servicePaths(service, clue).map((path) => fieldAt(service, path)) : [];
  return [...own, ...endpointFields(objects, clue)];
}

function clueOf({ chain, rule }: RulePlace): Clue {
  const comment = rule.matches.flatMap((match) => (match.kind === 'comment' ? [match.text] : [])).join(' ');
  const [, service = '', portName = ''] =
    /(?:^|[\s"])([a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9.-]*)(?::([a-z0-9-]+))?/.exec(comment) ?? [];
  let address: string | null =
    /-> (?:\[([^\]]+)\]|([\d.]+)):\d+/.exec(comment)?.slice(1).find(Boolean) ?? null;
  let port: number | null = null;
  for (const match of rule.matches) {
    if (match.kind === 'destination') address = formatAddress(match.subnet.address);
    if ((match.kind === 'tcp' || match.kind === 'udp' || match.kind === 'sctp') && match.destinationPort)
      port = match.destinationPort.value.first;
  }
  const { target } = rule;
  if (target?.kind === 'dnat' && target.addresses) address = formatAddress(target.addresses.first);
  return { chain, service, portName, address, port, kinds: rule.matches.map(({ kind }) => kind) };
}

/** By the chain's first words, as kube-proxy names chains. */
const byChain: readonly (readonly [RegExp, (service: Manifest<'Service'>, clue: Clue) => Path[]])[] = [
  [/^KUBE-NODEPORTS$/, (service, clue) => portPaths(service, clue, 'nodePort')],
  [
    /^KUBE-(?:SERVICES|EXTERNAL-SERVICES|PROXY-FIREWALL)$/,
    (service, clue) => [...addressPaths(service, clue), ...portPaths(service, clue, 'port')],
  ],
  [/^KUBE-EXT-/, () => [['spec', 'externalTrafficPolicy']]],
  [
    /^KUBE-SVL-/,
    () => [
      ['spec', 'externalTrafficPolicy'],
      ['spec', 'internalTrafficPolicy'],
    ],
  ],
  [/^KUBE-FW-/, () => [['spec', 'loadBalancerSourceRanges']]],
];

function servicePaths(service: Manifest<'Service'>, clue: Clue): Path[] {
  const affinity: Path[] = clue.kinds.includes('recent') ? [['spec', 'sessionAffinity']] : [];
  const found = byChain.find(([chain]) => chain.test(clue.chain))?.[1](service, clue) ?? [];
  return [...affinity, ...found].filter((path) => isThere(service.value, path));
}

function portPaths(
  { value }: Manifest<'Service'>,
  { portName, port }: Clue,
  field: 'port' | 'nodePort',
): Path[] {
  const ports = value.spec?.ports ?? [];
  const index = ports.findIndex(
    (one) =>
      (one.name ?? '') === portName && (one[field] === undefined || port === null || one[field] === port),
  );
  return index === -1
    ? []
    : [
        ['spec', 'ports', index, field],
        ['spec', 'ports', index, 'port'],
      ].slice(0, isThere(value, ['spec', 'ports', index, field]) ? 1 : 2);
}

function addressPaths({ value }: Manifest<'Service'>, { address }: Clue): Path[] {
  const isIt = (text: string | null | undefined) =>
    address !== null && typeof text === 'string' && same(text, address);
  const at = (
    list: readonly (string | null | undefined)[] | null | undefined,
    path: (index: number) => Path,
  ): Path[] => {
    const index = (list ?? []).findIndex(isIt);
    return index === -1 ? [] : [path(index)];
  };
  return [
    ...(isIt(value.spec?.clusterIP)
      ? [['spec', 'clusterIP']]
      : at(value.spec?.clusterIPs, (index) => ['spec', 'clusterIPs', index])),
    ...at(value.spec?.externalIPs, (index) => ['spec', 'externalIPs', index]),
    ...at(
      value.status?.loadBalancer?.ingress?.map(({ ip }) => ip),
      (index) => ['status', 'loadBalancer', 'ingress', index, 'ip'],
    ),
  ];
}

function endpointFields(objects: readonly KubeObject[], { chain, address, service }: Clue): Field[] {
  if (address === null || !/^KUBE-(?:SEP|SVC|SVL)-/.test(chain)) return [];
  const namespace = service.split('/')[0];
  for (const slice of ofKind(objects, 'EndpointSlice')) {
    if ((slice.namespace || 'default') !== namespace) continue;
    const index = (slice.value.endpoints ?? []).findIndex(({ addresses }) =>
      addresses?.some((one) => same(one, address)),
    );
    if (index !== -1) return [fieldAt(slice, ['endpoints', index, 'addresses'])];
  }
  const pod = ofKind(objects, 'Pod').find(
    ({ value }) => typeof value.status?.podIP === 'string' && same(value.status.podIP, address),
  );
  return pod ? [fieldAt(pod, ['status', 'podIP'])] : [];
}

function same(left: string, right: string): boolean {
  return left === right || (parseAddress(left) !== undefined && parseAddress(left) === parseAddress(right));
}

function isThere(value: unknown, path: Path): boolean {
  let at: unknown = value;
  for (const step of path) at = (at as Readonly<Record<string | number, unknown>> | undefined)?.[step];
  return at !== undefined;
}

function fieldAt(
  manifest: Manifest<'Service'> | Manifest<'EndpointSlice'> | Manifest<'Pod'>,
  path: Path,
): Field {
  const span = locate(manifest.origin, path);
  return {
    object: `${manifest.kind} ${manifest.namespace || 'default'}/${manifest.name}`,
    path: formatPath(path),
    span,
    line: positionAt(span.source.text, span.start).line,
  };
}
