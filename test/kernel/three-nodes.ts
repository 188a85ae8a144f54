import fc from 'fast-check';
import { type Family, formatAddress, parseAddress } from '../../src/address/address.ts';

/** Three nodes, of which the first and the last have an endpoint of one Service, and what stands outside. */
export const outside = { gateway: '10.100.0.1', client: '198.51.100.7' } as const;

/** What stands here for IPv4, in either family: 10.0.3.2 becomes fd00:10:0:3::2. */
export function inFamily(text: string, family: Family): string {
  if (family === 'ipv4') return text;
  return text
    .replaceAll(/(\d+)\.(\d+)\.(\d+)\.(\d+)(:\d+)?(\/\d+)?/g, (_all, a, b, c, d, port, length) => {
      const address = parseAddress(`fd00:${a}:${b}:${c}::${d === '0' ? '' : d}`) as bigint;
      const end = port ? `[${formatAddress(address)}]${port}` : formatAddress(address);
      return `${end}${length ? lengths[length] : ''}`;
    })
    .replaceAll('addressType: IPv4', 'addressType: IPv6')
    .replaceAll('icmp-port-unreachable', 'icmp6-port-unreachable');
}

const lengths: Readonly<Record<string, string>> = { '/16': '/48', '/24': '/64', '/32': '/128' };

export const nodeAddresses: Readonly<Record<string, string>> = {
  'node-1': '10.100.0.2',
  'node-2': '10.100.0.3',
  'node-3': '10.100.0.4',
};

export const servers = [
  { node: 'node-1', address: '10.0.1.2', port: 8080 },
  { node: 'node-3', address: '10.0.3.2', port: 8080 },
] as const;

const nodes = Object.entries(nodeAddresses).map(
  ([name, address], index) => `apiVersion: v1
kind: Node
metadata: {name: ${name}}
spec: {podCIDR: 10.0.${index + 1}.0/24}
status: {addresses: [{type: InternalIP, address: ${address}}]}
---
`,
);

export const cluster = `${nodes.join('')}apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  ports: [{port: 80, targetPort: 8080, nodePort: 32213}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints:
${servers.map(({ node, address }) => `- {addresses: [${address}], nodeName: ${node}, conditions: {ready: true}}`).join('\n')}
ports: [{port: 8080, protocol: TCP}]
`;

const kind = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';

export interface Scenario {
  readonly name: string;
  readonly config: string;
  /** The node to which the network outside hands what is for the cluster address. */
  readonly serviceRoute?: string;
  /** Rules that somebody put before all others of their chains in filter, or after `-t mangle` in that table, by node. */
  readonly firewall?: Readonly<Record<string, readonly string[]>>;
  /** Its calls hear of ICMP errors, which the kernel limits for the machine as a whole: whether they come is chance where others run. */
  readonly isLimited?: true;
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'a firewall on one node drops answers',
    config: `${kind}clusterCIDR: 10.0.0.0/16\n`,
    firewall: {
      'node-3': [
        '-A FORWARD -s 10.0.3.2/32 -p tcp -m tcp --sport 8080 -m conntrack --ctstate ESTABLISHED -j DROP',
      ],
    },
  },
  {
    name: 'a firewall on one node drops data',
    config: `${kind}clusterCIDR: 10.0.0.0/16\n`,
    firewall: { 'node-3': ['-A FORWARD -s 10.0.3.2/32 -p tcp -m tcp --tcp-flags PSH PSH -j DROP'] },
  },
  { name: 'a route for the cluster address, and nothing is masked', config: kind, serviceRoute: 'node-2' },
  {
    name: 'one node rejects, and another one drops its resets',
    config: `${kind}clusterCIDR: 10.0.0.0/16\n`,
    firewall: {
      'node-2': ['-A FORWARD -s 10.0.3.2/32 -p tcp -m conntrack --ctstate DNAT -j DROP'],
      'node-3': ['-A FORWARD -p tcp -m conntrack --ctstate NEW -j REJECT --reject-with tcp-reset'],
    },
  },
  {
    name: 'the node of a pod resets its calls of one endpoint',
    config: `${kind}clusterCIDR: 10.0.0.0/16\n`,
    firewall: {
      'node-2': [
        '-A FORWARD -d 10.0.3.2/32 -p tcp -m conntrack --ctstate NEW -j REJECT --reject-with tcp-reset',
      ],
    },
  },
  {
    name: 'one node leaves its packets no hop for the next one, which does not tell',
    config: `${kind}clusterCIDR: 10.0.0.0/16\n`,
    firewall: {
      'node-2': ['-t mangle -A POSTROUTING -d 10.0.3.2/32 -j TTL --ttl-set 1'],
      'node-3': ['-A OUTPUT -p icmp -j DROP'],
    },
  },
  {
    name: 'one node writes a class into its packets that the next one drops',
    config: `${kind}clusterCIDR: 10.0.0.0/16\n`,
    firewall: {
      'node-2': ['-t mangle -A POSTROUTING -d 10.0.3.2/32 -j DSCP --set-dscp 0x01'],
      'node-3': ['-t mangle -A PREROUTING -d 10.0.3.2/32 -m dscp --dscp 0x01 -j DROP'],
    },
  },
  {
    name: 'one node rejects what is open with errors',
    config: `${kind}clusterCIDR: 10.0.0.0/16\n`,
    firewall: {
      'node-3': ['-A FORWARD -d 10.0.3.2/32 -p tcp -m conntrack --ctstate ESTABLISHED -j REJECT'],
    },
  },
  {
    name: 'one node rejects, and another one drops its errors to the outside',
    isLimited: true,
    config: `${kind}clusterCIDR: 10.0.0.0/16\n`,
    firewall: {
      'node-2': [`-A FORWARD -d ${outside.client}/32 -p icmp -m conntrack --ctstate RELATED -j DROP`],
      'node-3': [
        '-A FORWARD -p tcp -m conntrack --ctstate NEW -j REJECT --reject-with icmp-port-unreachable',
      ],
    },
  },
];

