import type { Host } from '../host/model.ts';
import { findInterface } from '../host/route.ts';
import type { Negatable, PhysdevMatch } from '../iptables/rule/match.ts';
import type { Branch } from './branch.ts';
import { matchesName } from './interface-name.ts';
import type { Surroundings } from './match.ts';
import { every, negateIf, type Question } from './truth.ts';

/**
 * Ports of bridges, which only br_netfilter shows to iptables (xt_physdev.c): the one in which a packet came, and, where it
 * is bridged and not routed, the one by which it leaves.
 */
export function matchesPhysdev(
  match: PhysdevMatch,
  branch: Branch,
  { host }: Surroundings,
): boolean | Question {
  const cameByPort = () => hasPort(branch, host);
  const bridged = () => isBridged(branch, host);
  return every([
    asked(match.isBridged, bridged),
    asked(match.isIn, cameByPort),
    asked(match.isOut, bridged),
    asked(match.in, () =>
      named(branch, cameByPort(), match.in?.value ?? '', portOf(branch, host), 'came in'),
    ),
    asked(match.out, () => named(branch, bridged(), match.out?.value ?? '', null, 'leaves')),
  ]);
}

function asked(option: Negatable<unknown> | undefined, holds: () => boolean | Question) {
  return () => !option || negateIf(option.negated, holds());
}

function named(
  branch: Branch,
  possible: boolean | Question,
  pattern: string,
  port: string | null,
  does: string,
): boolean | Question {
  if (possible === false) return false;
  if (port !== null) return possible === true ? matchesName(pattern, port) : possible;
  return {
    key: `port ${does} ${branch.ingress} ${pattern}`,
    because: `the port of the bridge ${branch.ingress} by which the packet ${does} is not known`,
  };
}

/** Whether it came in by a port of a bridge, and iptables is told. */
function hasPort({ ingress, local }: Branch, host: Host): boolean | Question {
  if (local || ingress === '' || ingress === 'lo') return false;
  const called = host.sysctls.get(callSysctl[host.family]);
  const bridge = isBridge(host, ingress);
  if (called === 0 || bridge === false) return false;
  if (called !== undefined && bridge === true) return true;
  return {
    key: `port of ${ingress}`,
    because: `whether ${ingress} is a bridge whose frames meet these rules (br_netfilter) is not known; give --host with interfaces (kind, master) and ${callSysctl[host.family]}`,
  };
}

const callSysctl = {
  ipv4: 'net.bridge.bridge-nf-call-iptables',
  ipv6: 'net.bridge.bridge-nf-call-ip6tables',
} as const;

/** What goes back into the bridge that it came from is bridged, or was routed there: only a new destination tells them apart. */
function isBridged(branch: Branch, host: Host): boolean | Question {
  const { hook, ingress, egress } = branch;
  if ((hook !== 'FORWARD' && hook !== 'POSTROUTING') || ingress !== egress) return false;
  const possible = hasPort(branch, host);
  if (possible === false) return false;
  return {
    key: `bridged ${ingress}`,
    because: `whether the packet is bridged or routed within ${ingress} is not known`,
  };
}

function portOf({ packet, ingress }: Branch, host: Host): string | null {
  const { from } = packet;
  if (from === null || typeof from === 'string') return null;
  return findInterface(host, from.interface)?.master === ingress ? from.interface : null;
}

function isBridge(host: Host, name: string): boolean | null {
  const link = findInterface(host, name);
  if (link?.kind !== undefined) return link.kind === 'bridge';
  if (host.interfaces.some(({ master }) => master === name)) return true;
  // Where ports are listed, an interface that has none is no bridge; nor is the way outside taken for one.
  if (name === host.uplink || host.interfaces.some(({ master }) => master != null)) return false;
  return null;
}
