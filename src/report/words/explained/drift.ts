import type { FindingExample, FindingPage } from './page.ts';

const objects = `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: None, selector: { app: web }, ports: [{ port: 80 }] }
`;

/** What kube-proxy 1.37 writes where no Service has a cluster address, the jumps first. */
const node = `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-SERVICES - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-EXTERNAL-SERVICES - [0:0]
:KUBE-FIREWALL - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
:KUBE-SERVICES - [0:0]
-A INPUT -j KUBE-FIREWALL
-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
-A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS
-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
-A OUTPUT -j KUBE-FIREWALL
-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
`;

const against = (save: string): FindingExample => ({
  files: { 'web.yaml': objects, 'node.save': save },
  flags: ['--kube-version', '1.37', '--drift', 'web.yaml'],
});

function withoutLine(wanted: (line: string) => boolean): string {
  const lines = node.split('\n');
  return lines.toSpliced(lines.findIndex(wanted), 1).join('\n');
}

function withLinesTurned(wanted: (line: string) => boolean): string {
  const lines = node.split('\n');
  const turned = lines.filter(wanted).reverse();
  return lines.map((line) => (wanted(line) ? (turned.shift() as string) : line)).join('\n');
}

/** Findings about a node that does not have the rules which its manifests ask for. */
export const driftPages = {
  'drift-missing': {
    means: 'a rule that kube-proxy would have written, and that the node has not',
    effect:
      'As the finding says: what packets that met the rule would have done is compared with what they do now.',
    remedy: 'See what removes it; kube-proxy writes all its rules anew when it is started again.',
    fails: against(withoutLine((line) => line.startsWith('-A OUTPUT ') && line.includes('portals'))),
    passes: against(node),
  },
  'drift-foreign': {
    means: 'a rule in a chain of kube-proxy that kube-proxy would not write',
    effect: 'As the finding says. When kube-proxy writes the chain anew, the rule is gone.',
    remedy: 'Put rules of your own into chains of your own.',
    fails: against(
      node.replace('-A KUBE-MARK-MASQ', '-A KUBE-SERVICES -d 10.1.2.3/32 -j RETURN\n-A KUBE-MARK-MASQ'),
    ),
    passes: against(node),
  },
  'drift-stale': {
    means: 'rules of a service that the manifests do not have, or no longer',
    effect:
      'As the finding says: what is left may still take packets for an address that is somebody else’s now.',
    remedy: 'Look whether kube-proxy runs and sees the API server; where it does, it removes them.',
    fails: against(
      node.replace(
        '-A KUBE-MARK-MASQ',
        '-A KUBE-SERVICES -d 10.96.9.9/32 -p tcp -m comment --comment "old/gone:http" -m tcp --dport 80 -j RETURN\n-A KUBE-MARK-MASQ',
      ),
    ),
    passes: against(node),
  },
  'drift-order': {
    means: 'a chain of kube-proxy whose rules stand in another order than kube-proxy writes them',
    effect: 'As the finding says: of several rules that match, another one may be the first.',
    remedy: 'See what moves them; kube-proxy writes all its rules anew when it is started again.',
    fails: against(withLinesTurned((line) => line.startsWith('-A KUBE-FORWARD '))),
    passes: against(node),
  },
} as const satisfies Readonly<Record<string, FindingPage>>;
