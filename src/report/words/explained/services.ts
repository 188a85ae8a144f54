import { type FindingPage, node } from './page.ts';

const service = (...jumps: readonly string[]) => `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-SEP-AAAAAAAAAAAAAAAA - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]
${jumps.map((line) => `${line}\n`).join('')}-A KUBE-SEP-AAAAAAAAAAAAAAAA -p tcp -m tcp -j DNAT --to-destination 10.244.1.5:8080
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "a/b:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-AAAAAAAAAAAAAAAA
-A KUBE-SVC-AAAAAAAAAAAAAAAA -j KUBE-SEP-AAAAAAAAAAAAAAAA
COMMIT
`;

const forward = (policy: string, rule: string) => `*filter
:FORWARD ${policy} [0:0]
${rule}
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
-A PREROUTING -j KUBE-SERVICES
COMMIT
`;

const masquerade = (postrouting: string) => `*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-MARK-MASQ - [0:0]
-A PREROUTING -d 10.96.0.1/32 -j KUBE-MARK-MASQ
${postrouting}-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
COMMIT
`;

/** Findings about what a service gets. */
export const servicePages = {
  'cut-off': {
    means: 'packets for a service that do not come to an endpoint',
    effect:
      'A packet was followed from a place that should reach the service, through all rules of the node, and it was dropped, rejected, or left as it was; the finding names the rule, and the share of the packets where chance decides.',
    remedy:
      "See the rule that is named. Where it is nobody's, remove it; where a jump to kube-proxy's chains is missing, kube-proxy writes it again when it starts.",
    fails: node(service('-A OUTPUT -j KUBE-SERVICES')),
    passes: node(service('-A PREROUTING -j KUBE-SERVICES', '-A OUTPUT -j KUBE-SERVICES')),
  },
  'service-rejects': {
    means: 'a service whose packets are rejected or dropped',
    effect:
      'kube-proxy itself refuses the service on this node: it has no endpoints, or none on this node where its traffic policy is Local. Clients are refused, or wait in vain.',
    remedy:
      'Look for pods that the selector finds and that are ready (kubectl get endpointslices). With a Local policy, keep clients away from nodes without pods.',
    fails: node(`*filter
:INPUT ACCEPT [0:0]
-A INPUT -d 10.96.0.1/32 -p tcp -m comment --comment "a/b:http has no endpoints" -m tcp --dport 80 -j REJECT
COMMIT
`),
    passes: node(`*filter
:INPUT ACCEPT [0:0]
-A INPUT -d 10.96.0.1/32 -p tcp -m tcp --dport 22 -j REJECT
COMMIT
`),
  },
  'masquerade-missing': {
    means: 'packets are marked for masquerade, and nothing masquerades them',
    effect:
      'Packets whose answers must come back by this node keep their source, so that answers go another way and connections never begin.',
    remedy:
      'Bring the jump from POSTROUTING to KUBE-POSTROUTING back, and look for rules before it that accept everything, or that take the bit of the mark away.',
    fails: node(masquerade('')),
    passes: node(masquerade('-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully\n')),
  },
  'forward-policy': {
    means: "FORWARD drops by policy, and kube-proxy's chains do not let service packets through",
    effect: 'Packets for endpoints on other nodes and in pods, whose source is kept, are dropped.',
    remedy:
      'Let what forwards pods accept their packets: iptables -A FORWARD -s and -d with the prefixes of pods, or the network plugin that does so.',
    fails: node(forward('DROP', '-A FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT')),
    passes: node(forward('DROP', '-A FORWARD -s 10.244.0.0/16 -j ACCEPT')),
  },
} as const satisfies Readonly<Record<string, FindingPage>>;
