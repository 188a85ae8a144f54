import { describe, expect, test } from 'vitest';
import { kubenat } from './harness.ts';

// Nodes on which others have chains, too, put together as their owners document and write them.

/** kube-proxy 1.30 with one service of one endpoint, and what others add in each place. */
function node({
  policy = 'ACCEPT',
  filterChains = [],
  forward = [],
  filter = [],
  natChains = [],
  postrouting = [],
  nat = [],
}: {
  readonly policy?: string;
  readonly filterChains?: readonly string[];
  readonly forward?: readonly string[];
  readonly filter?: readonly string[];
  readonly natChains?: readonly string[];
  readonly postrouting?: readonly string[];
  readonly nat?: readonly string[];
}): string {
  const declare = (chains: readonly string[]) => chains.map((chain) => `:${chain} - [0:0]`);
  return [
    '*mangle',
    ':PREROUTING ACCEPT [0:0]',
    ...declare(['KUBE-IPTABLES-HINT', 'KUBE-KUBELET-CANARY', 'KUBE-PROXY-CANARY']),
    'COMMIT',
    '*filter',
    ':INPUT ACCEPT [0:0]',
    `:FORWARD ${policy} [0:0]`,
    ':OUTPUT ACCEPT [0:0]',
    ...declare([
      'KUBE-FIREWALL',
      'KUBE-FORWARD',
      'KUBE-KUBELET-CANARY',
      'KUBE-PROXY-CANARY',
      'KUBE-SERVICES',
    ]),
    ...declare(filterChains),
    '-A INPUT -j KUBE-FIREWALL',
    ...forward,
    '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
    '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    ...filter,
    '-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
    '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT',
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    'COMMIT',
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':INPUT ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ...declare([
      'KUBE-KUBELET-CANARY',
      'KUBE-MARK-MASQ',
      'KUBE-NODEPORTS',
      'KUBE-POSTROUTING',
      'KUBE-PROXY-CANARY',
    ]),
    ...declare(['KUBE-SEP-SXIVWICOYRO3J4NJ', 'KUBE-SERVICES', 'KUBE-SVC-TCOU7JCQXEZGVUNU']),
    ...declare(natChains),
    '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    ...postrouting,
    ...nat,
    '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0',
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    '-A KUBE-SEP-SXIVWICOYRO3J4NJ -s 10.244.0.5/32 -m comment --comment "kube-system/kube-dns:dns" -j KUBE-MARK-MASQ',
    '-A KUBE-SEP-SXIVWICOYRO3J4NJ -p udp -m comment --comment "kube-system/kube-dns:dns" -m udp -j DNAT --to-destination 10.244.0.5:53',
    '-A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU',
    '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
    '-A KUBE-SVC-TCOU7JCQXEZGVUNU ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j KUBE-MARK-MASQ',
    '-A KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment "kube-system/kube-dns:dns -> 10.244.0.5:53" -j KUBE-SEP-SXIVWICOYRO3J4NJ',
    'COMMIT',
    '',
  ].join('\n');
}

const kubePostrouting =
  '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING';

/** What Docker adds; since 1.13 it sets the policy of FORWARD to DROP. */
const docker = {
  filterChains: ['DOCKER', 'DOCKER-ISOLATION-STAGE-1', 'DOCKER-ISOLATION-STAGE-2', 'DOCKER-USER'],
  forward: [
    '-A FORWARD -j DOCKER-USER',
    '-A FORWARD -j DOCKER-ISOLATION-STAGE-1',
    '-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A FORWARD -o docker0 -j DOCKER',
    '-A FORWARD -i docker0 ! -o docker0 -j ACCEPT',
    '-A FORWARD -i docker0 -o docker0 -j ACCEPT',
  ],
  filter: [
    '-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2',
    '-A DOCKER-ISOLATION-STAGE-1 -j RETURN',
    '-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP',
    '-A DOCKER-ISOLATION-STAGE-2 -j RETURN',
    '-A DOCKER-USER -j RETURN',
  ],
  postrouting: ['-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE'],
};

/** What flannel adds since 0.20. */
const flannel = {
  filterChains: ['FLANNEL-FWD'],
  forward: ['-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD'],
  filter: [
    '-A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
    '-A FLANNEL-FWD -d 10.244.0.0/16 -m comment --comment "flanneld forward" -j ACCEPT',
  ],
  natChains: ['FLANNEL-POSTRTG'],
  postrouting: ['-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG'],
  nat: [
    '-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 -m comment --comment "flanneld masq" -j RETURN',
    '-A FLANNEL-POSTRTG -s 10.244.0.0/24 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j RETURN',
    '-A FLANNEL-POSTRTG -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully',
  ],
};

