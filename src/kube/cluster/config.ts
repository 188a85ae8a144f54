import { type Address, familyOf, parseAddress } from '../../address/address.ts';
import { parsePrefix, type Subnet } from '../../address/subnet.ts';
import type { Path } from '../../documents/path.ts';
import { told } from '../../text/detail.ts';
import { type Expected, want } from '../../text/expected.ts';
import { InputError, type Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import type { ManifestDetail } from '../manifest/detail.ts';
import { type KubeObject, type Manifest, ofKind } from '../manifest/kinds.ts';
import { problemAt } from '../manifest/problem-at.ts';
import {
  nodePortKeywords,
  proxyConfigurationFields,
  proxyConfigurationTop,
} from '../manifest/proxy-configuration.ts';
import { readManifests } from '../manifest/read.ts';

/** What of a KubeProxyConfiguration bears on the rules, with kube-proxy's defaults filled in. */
export interface ProxyConfig {
  readonly mode: ProxyMode;
  readonly hostnameOverride: string | null;
  /** The node's address, where one is set that is no wildcard. */
  readonly bindAddress: Address | null;
  readonly clusterPrefixes: readonly Subnet[];
  readonly localDetection: LocalDetection;
  /** Of the section of the mode in use. */
  readonly masqueradeAll: boolean;
  /** Bit number, 0 to 31; of the section of the mode in use. */
  readonly masqueradeBit: number;
  readonly localhostNodePorts: boolean;
  /** As they are written: which words a release takes, and beside what, is for it to say. */
  readonly nodePortAddresses: readonly (Subnet | NodePortKeyword)[];
  readonly tcpBeLiberal: boolean;
  readonly featureGates: Readonly<Record<string, boolean>>;
}

/** `ipvs` is read so that it can be refused where rules are wanted. */
export type ProxyMode = 'iptables' | 'nftables' | 'ipvs';

/** The node's own addresses, all loopback addresses, or all addresses. */
export type NodePortKeyword = (typeof nodePortKeywords)[number];

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
  mode: 'iptables',
  hostnameOverride: null,
  bindAddress: null,
  clusterPrefixes: [],
  localDetection: { mode: 'ClusterCIDR' },
  masqueradeAll: false,
  masqueradeBit: 14,
  localhostNodePorts: true,
  nodePortAddresses: [],
  tcpBeLiberal: false,
  featureGates: {},
};

type Configuration = Manifest<'KubeProxyConfiguration'>;

/**
 * Reads a KubeProxyConfiguration, or the ConfigMap in which kubeadm keeps it. Throws an InputError.
 * @param mode wins over the configuration's own
 */
export function readProxyConfig(
  source: Source,
  mode?: ProxyMode,
): { config: ProxyConfig; problems: readonly Problem[] } {
  const { objects, problems } = readManifests([source]);
  const found = findConfiguration(objects);
  const all = [...problems, ...found.problems];
  if (!found.configuration) {
    if (!all.some(({ severity }) => severity === 'error')) all.push(noConfiguration(source));
    throw new InputError(all);
  }
  all.push(...refuseModes(found.configuration, mode), ...warnOfUnknown(found.configuration));
  if (all.some(({ severity }) => severity === 'error')) throw new InputError(all);
  const config = decode(found.configuration, mode);
  return { config, problems: [...all, ...warnOfUnread(found.configuration, config.mode)] };
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
    ...told<ManifestDetail>({ code: 'no-proxy-config', file: source.name }),
    expected: want.thing('proxy-configuration'),
  };
}

