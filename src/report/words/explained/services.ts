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

const filtering = (rule: string) => `*filter
:FORWARD ACCEPT [0:0]
${rule}
COMMIT
`;

/** A service without endpoints, so that none is cut off, and what KUBE-FORWARD does to all. */
const others = (rule: string) => `*filter
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-FORWARD - [0:0]
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
${rule}
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
COMMIT
`;

const forward = (policy: string, rule: string) => `*filter
:FORWARD ${policy} [0:0]
${rule}
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-SERVICES - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
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

const proxysMasquerade = (more: string) => `*nat
:POSTROUTING ACCEPT [0:0]
:KUBE-POSTROUTING - [0:0]
-A POSTROUTING -j KUBE-POSTROUTING
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MASQUERADE${more}
COMMIT
`;

const left = (chain: string) =>
  service('-A PREROUTING -j KUBE-SERVICES', '-A OUTPUT -j KUBE-SERVICES').replace(
    ':KUBE-SEP',
    `${chain}:KUBE-SEP`,
  );

const addresses = (known: string) =>
  tied('dstnat + 5').replace(
    '\tmap service-ips',
    `\tset cluster-ips {\n\t\ttype ipv4_addr\n\t\telements = { ${known} }\n\t}\n\n\tmap service-ips`,
  );

/** kube-proxy's nftables mode beside a program that takes one of its addresses. */
const tied = (priority: string) => `table ip kube-proxy {
\tmap service-ips {
\t\ttype ipv4_addr . inet_proto . inet_service : verdict
\t\telements = { 10.96.0.1 . tcp . 80 : goto service-AAAAAAAA-a/b/tcp/http }
\t}

\tchain nat-prerouting {
\t\ttype nat hook prerouting priority dstnat; policy accept;
\t\tjump services
\t}

\tchain nat-output {
\t\ttype nat hook output priority -100; policy accept;
\t\tjump services
\t}

\tchain services {
\t\tip daddr . meta l4proto . th dport vmap @service-ips
\t}

\tchain nat-postrouting {
\t\ttype nat hook postrouting priority srcnat; policy accept;
\t\tct status dnat masquerade fully-random
\t}

\tchain service-AAAAAAAA-a/b/tcp/http {
\t\tmeta l4proto tcp dnat to 10.244.1.5:8080
\t}
}
table ip mine {
\tchain ports {
\t\ttype nat hook prerouting priority ${priority}; policy accept;
\t\tip daddr 10.96.0.1 tcp dport 80 dnat to 192.0.2.99:80
\t}
}
`;

/** Names as kube-proxy makes them, of `a/b:http` and 10.244.1.5:8080. */
const hashed = (endpoint: string) => `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-SEP-JAI3YVKU2CAW34GN - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-EXVEXQSHHGEA6PCZ - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A OUTPUT -j KUBE-SERVICES
-A KUBE-SEP-JAI3YVKU2CAW34GN -p tcp -m comment --comment "a/b:http" -m tcp -j DNAT --to-destination ${endpoint}
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "a/b:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-EXVEXQSHHGEA6PCZ
-A KUBE-SVC-EXVEXQSHHGEA6PCZ -m comment --comment "a/b:http -> 10.244.1.5:8080" -j KUBE-SEP-JAI3YVKU2CAW34GN
COMMIT
`;

/** Three endpoints, of which the second one gets a share as it is given. */
const shared = (second: string) => `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-SEP-AAAAAAAAAAAAAAAA - [0:0]
:KUBE-SEP-BBBBBBBBBBBBBBBB - [0:0]
:KUBE-SEP-CCCCCCCCCCCCCCCC - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A OUTPUT -j KUBE-SERVICES
-A KUBE-SEP-AAAAAAAAAAAAAAAA -p tcp -m tcp -j DNAT --to-destination 10.244.1.5:8080
-A KUBE-SEP-BBBBBBBBBBBBBBBB -p tcp -m tcp -j DNAT --to-destination 10.244.1.6:8080
-A KUBE-SEP-CCCCCCCCCCCCCCCC -p tcp -m tcp -j DNAT --to-destination 10.244.1.7:8080
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "a/b:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-AAAAAAAAAAAAAAAA
-A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "a/b:http -> 10.244.1.5:8080" -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-AAAAAAAAAAAAAAAA
-A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "a/b:http -> 10.244.1.6:8080" -m statistic --mode random --probability ${second} -j KUBE-SEP-BBBBBBBBBBBBBBBB
-A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "a/b:http -> 10.244.1.7:8080" -j KUBE-SEP-CCCCCCCCCCCCCCCC
COMMIT
`;

/** One endpoint that remembers its clients; `back`: what leads them to it again. */
const sticky = (back: string) => `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-SEP-JAI3YVKU2CAW34GN - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A OUTPUT -j KUBE-SERVICES
-A KUBE-SEP-JAI3YVKU2CAW34GN -p tcp -m recent --set --name KUBE-SEP-JAI3YVKU2CAW34GN --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.244.1.5:8080
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "a/b:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-AAAAAAAAAAAAAAAA
${back}-A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "a/b:http -> 10.244.1.5:8080" -j KUBE-SEP-JAI3YVKU2CAW34GN
COMMIT
`;

const balancer = (lines: readonly string[]) => `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-EXT-AAAAAAAAAAAAAAAA - [0:0]
:KUBE-FW-AAAAAAAAAAAAAAAA - [0:0]
:KUBE-SEP-AAAAAAAAAAAAAAAA - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVL-AAAAAAAAAAAAAAAA - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A OUTPUT -j KUBE-SERVICES
-A KUBE-EXT-AAAAAAAAAAAAAAAA -j KUBE-SVL-AAAAAAAAAAAAAAAA
-A KUBE-FW-AAAAAAAAAAAAAAAA -s 198.51.100.0/24 -m comment --comment "a/b:http loadbalancer IP" -j KUBE-EXT-AAAAAAAAAAAAAAAA
-A KUBE-SEP-AAAAAAAAAAAAAAAA -p tcp -m comment --comment "a/b:http" -m tcp -j DNAT --to-destination 10.244.1.5:8080
-A KUBE-SVL-AAAAAAAAAAAAAAAA -m comment --comment "a/b:http -> 10.244.1.5:8080" -j KUBE-SEP-AAAAAAAAAAAAAAAA
${lines.map((line) => `${line}\n`).join('')}COMMIT
`;

const fromBalancer = (chain: string) =>
  `-A KUBE-SERVICES -d 203.0.113.9/32 -p tcp -m comment --comment "a/b:http loadbalancer IP" -m tcp --dport 80 -j ${chain}-AAAAAAAAAAAAAAAA`;

const health = (...before: readonly string[]) => `*filter
:INPUT ACCEPT [0:0]
:KUBE-NODEPORTS - [0:0]
${before.map((line) => `${line}\n`).join('')}-A INPUT -j KUBE-NODEPORTS
-A KUBE-NODEPORTS -p tcp -m comment --comment "a/b:http health check node port" -m tcp --dport 31234 -j ACCEPT
COMMIT
`;

const throttling = (rule: string) => `*filter
:FORWARD ACCEPT [0:0]
-A FORWARD ${rule}
COMMIT
${service('-A PREROUTING -j KUBE-SERVICES', '-A OUTPUT -j KUBE-SERVICES')}`;

/** Rules that mark packets by chance, each by a bit of its own. */
const dice = (rules: number): string =>
  Array.from({ length: rules }, (_, at) => {
    const bit = `0x${(1 << (at + 16)).toString(16)}`;
    return `-m statistic --mode random --probability 0.5 -j MARK --set-xmark ${bit}/${bit}`;
  }).join('\n-A FORWARD ');

const elsewhere = (chain: string) => `*filter
:FORWARD ACCEPT [0:0]
:${chain} - [0:0]
-A FORWARD -m conntrack --ctstate NEW -j ${chain}
-A ${chain} -d 10.96.0.1/32 -p tcp -m comment --comment "a/b:http has no local endpoints" -m tcp --dport 80 -j DROP
COMMIT
`;

const withSet = (set: string) => tied('dstnat + 5').replace('\tmap service-ips', `${set}\tmap service-ips`);

const guarded = (elements: string) => withSet(`\tset cluster-ips {\n\t\ttype ipv4_addr\n${elements}\t}\n\n`);

const hairpins = (elements: string) =>
  withSet(
    `\tset hairpin-connections {\n\t\ttype ipv4_addr . ipv4_addr . inet_proto . inet_service\n${elements}\t}\n\n`,
  ).replace(
    '\t\tct status dnat masquerade fully-random',
    '\t\tct status dnat ip saddr . ip daddr . meta l4proto . th dport @hairpin-connections masquerade fully-random',
  );

const refusing = (jumps: string) =>
  node(`*nat
