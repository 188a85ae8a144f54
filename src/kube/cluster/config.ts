import { type Address, familyOf, parseAddress } from '../../address/address.ts';
import { parsePrefix, type Subnet } from '../../address/subnet.ts';
import type { Path } from '../../documents/path.ts';
import { InputError, type Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import { type KubeObject, type Manifest, ofKind } from '../manifest/kinds.ts';
import { problemAt } from '../manifest/problem-at.ts';
import { proxyConfigurationFields, proxyConfigurationTop } from '../manifest/proxy-configuration.ts';
import { readManifests } from '../manifest/read.ts';

/** What of a KubeProxyConfiguration bears on the rules, with kube-proxy's defaults filled in. */
export interface ProxyConfig {
  readonly hostnameOverride: string | null;
  /** The node's address, where one is set that is no wildcard. */
  readonly bindAddress: Address | null;
  readonly clusterPrefixes: readonly Subnet[];
  readonly localDetection: LocalDetection;
  readonly masqueradeAll: boolean;
  /** Bit number, 0 to 31. */
  readonly masqueradeBit: number;
  readonly localhostNodePorts: boolean;
  readonly nodePortPrefixes: readonly Subnet[];
  /** `nodePortAddresses: [primary]`. */
  readonly nodePortPrimary: boolean;
  readonly tcpBeLiberal: boolean;
  readonly featureGates: Readonly<Record<string, boolean>>;
}

/** How kube-proxy tells that a packet comes from a pod (of the cluster, or of this node). */
export type LocalDetection =
  | { readonly mode: 'ClusterCIDR' }
  | { readonly mode: 'NodeCIDR' }
  | { readonly mode: 'BridgeInterface'; readonly name: string }
  | { readonly mode: 'InterfaceNamePrefix'; readonly prefix: string };

/**
 * kube-proxy's own defaults: no cluster CIDR, bit 14 for masquerading, node ports on every address (kube-proxy's
 * `pkg/proxy/apis/config/v1alpha1/defaults.go`).
 */
export const defaultProxyConfig: ProxyConfig = {
  hostnameOverride: null,
  bindAddress: null,
  clusterPrefixes: [],
  localDetection: { mode: 'ClusterCIDR' },
  masqueradeAll: false,
  masqueradeBit: 14,
  localhostNodePorts: true,
  nodePortPrefixes: [],
  nodePortPrimary: false,
  tcpBeLiberal: false,
  featureGates: {},
};

type Configuration = Manifest<'KubeProxyConfiguration'>;

/** Reads a KubeProxyConfiguration, or the ConfigMap in which kubeadm keeps it. Throws an InputError. */
export function readProxyConfig(source: Source): { config: ProxyConfig; problems: readonly Problem[] } {
  const { objects, problems } = readManifests([source]);
  const found = findConfiguration(objects);
  const all = [...problems, ...found.problems];
  if (!found.configuration) {
    if (!all.some(({ severity }) => severity === 'error')) all.push(noConfiguration(source));
    throw new InputError(all);
  }
  all.push(...refuseModes(found.configuration), ...warnOfUnknown(found.configuration));
  if (all.some(({ severity }) => severity === 'error')) throw new InputError(all);
  return { config: decode(found.configuration), problems: all };
}

interface Found {
  readonly configuration: Configuration | undefined;
  readonly problems: readonly Problem[];
}

function findConfiguration(objects: readonly KubeObject[]): Found {
  const own = ofKind(objects, 'KubeProxyConfiguration')[0];
  if (own) return { configuration: own, problems: [] };
  for (const { value, origin } of ofKind(objects, 'ConfigMap')) {
    const text = value.data?.['config.conf'];
    if (typeof text !== 'string') continue;
    const inner = readManifests([{ name: `${origin.source.name}#config.conf`, text }]);
    return { ...inner, configuration: ofKind(inner.objects, 'KubeProxyConfiguration')[0] };
  }
  return { configuration: undefined, problems: [] };
}

function noConfiguration(source: Source): Problem {
  return {
    code: 'not-kubernetes',
    severity: 'error',
    message: `${source.name} holds no kube-proxy configuration`,
    expected:
      "a KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1), or kubeadm's ConfigMap with config.conf",
  };
}

/** What is another proxy's work, or cannot be carried out as it is written. */
function refuseModes({ value, origin }: Configuration): Problem[] {
  const problems: Problem[] = [];
  const refuse = (path: Path, message: string, expected: string) =>
    problems.push(problemAt(origin, path, 'proxy-config', message, expected));
  if (value.mode && value.mode !== 'iptables') {
    refuse(['mode'], `mode ${value.mode} is not compiled`, 'iptables, or no mode');
  }
  const families = prefixesOf(value.clusterCIDR).map(({ address }) => familyOf(address));
  if (new Set(families).size < families.length) {
    refuse(['clusterCIDR'], 'two prefixes of one family', 'one prefix, or one of each family');
  }
  const addresses = value.nodePortAddresses ?? [];
  if (addresses.includes('primary') && addresses.length > 1) {
    refuse(['nodePortAddresses'], 'primary does not go with prefixes', 'primary alone, or prefixes alone');
  }
  if (value.detectLocalMode === 'BridgeInterface' && !value.detectLocal?.bridgeInterface) {
    refuse(
      ['detectLocalMode'],
      'BridgeInterface needs the name of the bridge',
      'detectLocal.bridgeInterface',
    );
  }
  if (value.detectLocalMode === 'InterfaceNamePrefix' && !value.detectLocal?.interfaceNamePrefix) {
    refuse(['detectLocalMode'], 'InterfaceNamePrefix needs the prefix', 'detectLocal.interfaceNamePrefix');
  }
  return problems;
}

/** kube-proxy itself logs fields that it does not know, and goes on. */
function warnOfUnknown({ value, origin }: Configuration): Problem[] {
  const unknown = (section: object | null | undefined, known: object, path: Path): Problem[] =>
    Object.keys(section ?? {})
      .filter((key) => !Object.hasOwn(known, key))
      .map((key) =>
        problemAt(
          origin,
          [...path, key],
          'field-unknown',
          `${key} is no field of this`,
          undefined,
          'warning',
        ),
      );
  return [
    ...unknown(value, proxyConfigurationTop, []),
    ...(['iptables', 'conntrack', 'detectLocal'] as const).flatMap((section) =>
      unknown(value[section], proxyConfigurationFields[section], [section]),
    ),
  ];
}

function decode({ value }: Configuration): ProxyConfig {
  const defaults = defaultProxyConfig;
  const nodePortAddresses = value.nodePortAddresses ?? [];
  return {
    // As kube-proxy takes it for the node's name (k8s.io/component-helpers, GetHostname).
    hostnameOverride: (value.hostnameOverride ?? '').trim().toLowerCase() || null,
    bindAddress: specificAddress(value.bindAddress ?? ''),
    clusterPrefixes: prefixesOf(value.clusterCIDR),
    localDetection: localDetection(value),
    masqueradeAll: value.iptables?.masqueradeAll ?? defaults.masqueradeAll,
    masqueradeBit: value.iptables?.masqueradeBit ?? defaults.masqueradeBit,
    localhostNodePorts: value.iptables?.localhostNodePorts ?? defaults.localhostNodePorts,
    nodePortPrefixes: nodePortAddresses.flatMap((text) => parsePrefix(text) ?? []),
    nodePortPrimary: nodePortAddresses.includes('primary'),
    tcpBeLiberal: value.conntrack?.tcpBeLiberal ?? defaults.tcpBeLiberal,
    featureGates: value.featureGates ?? defaults.featureGates,
  };
}

function prefixesOf(texts: string | null | undefined): Subnet[] {
  return (texts ?? '').split(',').flatMap((text) => parsePrefix(text.trim()) ?? []);
}

function specificAddress(text: string): Address | null {
  const address = parseAddress(text);
  return address === undefined || Number(address) === 0 ? null : address;
}

function localDetection({ detectLocalMode, detectLocal }: Configuration['value']): LocalDetection {
  switch (detectLocalMode) {
    case 'NodeCIDR':
      return { mode: 'NodeCIDR' };
    case 'BridgeInterface':
      return { mode: 'BridgeInterface', name: detectLocal?.bridgeInterface ?? '' };
    case 'InterfaceNamePrefix':
      return { mode: 'InterfaceNamePrefix', prefix: detectLocal?.interfaceNamePrefix ?? '' };
    default:
      return { mode: 'ClusterCIDR' };
  }
}