/** What cannot be carried out as it is written. */
function refuseModes({ value, origin }: Configuration, asked: ProxyMode | undefined): Problem[] {
  const problems: Problem[] = [];
  const refuse = (path: Path, detail: ManifestDetail, expected: Expected) =>
    problems.push(problemAt(origin, path, 'proxy-config', told<ManifestDetail>(detail), expected));
  if (value.mode && !isMode(value.mode)) {
    refuse(['mode'], { code: 'no-proxy-mode', mode: value.mode }, want.written(modes.join(', ')));
  }
  if (value.mode === 'ipvs' && asked === undefined) refuse(['mode'], ...ipvsRefusal);
  const families = prefixesOf(value.clusterCIDR).map(({ address }) => familyOf(address));
  if (new Set(families).size < families.length) {
    refuse(['clusterCIDR'], { code: 'two-prefixes' }, want.thing('prefix-or-one-of-each'));
  }
  if (value.detectLocalMode === 'BridgeInterface' && !value.detectLocal?.bridgeInterface) {
    refuse(['detectLocalMode'], { code: 'needs-bridge' }, want.written('detectLocal.bridgeInterface'));
  }
  if (value.detectLocalMode === 'InterfaceNamePrefix' && !value.detectLocal?.interfaceNamePrefix) {
    refuse(
      ['detectLocalMode'],
      { code: 'needs-interface-prefix' },
      want.written('detectLocal.interfaceNamePrefix'),
    );
  }
  return problems;
}

/** What is said where rules of ipvs are wanted, and what may be wanted instead. */
export const ipvsRefusal = [{ code: 'ipvs-leaving' }, want.thing('mode-without-ipvs')] as const;

const modes: readonly ProxyMode[] = ['iptables', 'nftables', 'ipvs'];

function isMode(text: string): text is ProxyMode {
  return (modes as readonly string[]).includes(text);
}

/** Each mode has a section of its own, and reads no other (conversion.go of `pkg/proxy/apis/config/v1alpha1`). */
function warnOfUnread({ value, origin }: Configuration, mode: ProxyMode): Problem[] {
  const sections = (['iptables', 'nftables'] as const).filter((section) => section !== mode);
  return sections.flatMap((section) =>
    Object.keys(value[section] ?? {})
      .filter((key) => key === 'masqueradeAll' || key === 'masqueradeBit')
      .map((key) =>
        problemAt(
          origin,
          [section, key],
          'proxy-config',
          told<ManifestDetail>({ code: 'mode-unread', mode, field: `${section}.${key}` }),
          want.written(`${mode}.${key}`),
          'warning',
        ),
      ),
  );
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
          told<ManifestDetail>({ code: 'no-field-of-this', key }),
          undefined,
          'warning',
        ),
      );
  return [
    ...unknown(value, proxyConfigurationTop, []),
    ...(['iptables', 'nftables', 'conntrack', 'detectLocal'] as const).flatMap((section) =>
      unknown(value[section], proxyConfigurationFields[section], [section]),
    ),
  ];
}

function decode({ value }: Configuration, asked: ProxyMode | undefined): ProxyConfig {
  const defaults = defaultProxyConfig;
  const mode = asked ?? ((value.mode || defaults.mode) as ProxyMode);
  const section = value[mode === 'nftables' ? 'nftables' : 'iptables'];
  return {
    mode,
    // As kube-proxy takes it for the node's name (k8s.io/component-helpers, GetHostname).
    hostnameOverride: (value.hostnameOverride ?? '').trim().toLowerCase() || null,
    bindAddress: specificAddress(value.bindAddress ?? ''),
    clusterPrefixes: prefixesOf(value.clusterCIDR),
    localDetection: localDetection(value),
    masqueradeAll: section?.masqueradeAll ?? defaults.masqueradeAll,
    masqueradeBit: section?.masqueradeBit ?? defaults.masqueradeBit,
    localhostNodePorts: value.iptables?.localhostNodePorts ?? defaults.localhostNodePorts,
    nodePortAddresses: (value.nodePortAddresses ?? []).flatMap(nodePortAddress),
    tcpBeLiberal: value.conntrack?.tcpBeLiberal ?? defaults.tcpBeLiberal,
    featureGates: value.featureGates ?? defaults.featureGates,
  };
}

function nodePortAddress(text: string): readonly (Subnet | NodePortKeyword)[] {
  const keyword = nodePortKeywords.find((one) => one === text);
  const prefix = parsePrefix(text);
  return keyword ? [keyword] : prefix ? [prefix] : [];
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
