/** Three nodes, of which the first and the last have an endpoint of one Service, and what stands outside. */
export const outside = { gateway: '10.100.0.1', client: '198.51.100.7' } as const;

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
  /** A rule that somebody put before all others in FORWARD of node-3. */
  readonly firewall?: string;
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'a firewall on one node drops answers',
    config: `${kind}clusterCIDR: 10.0.0.0/16\n`,
    firewall:
      '-A FORWARD -s 10.0.3.2/32 -p tcp -m tcp --sport 8080 -m conntrack --ctstate ESTABLISHED -j DROP',
  },
  {
    name: 'a firewall on one node drops data',
    config: `${kind}clusterCIDR: 10.0.0.0/16\n`,
    firewall: '-A FORWARD -s 10.0.3.2/32 -p tcp -m tcp --tcp-flags PSH PSH -j DROP',
  },
  { name: 'a route for the cluster address, and nothing is masked', config: kind, serviceRoute: 'node-2' },
];

/** Rules with one more, before all others of FORWARD. */
export function withFirewall(rules: string, rule: string | undefined): string {
  if (rule === undefined) return rules;
  const at = rules.search(/^-A FORWARD /m);
  return `${rules.slice(0, at)}${rule}\n${rules.slice(at)}`;
}
