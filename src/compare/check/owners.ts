import type { Ruleset } from '../../rule/ruleset.ts';

/** Who makes chains of such names on a node. The first that fits counts. */
const owners: readonly (readonly [owner: string, pattern: RegExp])[] = [
  ['kubelet', /^KUBE-(?:KUBELET-CANARY|IPTABLES-HINT|MARK-DROP)$/],
  [
    "kube-proxy's ipvs mode",
    /^KUBE-(?:LOAD-BALANCER|NODE-PORT|IPVS-FILTER|IPVS-OUT-FILTER|SOURCE-RANGES-FIREWALL)$/,
  ],
  ['kube-proxy', /^KUBE-/],
  ['Docker', /^DOCKER/],
  ['Calico', /^cali-/],
  ['Cilium', /^(?:OLD_)?CILIUM_/],
  ['flannel', /^FLANNEL-/],
  ['Weave Net', /^WEAVE/],
  ['the CNI plugins', /^CNI-/],
  ['kube-router', /^KUBE-(?:ROUTER|POD-FW|NWPLCY)/],
  ['libvirt', /^LIBVIRT_/],
  ['ufw', /^ufw6?-/],
  ['fail2ban', /^f2b-/],
];

export function ownerOf(chain: string): string | null {
  return owners.find(([, pattern]) => pattern.test(chain))?.[0] ?? null;
}

export function isKubeProxys(chain: string): boolean {
  return ownerOf(chain) === 'kube-proxy';
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