const ofMangle = '-t mangle ';

/** Rules with more of filter, each before all others of its chain, or of mangle. */
export function withFirewall(rules: string, more: readonly string[] = []): string {
  const mangled = more.filter((rule) => rule.startsWith(ofMangle)).map((rule) => rule.slice(ofMangle.length));
  const others = more.filter((rule) => !rule.startsWith(ofMangle));
  const all = withFilter(rules, others);
  if (mangled.length === 0) return all;
  const own = `*mangle\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n${mangled.join('\n')}\nCOMMIT\n`;
  return `${all.replace(/^\*mangle\n[\s\S]*?^COMMIT\n/m, '')}${own}`;
}

function withFilter(rules: string, more: readonly string[]): string {
  return more.reduce((text, rule) => {
    const chain = / (\S+)/.exec(rule)?.[1] as string;
    const table = text.indexOf('*filter\n');
    const first = text.indexOf(`\n-A ${chain} `, table) + 1;
    const end = text.indexOf('COMMIT', table);
    const at = first > 0 && first < end ? first : end;
    return `${text.slice(0, at)}${rule}\n${text.slice(at)}`;
  }, rules);
}

/** A rule of a firewall in both languages; `{}` stands for the chain. */
interface Rule {
  readonly chain: string;
  readonly iptables: string;
  readonly nft: string;
}

const verdicts = [
  ['DROP', 'drop'],
  ['DROP', 'drop'],
  ['ACCEPT', 'accept'],
  ['REJECT --reject-with tcp-reset', 'reject with tcp reset'],
  ['REJECT --reject-with icmp-port-unreachable', 'reject'],
] as const;
const ends = [
  ['', ''],
  ['-s 10.0.3.2/32 ', 'IP saddr 10.0.3.2 '],
  ['-d 10.0.3.2/32 ', 'IP daddr 10.0.3.2 '],
  ['-s 10.0.2.9/32 ', 'IP saddr 10.0.2.9 '],
  [`-s ${outside.client}/32 `, `IP saddr ${outside.client} `],
  [`-d ${outside.client}/32 `, `IP daddr ${outside.client} `],
] as const;
const what = [
  ['-m tcp --dport 8080', 'tcp dport 8080'],
  ['-m tcp --sport 8080', 'tcp sport 8080'],
  ['-m tcp --tcp-flags SYN,ACK SYN,ACK', 'tcp flags syn,ack / syn,ack'],
  ['-m tcp --tcp-flags SYN,ACK SYN', 'tcp flags syn / syn,ack'],
  ['-m tcp --tcp-flags SYN,ACK ACK', 'tcp flags ack / syn,ack'],
  ['-m tcp --tcp-flags PSH PSH', 'tcp flags & psh == psh'],
  ['-m conntrack --ctstate INVALID', 'ct state invalid'],
  ['-m conntrack --ctstate NEW', 'ct state new'],
  ['-m conntrack --ctstate ESTABLISHED', 'ct state established'],
  ['-m conntrack --ctdir REPLY', 'ct direction reply'],
  ['-m conntrack --ctstate DNAT', 'ct status dnat'],
  ['-m conntrack --ctorigdst 10.96.0.10', 'ct original IP daddr 10.96.0.10'],
  ['-m mark --mark 0x4000/0x4000', 'meta mark & 0x4000 == 0x4000'],
] as const;

