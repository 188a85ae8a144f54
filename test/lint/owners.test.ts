import { describe, expect, test } from 'vitest';
import { countOthers, countOwners, isKubeProxys, ownerOf } from '../../src/iptables/owners.ts';
import { load, table } from '../proof/small.ts';

const hash = 'ABCDEFGHIJKLM234';

/** Chains as their makers call them. */
const named: Readonly<Record<string, readonly string[]>> = {
  'kube-proxy': [
    ...['SERVICES', 'EXTERNAL-SERVICES', 'NODEPORTS', 'POSTROUTING', 'MARK-MASQ', 'FORWARD', 'FIREWALL'],
    ...['PROXY-FIREWALL', 'PROXY-CANARY'],
    ...['SVC', 'SVL', 'SEP', 'EXT', 'FW', 'XLB'].map((kind) => `${kind}-${hash}`),
    'SVC-ZZZZZZZZ77777777',
  ].map((name) => `KUBE-${name}`),
  kubelet: ['KUBE-KUBELET-CANARY', 'KUBE-IPTABLES-HINT', 'KUBE-MARK-DROP'],
  "kube-proxy's ipvs mode": [
    ...['KUBE-LOAD-BALANCER', 'KUBE-NODE-PORT', 'KUBE-IPVS-FILTER', 'KUBE-IPVS-OUT-FILTER'],
    'KUBE-SOURCE-RANGES-FIREWALL',
  ],
  'kube-router': ['KUBE-ROUTER-INPUT', 'KUBE-POD-FW-ABC', 'KUBE-NWPLCY-DEFAULT'],
  'host ports of the container runtime': [
    ...['KUBE-HOSTPORTS', 'KUBE-HP-ABCDEFGHIJKLM234', 'CRIO-HOSTPORTS-MASQ', 'CRIO-MASQ-ABC'],
  ],
  Docker: ['DOCKER', 'DOCKER-USER', 'DOCKER-ISOLATION-STAGE-1'],
  Calico: ['cali-FORWARD', 'cali-tw-cali0123', 'felix-INPUT'],
  Cilium: ['CILIUM_FORWARD', 'OLD_CILIUM_INPUT'],
  flannel: ['FLANNEL-FWD', 'FLANNEL-POSTRTG'],
  'Weave Net': ['WEAVE', 'WEAVE-NPC'],
  Antrea: ['ANTREA-FORWARD'],
  'OVN-Kubernetes': ['OVN-KUBE-NODEPORT'],
  'the Amazon VPC CNI': ['AWS-SNAT-CHAIN-0', 'AWS-CONNMARK-CHAIN-0'],
  'ip-masq-agent': ['IP-MASQ', 'IP-MASQ-AGENT'],
  'the CNI plugins': ['CNI-HOSTPORT-DNAT', 'CNI-0123456789abcdef'],
  Istio: ['ISTIO_OUTPUT'],
  Podman: ['NETAVARK_FORWARD', 'NETAVARK-1D8721804F16F'],
  libvirt: ['LIBVIRT_FWI'],
  ufw: ['ufw-before-input', 'ufw6-user-input'],
  fail2ban: ['f2b-sshd'],
  Tailscale: ['ts-input', 'ts-forward', 'ts-postrouting'],
  OpenWrt: ['zone_lan_input', 'zone_wan_dest_REJECT', 'forwarding_rule', 'postrouting_guest_rule'],
};
const pairs = Object.entries(named).flatMap(([owner, chains]) => chains.map((chain) => [chain, owner]));

describe('chains are told by their names', () => {
  test.each(pairs)('%s is of %s', (chain, owner) => {
    expect(ownerOf(chain as string)).toBe(owner);
    expect(isKubeProxys(chain as string)).toBe(owner === 'kube-proxy');
  });

  test.each(pairs)('but not MY-%s', (chain) => {
    expect(ownerOf(`MY-${chain}`)).toBeNull();
  });

  test.each([
    ...[...(named['kube-proxy'] ?? []), ...(named.kubelet ?? []), ...(named["kube-proxy's ipvs mode"] ?? [])],
    'KUBE-HOSTPORTS',
  ])('nor what only begins with %s', (chain) => {
    expect(ownerOf(`${chain}2`)).toBeNull();
    expect(ownerOf(`${chain}-MINE`)).toBeNull();
  });

  /** Base32 (RFC 4648) has no 0, 1, 8 or 9, and no small letters here. */
  test.each(['ABCDEFGHIJKLM23', 'ABCDEFGHIJKLM230', 'ABCDEFGHIJKLM238', 'abcdefghijklm234', ''])(
    'nor KUBE-SVC-%s, which is no hash of kube-proxy',
    (end) => {
      for (const kind of ['SVC', 'SVL', 'SEP', 'EXT', 'FW', 'XLB'])
        expect(ownerOf(`KUBE-${kind}-${end}`)).toBeNull();
    },
  );

  test.each([
    'INPUT',
    'KUBE-',
    'KUBE-MINE',
    'DOCKE',
    'docker',
    'calico',
    'CILIUM',
    'ufw',
    'ufw66-x',
    'f2b',
    'ISTIO-X',
  ])('and %s is of nobody that is known', (chain) => {
    expect(ownerOf(chain)).toBeNull();
  });
});

describe('owners are counted', () => {
  const dump =
    table('nat', ':OUTPUT ACCEPT [0:0]', ':DOCKER - [0:0]', ':KUBE-SERVICES - [0:0]', ':MINE - [0:0]') +
    table('filter', ':FORWARD DROP [0:0]', ':DOCKER-USER - [0:0]', ':YOURS - [0:0]', ':f2b-sshd - [0:0]');

  test('by chains of users, over all tables, in the order in which they are met', () => {
    expect([...countOwners(load(dump))]).toEqual([
      ['Docker', 2],
      ['kube-proxy', 1],
      ['somebody else', 2],
      ['fail2ban', 1],
    ]);
  });

  test('and counted but for kube-proxy', () => {
    expect(countOthers(load(dump))).toEqual([
      ['Docker', 2],
      ['somebody else', 2],
      ['fail2ban', 1],
    ]);
    expect(countOthers(load(table('nat', ':OUTPUT ACCEPT [0:0]', ':KUBE-SERVICES - [0:0]')))).toEqual([]);
    expect(countOthers(load(''))).toEqual([]);
  });
});
