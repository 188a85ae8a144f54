import { parseAddress } from '../../address/address.ts';
import { parsePrefix } from '../../address/subnet.ts';
import { want } from '../../text/expected.ts';
import { anything, flag, integer, list, oneOf, parsedBy, record, type Shape, text } from './shape.ts';

const prefixes = parsedBy(
  (value) => (value === '' || value.split(',').every((part) => parsePrefix(part.trim())) ? value : undefined),
  'address-syntax',
  'prefix',
  want.thing('pod-prefixes'),
);

export const nodePortKeywords = ['primary', 'localhost', 'all'] as const;

const nodePortAddress = parsedBy(
  (value) => ((nodePortKeywords as readonly string[]).includes(value) ? value : parsePrefix(value)),
  'address-syntax',
  'prefix',
  want.orElse(want.suchAs('192.168.10.0/24', want.thing('prefix')), nodePortKeywords.join(', ')),
);

const bindAddress = parsedBy(
  (value) => (value === '' ? value : parseAddress(value)),
  'address-syntax',
  'address',
  want.thing('ip-address'),
);

/** Names of the user's choice, each on or off. */
const switches: Shape<Readonly<Record<string, boolean>>> = {
  check(value, walk) {
    const isMap = typeof value === 'object' && !Array.isArray(value);
    if (isMap && Object.values(value).every((each) => typeof each === 'boolean')) return;
    walk.fail('field-type', { code: 'not-gates' }, want.suchAs('LoadBalancerIPMode: true'));
  },
};

export const localDetectionModes = [
  'ClusterCIDR',
  'NodeCIDR',
  'BridgeInterface',
  'InterfaceNamePrefix',
] as const;

/** The fields of a section, each with its form. Those that do not bear on the rules may hold anything. */
export const proxyConfigurationFields = {
  iptables: {
    masqueradeBit: integer(0, 31),
    masqueradeAll: flag,
    localhostNodePorts: flag,
    syncPeriod: anything,
    minSyncPeriod: anything,
  },
  nftables: {
    masqueradeBit: integer(0, 31),
    masqueradeAll: flag,
    syncPeriod: anything,
    minSyncPeriod: anything,
  },
  conntrack: {
    tcpBeLiberal: flag,
    maxPerCore: anything,
    min: anything,
    tcpEstablishedTimeout: anything,
    tcpCloseWaitTimeout: anything,
    udpTimeout: anything,
    udpStreamTimeout: anything,
  },
  detectLocal: { bridgeInterface: text, interfaceNamePrefix: text },
} as const;

/** `kubeproxy.config.k8s.io/v1alpha1`, as of release 1.37. */
export const proxyConfigurationTop = {
  mode: text,
  hostnameOverride: text,
  bindAddress,
  clusterCIDR: prefixes,
  detectLocalMode: oneOf('', ...localDetectionModes),
  nodePortAddresses: list(nodePortAddress),
  iptables: record(proxyConfigurationFields.iptables),
  nftables: record(proxyConfigurationFields.nftables),
  conntrack: record(proxyConfigurationFields.conntrack),
  detectLocal: record(proxyConfigurationFields.detectLocal),
  apiVersion: anything,
  kind: anything,
  featureGates: switches,
  clientConnection: anything,
  logging: anything,
  healthzBindAddress: anything,
  metricsBindAddress: anything,
  bindAddressHardFail: anything,
  enableProfiling: anything,
  showHiddenMetricsForVersion: anything,
  ipvs: anything,
  winkernel: anything,
  oomScoreAdj: anything,
  configSyncPeriod: anything,
  portRange: anything,
  udpIdleTimeout: anything,
  windowsRunAsService: anything,
} as const;

export const kubeProxyConfiguration = record(proxyConfigurationTop);
