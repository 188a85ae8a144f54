import { nearest } from '../../text/nearest.ts';
import { type NftablesShape, type Release, releases } from './release.ts';

/** A feature gate of kube-proxy that bears on the rules, and the releases that know it (pkg/features/kube_features.go). */
interface Gate {
  readonly since?: string;
  /** The first release without it. */
  readonly until?: string;
  /** From here on it can only be switched on. */
  readonly lockedSince?: string;
  readonly switched: (isOn: boolean, release: Release) => Partial<Release>;
}

const inTables =
  (change: (isOn: boolean) => Partial<NftablesShape>): Gate['switched'] =>
  (isOn, { nftables }) =>
    nftables ? { nftables: { ...nftables, ...change(isOn) } } : {};

const gates: Readonly<Record<string, Gate>> = {
  AllowServiceExternalIPs: { since: '1.36', switched: (isOn) => ({ externalAddresses: isOn }) },
  KubeProxyNFTablesLocalhostNodePorts: {
    since: '1.37',
    switched: inTables((isOn) => ({ rejectsLocalhostNodePorts: isOn })),
  },
  LoadBalancerIPMode: {
    since: '1.29',
    until: '1.35',
    lockedSince: '1.32',
    switched: (isOn) => ({ honoursIpMode: isOn }),
  },
  MultiCIDRServiceAllocator: {
    since: '1.27',
    lockedSince: '1.34',
    switched: inTables((isOn) => ({ serviceCidrs: isOn })),
  },
  PreferSameTrafficDistribution: {
    since: '1.33',
    lockedSince: '1.35',
    switched: (isOn) => ({ nodeHints: isOn }),
  },
  ProxyTerminatingEndpoints: {
    until: '1.30',
    lockedSince: '1.28',
    switched: (isOn) => ({ terminatingFallback: isOn }),
  },
  ServiceTrafficDistribution: {
    since: '1.30',
    until: '1.36',
    lockedSince: '1.33',
    switched: (isOn) => ({ topologyAnnotation: isOn ? 'not-needed' : 'hints-or-mode' }),
  },
  TopologyAwareHints: {
    until: '1.36',
    lockedSince: '1.33',
    switched: (isOn) => ({ zoneHints: isOn }),
  },
};

/** Gates that every release since 1.29 knows, or that are refused elsewhere where they count; none of them changes rules by itself. */
const harmless: ReadonlySet<string> = new Set([
  'AllAlpha',
  'AllBeta',
  'ContextualLogging',
  'LoggingAlphaOptions',
  'LoggingBetaOptions',
  'NFTablesProxyMode',
]);

/** Gates of which nothing here knows whether a release knows them. kube-proxy does not start with a gate that it does not know. */
export function doubtfulGates(switched: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.keys(switched).filter((name) => !Object.hasOwn(gates, name) && !harmless.has(name));
}

/** A release with gates switched by the configuration; gates that do not bear on the rules are passed over. */
export function withGates(release: Release, switched: Readonly<Record<string, boolean>>): Release {
  let result = release;
  for (const [name, isOn] of Object.entries(switched)) {
    const gate = Object.hasOwn(gates, name) ? gates[name] : undefined;
    if (gate) result = { ...result, ...gate.switched(isOn, result) };
  }
  return result;
}

/** Why a minor release does not start with gates that are so switched, in its own words; null where it does. */
export function gateRefusal(minor: string, switched: Readonly<Record<string, boolean>>): string | null {
  const order = [...releases.keys()];
  const isFrom = (version: string) => order.indexOf(minor) >= order.indexOf(version);
  for (const [name, isOn] of Object.entries(switched)) {
    const gate = Object.hasOwn(gates, name) ? gates[name] : undefined;
    if (!gate) {
      if (isMisspelt(name)) return `unrecognized feature gate: ${name}`;
      continue;
    }
    const isKnown = (!gate.since || isFrom(gate.since)) && !(gate.until && isFrom(gate.until));
    if (!isKnown) return `unrecognized feature gate: ${name}`;
    if (!isOn && gate.lockedSince && isFrom(gate.lockedSince)) {
      return `cannot set feature gate ${name} to false, feature is locked to true`;
    }
  }
  return null;
}

/** No release has a gate whose name is two letters away from one of these. */
function isMisspelt(name: string): boolean {
  return !harmless.has(name) && nearest(name, [...Object.keys(gates), ...harmless], 2) !== undefined;
}