/** The part of Calico's that lets packets through which its policy marked, and chains that it keeps empty. */
const calico = {
  filterChains: ['cali-FORWARD', 'cali-from-wl-dispatch', 'cali-to-hep-forward'],
  forward: [
    '-A FORWARD -m comment --comment "cali:wUHhoiAYhphO9Mso" -j cali-FORWARD',
    '-A FORWARD -m comment --comment "cali:S93hcgKJrXEqnTfs" -m comment --comment "Policy explicitly accepted packet." -m mark --mark 0x10000/0x10000 -j ACCEPT',
  ],
  filter: [
    '-A cali-FORWARD -i cali+ -m comment --comment "cali:8ZoYfO5HKXWbB3pk" -j cali-from-wl-dispatch',
    '-A cali-FORWARD -m comment --comment "cali:vjrMJCRpqwy5oRoX" -j cali-to-hep-forward',
    '-A cali-from-wl-dispatch -m comment --comment "cali:0000000000000000" -j MARK --set-xmark 0x10000/0x10000',
  ],
  natChains: ['cali-POSTROUTING', 'cali-fip-snat', 'cali-nat-outgoing'],
  postrouting: ['-A POSTROUTING -m comment --comment "cali:O3lYWMrLQYEMJtB5" -j cali-POSTROUTING'],
  nat: [
    '-A cali-POSTROUTING -m comment --comment "cali:Z-c7XtVd2Bq7s_hA" -j cali-fip-snat',
    '-A cali-POSTROUTING -m comment --comment "cali:nYKhEzDlr11Jccal" -j cali-nat-outgoing',
  ],
};

type Parts = Parameters<typeof node>[0];

function together(...parts: readonly Parts[]): Parts {
  const of = (key: Exclude<keyof Parts, 'policy'>) => parts.flatMap((part) => part[key] ?? []);
  return {
    filterChains: of('filterChains'),
    forward: of('forward'),
    filter: of('filter'),
    natChains: of('natChains'),
    postrouting: of('postrouting'),
    nat: of('nat'),
  };
}

const proxy = { postrouting: [kubePostrouting] };

async function check(parts: Parts): Promise<{ readonly kinds: readonly string[]; readonly out: string }> {
  const files = { dump: node(parts) };
  const { out } = await kubenat(['check', 'dump', '--format', 'json'], files);
  const kinds = JSON.parse(out).findings.map(({ code }: { code: string }) => code);
  return { kinds, out: (await kubenat(['check', 'dump'], files)).out };
}

describe('kubenat check on nodes that others use, too', () => {
  const healthy: Readonly<Record<string, readonly [Parts, RegExp]>> = {
    'kube-proxy and kubelet alone': [proxy, /\d+ of kubelet/],
    flannel: [{ ...together(proxy, flannel), policy: 'DROP' }, /2 of flannel/],
    'Docker with its policy, and flannel': [
      { ...together(docker, flannel, proxy), policy: 'DROP' },
      /4 of Docker, .*flannel/,
    ],
    'Calico, which keeps chains empty and marks what it lets through': [
      { ...together(calico, proxy), policy: 'DROP' },
      /6 of Calico/,
    ],
  };
  test.each(Object.entries(healthy))('nothing is found: %s', async (_name, [parts, owners]) => {
    const { kinds, out } = await check(parts);
    expect(kinds, out).toEqual([]);
    expect(out).toMatch(owners);
  });

  test("Docker's policy cuts services off where nobody lets pods through", async () => {
    const { kinds, out } = await check({ ...together(docker, proxy), policy: 'DROP' });
    expect(kinds).toEqual(['cut-off']);
    expect(out).toMatch(/dropped by the policy of filter\/FORWARD/);
  });

  test('masquerade cannot happen without the way to it, whatever others masquerade', async () => {
    const { kinds, out } = await check(together(docker, flannel));
    expect(kinds).toContain('masquerade-missing');
    expect(out).toMatch(/marked 0x4000 in KUBE-MARK-MASQ/);
  });

  test('nor where another one takes all packets before', async () => {
    const first = { postrouting: ['-A POSTROUTING -j ACCEPT'] };
    const { kinds } = await check(together(first, proxy));
    expect(kinds).toEqual(expect.arrayContaining(['masquerade-missing', 'shadowed']));
  });

  test('nor where it asks for another bit of the mark', async () => {
    const dump = node(proxy).replace(/(-A KUBE-MARK-MASQ .*) 0x4000\/0x4000/, '$1 0x8000/0x8000');
    expect((await kubenat(['check', 'dump'], { dump })).out).toMatch(/marked 0x8000 in KUBE-MARK-MASQ/);
  });

  test('a rule that several others leave nothing together, with all of them', async () => {
    const rules = {
      filter: [
        '-A INPUT -s 10.0.0.0/9 -j DROP',
        '-A INPUT -p icmp -j DROP',
        '-A INPUT -s 10.128.0.0/9 -p tcp -j ACCEPT',
        '-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j ACCEPT',
      ],
    };
    const { kinds, out } = await check(together(rules, proxy));
    // The node's own connections do not hear that their packets are too large.
    expect(kinds).toEqual(['errors-lost', 'shadowed']);
    expect(out).toMatch(/errors-lost\]: filter INPUT 3/);
    expect(out).toMatch(/shadowed\]: filter INPUT 5: no packet comes to it: rules 2 and 4 take all/);
    expect(out).toMatch(/after 2 \(line \d+\): .*-s 10\.0\.0\.0\/9 -j DROP/);
  });
});
