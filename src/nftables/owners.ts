/** Who makes tables of such names on a node, as `family name`. The first that fits counts. */
const owners: readonly (readonly [owner: string, pattern: RegExp])[] = [
  ['kube-proxy', /^ip6? kube-proxy$/],
  ['Docker', /^ip6? docker-bridges$/],
  ['firewalld', /^(?:inet|ip6?) firewalld$/],
  ['libvirt', /^ip6? libvirt_network$/],
  ['Podman', /^inet netavark$/],
  ['Calico', /^(?:ip6?|inet) calico$/],
  ['Cilium', /^(?:ip6?|inet) cilium/],
  ['Antrea', /^(?:ip6?|inet) antrea/],
  ['kube-router', /^(?:ip6?|inet) kube-router/],
  ['kube-network-policies', /^inet kube-network-policies$/],
  ['OVN-Kubernetes', /^(?:ip6?|inet) ovn-kube/],
  ['kindnet', /^(?:ip6?|inet) kindnet/],
  ['flannel', /^(?:ip6?|inet) flannel-ipv[46]$/],
  ['Istio', /^(?:ip6?|inet) istio-/],
  ['OpenWrt', /^inet fw4$/],
  ['the CNI plugins', /^(?:ip6?|inet) cni_/],
  ['host ports of the container runtime', /^(?:ip6?|inet) (?:crio-)?hostports?$/],
  ['fail2ban', /^(?:ip6?|inet) f2b-table$/],
  ['sshguard', /^ip6? sshguard$/],
  ['LXC', /^(?:ip6?|inet) (?:lxc|lxd|incus)$/],
  ['Tailscale', /^(?:ip6?|inet) tailscale/],
  ['nftlb', /^(?:ip6?|inet|netdev) nftlb$/],
];

/** Null: nobody who is known. */
export function ownerOfTable(table: string): string | null {
  return owners.find(([, pattern]) => pattern.test(table))?.[0] ?? null;
}
