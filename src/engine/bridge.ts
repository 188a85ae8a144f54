import type { HostDoubt } from '../host/doubt.ts';
import type { Host } from '../host/model.ts';
import { findInterface } from '../host/route.ts';
import type { Branch } from './branch.ts';

// Ports of bridges, which only br_netfilter shows to rules (xt_physdev.c): the one in which a packet came, and, where it is
// bridged and not routed, the one by which it leaves.

/** Whether it came in by a port of a bridge, and rules are told. */
export function cameByPort({ ingress, local }: Branch, host: Host): boolean | HostDoubt {
  if (local || ingress === '' || ingress === 'lo') return false;
  const called = host.sysctls.get(callSysctl[host.family]);
  const bridge = isBridge(host, ingress);
  if (called === 0 || bridge === false) return false;
  if (called !== undefined && bridge === true) return true;
  return { code: 'bridge-unknown', interface: ingress, sysctl: callSysctl[host.family] };
}

const callSysctl = {
  ipv4: 'net.bridge.bridge-nf-call-iptables',
  ipv6: 'net.bridge.bridge-nf-call-ip6tables',
} as const;

/** What goes back into the bridge that it came from is bridged, or was routed there: only a new destination tells them apart. */
export function isBridged(branch: Branch, host: Host): boolean | HostDoubt {
  const { hook, ingress, egress } = branch;
  if ((hook !== 'FORWARD' && hook !== 'POSTROUTING') || ingress !== egress) return false;
  if (cameByPort(branch, host) === false) return false;
  return { code: 'bridged-or-routed', interface: ingress };
}

/** The port in which it came, where it is given. */
export function portOf({ packet, ingress }: Branch, host: Host): string | HostDoubt {
  const { from } = packet;
  const port = from === null || typeof from === 'string' ? undefined : from.interface;
  if (port !== undefined && findInterface(host, port)?.master === ingress) return port;
  return portUnknown(ingress, 'came in');
}

export function portUnknown(bridge: string, does: 'came in' | 'leaves'): HostDoubt {
  return { code: 'bridge-port-unknown', interface: bridge, does };
}

/** Null: nothing tells. */
export function isBridge(host: Host, name: string): boolean | null {
  const link = findInterface(host, name);
  if (link?.kind !== undefined) return link.kind === 'bridge';
  if (host.interfaces.some(({ master }) => master === name)) return true;
  // Where ports are listed, an interface that has none is no bridge; nor is the way outside taken for one.
  if (name === host.uplink || host.interfaces.some(({ master }) => master != null)) return false;
  return null;
}