const firewallRule = fc
  .tuple(
    fc.constantFrom('FORWARD', 'FORWARD', 'FORWARD', 'INPUT', 'OUTPUT'),
    fc.constantFrom(...ends),
    fc.constantFrom(...what),
    fc.constantFrom(...verdicts),
  )
  .map(
    ([chain, end, matches, verdict]): Rule => ({
      chain,
      iptables: `-A ${chain} ${end[0]}-p tcp ${matches[0]} -j ${verdict[0]}`,
      nft: `meta l4proto tcp ${end[1]}${matches[1]} ${verdict[1]}`,
    }),
  );

const firewallOf = fc.array(firewallRule, { maxLength: 2 });

/** A ruleset of nft with a firewall of its own, whose chains come before all others of their hooks. */
function withNftFirewall(rules: string, own: readonly Rule[], family: Family): string {
  const ip = family === 'ipv4' ? 'ip' : 'ip6';
  const chains = ['FORWARD', 'INPUT', 'OUTPUT'].map((chain) => {
    const name = chain.toLowerCase();
    const lines = own
      .filter((rule) => rule.chain === chain)
      .map(({ nft }) => `\t\t${nft.replaceAll('IP', ip)}\n`);
    // The first of a chain of iptables is what was inserted last.
    const body = lines.reverse().join('');
    return `\tchain ${name} {\n\t\ttype filter hook ${name} priority -20; policy accept;\n${body}\t}\n`;
  });
  return `${rules}table ${ip} firewall {\n${chains.join('')}}\n`;
}

/** In which of the languages and families a scenario is told. */
export interface Setting {
  readonly family: Family;
  readonly mode: 'iptables' | 'nftables';
}

export const settings: readonly Setting[] = (['iptables', 'nftables'] as const).flatMap((mode) =>
  (['ipv6', 'ipv4'] as const).map((family) => ({ family, mode })),
);

/** What somebody might have done to such a cluster: rules on each node, routes, and whether pods' addresses are known. */
export const anyScenario: fc.Arbitrary<Omit<Scenario, 'name' | 'firewall'> & { readonly own: Own }> = fc
  .record({
    config: fc.constantFrom(kind, `${kind}clusterCIDR: 10.0.0.0/16\n`),
    serviceRoute: fc.constantFrom(undefined, 'node-1', 'node-2', 'node-3'),
    own: fc.record({ 'node-1': firewallOf, 'node-2': firewallOf, 'node-3': firewallOf }),
  })
  .map(({ serviceRoute, ...rest }) => ({ ...rest, ...(serviceRoute && { serviceRoute }) }));

type Own = Readonly<Record<string, readonly Rule[]>>;

/** What kube-proxy installed on a node, and what somebody added. */
export function rulesOf(compiled: string, node: string, scenario: Told, setting: Setting): string {
  const own = scenario.own?.[node] ?? [];
  const told = (text: string) => inFamily(text, setting.family);
  if (setting.mode === 'nftables') return told(withNftFirewall(compiled, own, setting.family));
  return told(
    withFirewall(compiled, [...(scenario.firewall?.[node] ?? []), ...own.map(({ iptables }) => iptables)]),
  );
}

/** A scenario with rules in iptables' language, or in both. */
export interface Told extends Scenario {
  readonly own?: Own;
}