:PREROUTING ACCEPT [0:0]
COMMIT
*filter
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
${jumps}# kubenat-ignore service-rejects: it is scaled down
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "a/b:http has no endpoints" -m tcp --dport 80 -j REJECT
COMMIT
`);

/** Findings about what a service gets. */
export const servicePages = {
  'cut-off': {
    means: 'packets for a service that do not come to an endpoint, or whose answers do not come back',
    effect:
      'A connection was followed from a place that should reach the service, through all rules of the node, and one of its packets or of the answers was dropped, rejected, or left as it was; the finding names the rule, and the share of the packets where chance decides.',
    remedy:
      "See the rule that is named. Where it is nobody's, remove it; where a jump to kube-proxy's chains is missing, kube-proxy writes it again when it starts.",
    fails: node(service('-A OUTPUT -j KUBE-SERVICES')),
    passes: node(service('-A PREROUTING -j KUBE-SERVICES', '-A OUTPUT -j KUBE-SERVICES')),
  },
  'errors-lost': {
    means: 'connections to a service about whose packets ICMP errors are lost',
    effect:
      'Connections come about, and small packets pass. A packet that is too large for a link on the way is answered by an ICMP error there, which belongs to the connection (RELATED) and is dropped here: whoever sent the packet sends it again and again, and the transfer hangs (path MTU discovery). Of UDP the errors that nobody listens are lost, too.',
    remedy:
      'Let a rule accept -m conntrack --ctstate RELATED (of nft: ct state related accept) before the one that is named.',
    fails: node(
      service('-A PREROUTING -j KUBE-SERVICES', '-A OUTPUT -j KUBE-SERVICES') +
        filtering('-A FORWARD -m conntrack --ctstate RELATED -j DROP'),
    ),
    passes: node(
      service('-A PREROUTING -j KUBE-SERVICES', '-A OUTPUT -j KUBE-SERVICES') +
        filtering('-A FORWARD -m conntrack --ctstate RELATED -j ACCEPT'),
    ),
  },
  'wrong-endpoint': {
    means: "an endpoint's chain that leads to another address than it was made for",
    effect:
      "Clients of the service are answered by a stranger, or by nobody: the chain's name is a hash of the endpoint, and is not that of the address in its rule.",
    remedy:
      'Remove the rule that somebody changed, and let kube-proxy write its rules anew, as it does when it is started again.',
    fails: node(hashed('10.244.1.9:8080')),
    passes: node(hashed('10.244.1.5:8080')),
  },
  'uneven-shares': {
    means: "a service's chain that does not give its endpoints equal shares",
    effect:
      'Each rule is asked only by what those before it left, so that chances that look alike give uneven shares: of three endpoints with 1/3, 1/3 and the rest, the last gets 44 % and the second 22 %. Where a rule for an endpoint is gone, the others share unevenly, too. An endpoint whose own chain translates none of the packets gets nothing: they go on to the next one. So does one whose rule leads to the chain of another endpoint, which then gets both shares.',
    remedy:
      'Let kube-proxy write its rules anew, as it does when it is started again: of n endpoints it gives 1/n, 1/(n-1) … 1/2, and the rest.',
    fails: node(shared('0.33333333349')),
    passes: node(shared('0.50000000000')),
  },
  'affinity-lost': {
    means: "a service's chain with session affinity that does not lead clients back to their endpoint",
    effect:
      "An endpoint's chain puts its clients on a list, and the service's chain leads those of the list to it before chance decides. Without one of these rules a client may come to another endpoint with each connection.",
    remedy: 'Let kube-proxy write its rules anew, as it does when it is started again.',
    fails: node(sticky('')),
    passes: node(
      sticky(
        '-A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "a/b:http -> 10.244.1.5:8080" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-JAI3YVKU2CAW34GN --mask 255.255.255.255 --rsource -j KUBE-SEP-JAI3YVKU2CAW34GN\n',
      ),
    ),
  },
  'source-lost': {
    means:
      "a service whose endpoints do not see the client's address, though it is kept: of pods, and where the external policy is Local",
    effect:
      'Something else than kube-proxy masquerades these packets: logs, limits, network policies and rules by source see an address of the node.',
    remedy: 'Let the rule that masquerades leave out what goes to pods.',
    fails: node(
      balancer([fromBalancer('KUBE-FW'), '-A POSTROUTING -j MASQUERADE']).replace(
        ':OUTPUT',
        ':POSTROUTING ACCEPT [0:0]\n:OUTPUT',
      ),
    ),
    passes: node(
      balancer([fromBalancer('KUBE-FW'), '-A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE']).replace(
        ':OUTPUT',
        ':POSTROUTING ACCEPT [0:0]\n:OUTPUT',
      ),
    ),
  },
  'range-open': {
    means: 'a load balancer whose source ranges do not keep others away',
    effect: 'A client that loadBalancerSourceRanges does not admit comes to an endpoint.',
    remedy:
      "Look for a rule before that of the service's firewall chain (KUBE-FW) which leads to its endpoints.",
    fails: node(
      balancer([fromBalancer('KUBE-EXT').replace('-p tcp', '-i eth0 -p tcp'), fromBalancer('KUBE-FW')]),
    ),
    passes: node(balancer([fromBalancer('KUBE-FW')])),
  },
  throttled: {
    means: 'a rate, a quota or a count that decides whether connections to a service come about',
    effect:
      'As long as few ask, all is well; when the rate or the count is reached, further connections are dropped or rejected, whoever they are for. A rule that only logs, or after which both ways lead to the same end, is not told.',
    remedy:
      'Where the limit is meant, silence the finding with that reason. Where it is meant for the node itself, let the rule stand in INPUT, or leave out what goes to pods.',
    fails: node(
      throttling('-p tcp -m connlimit --connlimit-above 20 --connlimit-mask 32 --connlimit-saddr -j DROP'),
    ),
    passes: node(throttling('-p tcp -m limit --limit 10/sec -j LOG')),
  },
  'ways-left': {
    means: 'a service of which packets go more ways by chance than are followed',
    effect:
      'None by itself: what becomes of the packets was not looked at, so that this way to the service is neither found sound nor broken.',
    remedy:
      'See by kubenat trace what becomes of one packet. Where rules of others throw dice before those of kube-proxy, put them into a chain that only some packets come to.',
    fails: node(throttling(dice(10))),
    passes: node(throttling(dice(2))),
  },
  'local-elsewhere': {
    means: 'a service of internal policy Local that has no endpoint on this node',
    effect:
      'What pods of this node send to the service is dropped, as the policy demands; pods of nodes with an endpoint are served.',
    remedy:
      'None, where an endpoint stands on each node that asks (a DaemonSet); else let the policy be Cluster.',
    fails: node(elsewhere('KUBE-SERVICES')),
    passes: node(elsewhere('KUBE-EXTERNAL-SERVICES')),
  },
  'ports-unrefused': {
    means: "a service's address that kube-proxy does not know as one of its cluster IPs (nftables mode)",
    effect:
      "Its own ports are served. What is sent to others is not rejected, but goes on as if it were any host's: clients wait until they give up.",
    remedy: 'Let kube-proxy write its table anew, as it does when it is started again.',
    fails: { files: { 'node.nft': guarded('') } },
    passes: { files: { 'node.nft': guarded('\t\telements = { 10.96.0.1 }\n') } },
  },
  unrefused: {
    means: 'a service without endpoints that kube-proxy refuses, by a rule that packets do not come to',
    effect:
      'Clients are to be refused at once. Here their packets go on as if they were for any host, and clients wait until they give up.',
    remedy:
      "Look for the jump to the rule's chain, and for what accepts packets before it. kube-proxy writes its jumps anew when it is started again.",
    fails: refusing('-A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES\n'),
    passes: refusing(
      '-A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES\n-A OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES\n',
    ),
  },
  'others-dropped': {
    means: "a rule or policy of kube-proxy's that drops what is for no service",
    effect:
      'Packets that no service is asked by are lost as well: pods or the node do not come out, or nobody outside comes to the node. kube-proxy drops nothing but what is for services without endpoints, from outside of source ranges, to 127.0.0.0/8 from elsewhere, or of no connection.',
    remedy: 'Let kube-proxy write its rules anew, as it does when it is started again.',
    fails: node(others('-A KUBE-FORWARD -m conntrack ! --ctstate INVALID -j DROP')),
    passes: node(others('-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP')),
  },
  'hairpins-none': {
    means:
      'no endpoint of this node is known to kube-proxy, where something else than the rules would have to say that there is none (nftables mode)',
    effect:
      'An endpoint that asks its own service comes to itself, and is not masqueraded: it answers itself past the node, and the connection hangs. Where no endpoint is a pod of this node, there is nothing to masquerade.',
    remedy:
      'Say by --host which pods are of the node: then it is told whom it cuts off, or nothing. If it does, let kube-proxy write its table anew.',
    fails: { files: { 'node.nft': hairpins('') } },
    passes: {
      files: { 'node.nft': hairpins('\t\telements = { 10.244.1.5 . 10.244.1.5 . tcp . 8080 }\n') },
    },
  },
  undecided: {
    means: 'a rule that decides about connections to a service by what is not known here',
    effect:
      'The time of day, how long packets are or how many there were, from which device they come (MAC), what a program says to which packets are given (NFQUEUE), or whether a proxy listens (TPROXY) decides whether clients come to an endpoint. Where nobody listens, all is lost.',
    remedy:
      'Where it is meant, silence the finding with that reason. Else remove the rule, or let it leave out what goes to services.',
    fails: node(throttling('-p tcp -m time --timestart 22:00 --timestop 06:00 -j DROP')),
    passes: node(throttling('-p tcp -m time --timestart 22:00 --timestop 06:00 -j ACCEPT')),
  },
  'health-check-closed': {
    means: 'a health check node port that cannot be asked from outside',
    effect:
      'Load balancers hold the node for unable to serve, and send it no packets, though it has endpoints.',
    remedy: 'Let packets for the port reach KUBE-NODEPORTS in the table filter, before what drops them.',
    fails: node(health('-A INPUT -p tcp -m tcp --dport 30000:32767 -j DROP')),
    passes: node(health('-A INPUT -p tcp -m tcp --dport 22 -j DROP')),
  },
  'service-rejects': {
    means: 'a service whose packets are rejected or dropped',
    effect:
      'kube-proxy itself refuses the service on this node: it has no endpoints, or none on this node where its internal traffic policy is Local. Clients are refused, or wait in vain. That clients outside find none here, where the external policy is Local, is no finding: load balancers leave such nodes out.',
    remedy:
      'Look for pods that the selector finds and that are ready (kubectl get endpointslices). With the internal policy Local, keep clients away from nodes without pods, or run one on each.',
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
  'order-decides': {
    means: 'a service that is cut off or not by which of two chains of one hook and priority was made last',
    effect:
      'The kernel asks the one first that was made last, and nothing that is listed tells which that was: after a restart of either program it may be the other.',
    remedy: 'Give one of the chains another priority.',
    fails: { files: { 'node.nft': tied('dstnat') } },
    passes: { files: { 'node.nft': tied('dstnat + 5') } },
  },
  'address-lost': {
    means: 'a cluster IP that kube-proxy knows (nftables mode), and for which its maps have no port',
    effect: 'What is sent to it is given to no endpoint, and refused.',
    remedy: 'See what removed the elements; kube-proxy writes all of them anew when it is started again.',
    fails: { files: { 'node.nft': addresses('10.96.0.9, 10.96.0.1') } },
    passes: { files: { 'node.nft': addresses('10.96.0.1') } },
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
  'mark-shared': {
    means: "a rule of somebody else that sets kube-proxy's mark for masquerade",
    effect: 'What it marks for a purpose of its own leaves with an address of the node.',
    remedy:
      'Give one of them another bit: masqueradeBit in the configuration of kube-proxy, or the mark of the other program.',
    fails: node(
      masquerade(
        '-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully\n-A PREROUTING -p tcp -m tcp --dport 22 -j MARK --set-xmark 0x4000/0x4000\n',
      ),
    ),
    passes: node(
      masquerade(
        '-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully\n-A PREROUTING -p tcp -m tcp --dport 22 -j MARK --set-xmark 0x1000/0x1000\n',
      ),
    ),
  },
  'ports-predictable': {
    means: "kube-proxy's masquerade without --random-fully",
    effect:
      'Where many connections to one endpoint begin at once, some of their first packets are dropped, and are sent again after a second.',
    remedy: 'Use an iptables of 1.6.2 or newer on the node, which kube-proxy then asks for random ports.',
    fails: node(proxysMasquerade('')),
    passes: node(proxysMasquerade(' --random-fully')),
  },
  'mode-left': {
    means: 'rules of kube-proxy by two modes, or by both back ends of iptables, on one node',
    effect: 'Packets may be translated, marked, accepted or dropped by what nobody keeps up any more.',
    remedy:
      'Run kube-proxy --cleanup on the node, or start the node again, and let kube-proxy write its rules anew.',
    fails: node(left(':KUBE-LOAD-BALANCER - [0:0]\n')),
    passes: node(left('')),
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
