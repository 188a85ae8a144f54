import type { Ruleset } from '../iptables/rule/ruleset.ts';

const kubeProxys =
  /^KUBE-(?:SERVICES|EXTERNAL-SERVICES|NODEPORTS|POSTROUTING|MARK-MASQ|FORWARD|FIREWALL|PROXY-FIREWALL|PROXY-CANARY|(?:SVC|SVL|SEP|EXT|FW|XLB)-[A-Z2-7]{16})$/;

/** Who makes chains of such names on a node. The first that fits counts. */
const owners: readonly (readonly [owner: string, pattern: RegExp])[] = [
  ['kube-proxy', kubeProxys],
  ['kubelet', /^KUBE-(?:KUBELET-CANARY|IPTABLES-HINT|MARK-DROP)$/],
  [
    "kube-proxy's ipvs mode",
    /^KUBE-(?:LOAD-BALANCER|NODE-PORT|IPVS-FILTER|IPVS-OUT-FILTER|SOURCE-RANGES-FIREWALL)$/,
  ],
  ['kube-router', /^KUBE-(?:ROUTER|POD-FW|NWPLCY)/],
  ['host ports of the container runtime', /^(?:KUBE-HOSTPORTS$|KUBE-HP-|CRIO-HOSTPORTS|CRIO-MASQ)/],
  ['Docker', /^DOCKER/],
  ['Calico', /^(?:cali|felix)-/],
  ['Cilium', /^(?:OLD_)?CILIUM_/],
  ['flannel', /^FLANNEL-/],
  ['Weave Net', /^WEAVE/],
  ['Antrea', /^ANTREA-/],
  ['OVN-Kubernetes', /^OVN-KUBE-/],
  ['the Amazon VPC CNI', /^AWS-(?:SNAT|CONNMARK)-CHAIN/],
  ['ip-masq-agent', /^IP-MASQ/],
  ['the CNI plugins', /^CNI-/],
  ['Istio', /^ISTIO_/],
  ['Podman', /^NETAVARK/],
  ['libvirt', /^LIBVIRT_/],
  ['ufw', /^ufw6?-/],
  ['fail2ban', /^f2b-/],
  ['Tailscale', /^ts-(?:input|forward|postrouting)$/],
  [
    'OpenWrt',
    /^(?:zone_\w+_(?:input|output|forward|prerouting|postrouting|(?:src|dest)_(?:ACCEPT|REJECT|DROP))|(?:input|output|forwarding|prerouting|postrouting)_(?:\w+_)?rule)$/,
  ],
];

export function ownerOf(chain: string): string | null {
  return owners.find(([, pattern]) => pattern.test(chain))?.[0] ?? null;
}

export function isKubeProxys(chain: string): boolean {
  return kubeProxys.test(chain);
}

/** How many user's chains there are of each owner, in the order in which they are met. */
export function countOwners({ tables }: Ruleset): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { chains } of tables) {
    for (const { name, policy } of chains.values()) {
      if (policy !== null) continue;
      const owner = ownerOf(name) ?? 'somebody else';
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
  }
  return counts;
}

/** Whose chains there are, and how many, but for those of kube-proxy. */
export function countOthers(ruleset: Ruleset): readonly (readonly [owner: string, chains: number])[] {
  return [...countOwners(ruleset)].filter(([owner]) => owner !== 'kube-proxy');
}
