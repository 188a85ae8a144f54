import { type FindingExample, type FindingPage, node } from './page.ts';

const marks = (...rules: readonly string[]): FindingExample =>
  node(`*mangle
:PREROUTING ACCEPT [0:0]
:cali-PREROUTING - [0:0]
${rules.map((rule) => `${rule}\n`).join('')}COMMIT
*nat
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -m mark --mark 0x100/0x100 -j MASQUERADE
COMMIT
`);

const service = (forward: string) => `*filter
:FORWARD ACCEPT [0:0]
:KUBE-FORWARD - [0:0]
-A FORWARD -j KUBE-FORWARD
${forward}-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]
:KUBE-SEP-AAAAAAAAAAAAAAAA - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A OUTPUT -j KUBE-SERVICES
-A POSTROUTING -j KUBE-POSTROUTING
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MASQUERADE --random-fully
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "a/b:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-AAAAAAAAAAAAAAAA
-A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "a/b:http -> 10.244.1.5:8080" -j KUBE-SEP-AAAAAAAAAAAAAAAA
-A KUBE-SEP-AAAAAAAAAAAAAAAA -s 10.244.1.5/32 -m comment --comment "a/b:http" -j KUBE-MARK-MASQ
-A KUBE-SEP-AAAAAAAAAAAAAAAA -p tcp -m comment --comment "a/b:http" -m tcp -j DNAT --to-destination 10.244.1.5:8080
COMMIT
`;

const onHost = (
  host: string,
  forward = '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP\n',
): FindingExample => ({
  files: {
    'node.save': service(forward),
    'host.yaml': `podCIDR: 10.244.1.0/24\n${host}`,
  },
  flags: ['--host', 'host.yaml'],
});

const tied = (priority: number): FindingExample => ({
  files: {
    'node.nft': `table inet one {
	chain input {
		type filter hook input priority 0; policy accept;
		tcp dport 22 drop
	}
}
table inet two {
	chain input {
		type filter hook input priority ${priority}; policy accept;
		ip saddr 10.0.0.0/8 meta mark set 0x00000001
	}
}
`,
  },
});

/** Findings about marks, settings and connection tracking. */
export const nodePages = {
  'mark-clash': {
    means: 'two programs on one node that mark packets by the same bit',
    effect:
      'What one of them marked, the other takes for its own: it is let through, masqueraded or routed as that one does.',
    remedy:
      'Give one of them other bits: most have a setting for that (of Calico iptablesMarkMask), and of rules of your own it is the value behind --set-xmark.',
    fails: marks(
      '-A PREROUTING -i tun0 -j MARK --set-xmark 0x10100/0x10100',
      '-A PREROUTING -j cali-PREROUTING',
      '-A cali-PREROUTING -m mark --mark 0x10000/0x10000 -j ACCEPT',
      '-A cali-PREROUTING -i cali+ -j MARK --set-xmark 0x10000/0x10000',
    ),
    passes: marks(
      '-A PREROUTING -i tun0 -j MARK --set-xmark 0x100/0x100',
      '-A PREROUTING -j cali-PREROUTING',
      '-A cali-PREROUTING -m mark --mark 0x10000/0x10000 -j ACCEPT',
      '-A cali-PREROUTING -i cali+ -j MARK --set-xmark 0x10000/0x10000',
    ),
  },
  'mark-unset': {
    means: 'a rule that asks for a mark which no rule sets',
    effect:
      'No packet matches it, but for those that a socket (SO_MARK), tc or eBPF marked. Rules of programs that are known, and those in OUTPUT, where sockets are met, are not told.',
    remedy:
      'Look for a slip in the value or the mask, or for the rule that is gone; else say by a comment who marks.',
    fails: marks('-A PREROUTING -i tun0 -j ACCEPT'),
    passes: marks('-A PREROUTING -i tun0 -j MARK --set-xmark 0x100/0x100'),
  },
  'mark-unread': {
    means: 'a rule that sets a mark for which no rule asks',
    effect: 'None, unless routing (ip rule), tc or eBPF asks; what routing asks, --host tells.',
    remedy: 'Remove the rule, or look for a slip in the value.',
    fails: marks(
      '-A PREROUTING -i tun0 -j MARK --set-xmark 0x100/0x100',
      '-A PREROUTING -i tun1 -j MARK --set-xmark 0x200/0x200',
    ),
    passes: marks('-A PREROUTING -i tun0 -j MARK --set-xmark 0x100/0x100'),
  },
  'setting-contradicts': {
    means: "a setting of the kernel with which kube-proxy's rules do not do what they are for",
    effect:
      'As the finding says: answers pass a bridge untranslated (bridge-nf-call-iptables), neighbours reach what listens on loopback, or nobody node ports there (route_localnet), or packets of no connection get through (nf_conntrack_tcp_be_liberal).',
    remedy:
      'Set it as kube-proxy needs it, in /etc/sysctl.d, so that it stays. Only what --host or kubenat collect tells is looked at.',
    fails: onHost('sysctls: {net.netfilter.nf_conntrack_tcp_be_liberal: 0}\n', ''),
    passes: onHost('sysctls: {net.netfilter.nf_conntrack_tcp_be_liberal: 0}\n'),
  },
  'forwarding-off': {
    means: 'a node that does not carry packets on for others',
    effect: 'Packets for pods are dropped: a Service is reached only where its endpoint is the node itself.',
    remedy:
      'Set net.ipv4.ip_forward (of IPv6 net.ipv6.conf.all.forwarding) to 1, in /etc/sysctl.d, so that it stays.',
    fails: onHost('sysctls: {net.ipv4.ip_forward: 0}\n'),
    passes: onHost('sysctls: {net.ipv4.ip_forward: 1}\n'),
  },
  'conntrack-off': {
    means: 'a node on which connections are not tracked',
    effect: 'No rule of nat is asked: packets for a Service keep its address, and get nowhere.',
    remedy: 'Load nf_conntrack, and look for what switched it off in this network namespace.',
    fails: onHost('conntrack: false\n'),
    passes: onHost('conntrack: true\n'),
  },
  'conntrack-full': {
    means: 'a table of connections that is full, or nearly so',
    effect:
      'Packets of new connections are dropped as long as there is no room ("nf_conntrack: table full, dropping packet").',
    remedy:
      'Raise net.netfilter.nf_conntrack_max (conntrack.maxPerCore in the configuration of kube-proxy), or find who opens so many connections.',
    fails: onHost(
      'sysctls: {net.netfilter.nf_conntrack_count: 131070, net.netfilter.nf_conntrack_max: 131072}\n',
    ),
    passes: onHost(
      'sysctls: {net.netfilter.nf_conntrack_count: 4000, net.netfilter.nf_conntrack_max: 131072}\n',
    ),
  },
  'chains-tied': {
    means: 'two base chains of nft with one hook and one priority',
    effect:
      'The kernel asks the one first that was made later: after a restart it may be the other. Where that decides over a Service, it is told as order-decides.',
    remedy: 'Give one of the chains another priority.',
    fails: tied(0),
    passes: tied(10),
  },
} as const satisfies Readonly<Record<string, FindingPage>>;
