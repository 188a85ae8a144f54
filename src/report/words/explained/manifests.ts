import { type FindingPage, manifests } from './page.ts';

const deployment = (ports = '[{ name: http, containerPort: 8080 }]') => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web, ports: ${ports} }] }
`;

const service = (fields: string, port = '{ name: http, port: 80, targetPort: 8080 }') => `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports: [${port}]
${fields}---
${deployment()}`;

const serviceAlone = (name: string, fields: string) =>
  (service(fields).split('---\n')[0] as string).replace('{ name: web }', `{ name: ${name} }`);
const shared = `  type: LoadBalancer
  allocateLoadBalancerNodePorts: false
status: { loadBalancer: { ingress: [{ ip: 203.0.113.9 }] } }
`;

const nodes = `---
apiVersion: v1
kind: Node
metadata: { name: node-1 }
spec: { podCIDR: 10.244.1.0/24 }
status: { addresses: [{ type: InternalIP, address: 192.168.0.11 }] }
---
apiVersion: v1
kind: Node
metadata: { name: node-2 }
spec: { podCIDR: 10.244.2.0/24 }
status: { addresses: [{ type: InternalIP, address: 192.168.0.12 }] }
`;

const fine = manifests(service(''));
const balancer = (ranges: string) =>
  manifests(
    service(
      `  type: LoadBalancer\n  allocateLoadBalancerNodePorts: false\n  loadBalancerSourceRanges: ${ranges}\n`,
    ),
  );
const onEveryNode = (fields: string) =>
  manifests(`${service(fields).replace('kind: Deployment', 'kind: DaemonSet')}${nodes}`);

/** Findings about whom a Service leads to. */
export const endpointPages = {
  'selector-matches-nothing': {
    means: 'a selector that no pod has',
    effect: 'The Service has no endpoints: connections to it are refused.',
    remedy: 'Compare the selector with the labels of the pods, letter by letter, and the namespaces of both.',
    fails: manifests(service('').replace('selector: { app: web }', 'selector: { app: wbe }')),
    passes: fine,
  },
  'no-endpoints': {
    means: 'a Service without endpoints that are ready',
    effect: 'Connections to the Service are refused.',
    remedy:
      'See why its pods are not ready (kubectl describe pod); a Service without a selector needs an EndpointSlice that names it.',
    fails: manifests(service('').replace('  selector: { app: web }\n', '')),
    passes: fine,
  },
  'target-port-unknown': {
    means: 'a target port by a name that no pod has',
    effect: 'The port of the Service has no endpoints: connections to it are refused.',
    remedy: 'Name the port in a container, or correct the name.',
    fails: manifests(service('', '{ port: 80, targetPort: htpp }')),
    passes: manifests(service('', '{ port: 80, targetPort: http }')),
  },
  'port-undeclared': {
    means: 'a target port that none of the containers declares, though they declare others',
    effect:
      'If nothing listens there, pods refuse the connections. Containers need not declare their ports, so that this is a suspicion.',
    remedy: 'Correct the number, refer to the port by its name, or declare it in the container.',
    fails: manifests(service('', '{ port: 80, targetPort: 8081 }')),
    passes: fine,
  },
  'local-without-endpoint': {
    means: 'a policy Local, and a node without an endpoint, which nothing keeps clients away from',
    effect: 'What comes to the Service on such a node is dropped: clients wait in vain.',
    remedy:
      'Run a pod on each node (DaemonSet, topologySpreadConstraints), let clients call only nodes with pods, or use the policy Cluster.',
    fails: manifests(`${service('  internalTrafficPolicy: Local\n')}${nodes}`),
    passes: onEveryNode('  internalTrafficPolicy: Local\n'),
  },
  'local-relies-on-health-check': {
    means: 'a policy Local, and nodes that the load balancer must leave out',
    effect:
      'None, as long as the load balancer asks healthCheckNodePort; until it notices that the last pod of a node is gone, and if it never asks, connections are dropped.',
    remedy: 'See that the load balancer asks the health check node port.',
    fails: manifests(`${service('  type: LoadBalancer\n  externalTrafficPolicy: Local\n')}${nodes}`),
    passes: onEveryNode('  type: LoadBalancer\n  externalTrafficPolicy: Local\n'),
  },
  'families-differ': {
    means: 'addresses of a family in which nothing serves them',
    effect: 'Clients that try that family first are refused, or wait until they try the other one.',
    remedy: 'Give pods addresses of both families, or the Service those of one (ipFamilies, ipFamilyPolicy).',
    fails: manifests(
      `${service('  ipFamilyPolicy: RequireDualStack\n  ipFamilies: [IPv4, IPv6]\n  clusterIPs: [10.96.0.80, "fd00:96::80"]\n  clusterIP: 10.96.0.80\n')}${nodes}`,
    ),
    passes: manifests(`${service('')}${nodes}`),
  },
} as const satisfies Readonly<Record<string, FindingPage>>;

/** Findings about to whom a Service is open. */
export const exposurePages = {
  'node-ports-open': {
    means: 'node ports, which are open on every node',
    effect:
      'Whoever reaches an address of any node reaches the Service there, past load balancers and their source ranges.',
    remedy:
      'Restrict nodePortAddresses of kube-proxy, filter node ports before the nodes, or set allocateLoadBalancerNodePorts: false where the balancer needs none.',
    fails: manifests(service('  type: NodePort\n')),
    passes: fine,
  },
  'ranges-nobody': {
    means: 'source ranges that no client is in',
    effect: 'Every connection from outside to the load balancer is dropped.',
    remedy: 'List the prefixes that clients come from.',
    fails: balancer('[127.0.0.0/8]'),
    passes: balancer('[203.0.113.0/24]'),
  },
  'ranges-everybody': {
    means: 'source ranges that everybody is in',
    effect: 'Nobody is kept out. Before 1.34, kube-proxy writes rules that ask for all addresses.',
    remedy: 'Remove the range of all addresses, or loadBalancerSourceRanges as a whole.',
    fails: balancer('[203.0.113.0/24, 0.0.0.0/0]'),
    passes: balancer('[203.0.113.0/24]'),
  },
  'ranges-one-family': {
    means: 'source ranges of one family for a Service of both',
    effect: 'In the family without ranges everybody is admitted.',
    remedy: 'List ranges of both families.',
    fails: manifests(
      service(
        '  type: LoadBalancer\n  allocateLoadBalancerNodePorts: false\n  ipFamilyPolicy: RequireDualStack\n  ipFamilies: [IPv4, IPv6]\n  clusterIP: 10.96.0.80\n  clusterIPs: [10.96.0.80, "fd00:96::80"]\n  loadBalancerSourceRanges: [203.0.113.0/24]\n',
      ),
    ),
    passes: balancer('[203.0.113.0/24]'),
  },
  'external-ips': {
    means: 'externalIPs, which take packets for whatever addresses are named',
    effect:
      'Every node takes what its pods send to these addresses, though they may be somebody else (CVE-2020-8554). Clusters refuse such Services where the admission plugin DenyServiceExternalIPs is on.',
    remedy: 'Use type LoadBalancer, or a Gateway.',
    fails: manifests(service('  externalIPs: [198.51.100.32]\n')),
    passes: fine,
  },
  'front-shared': {
    means: 'an address and port that two Services claim',
    effect: 'One of the two gets all packets; which one may change.',
    remedy: 'Give one of them another port or address.',
    fails: manifests(`${service(shared)}---\n${serviceAlone('shop', shared)}`),
    passes: manifests(
      `${service(shared)}---\n${serviceAlone('shop', shared).replace('port: 80', 'port: 81')}`,
    ),
  },
  'affinity-behind-proxy': {
    means: 'session affinity behind a proxy, whose address all clients have',
    effect:
      'All clients of the proxy go to one endpoint, and the others idle; or the proxy calls pods itself, and nothing sticks.',
    remedy: 'Let the proxy keep sessions (cookies of an Ingress controller), and remove sessionAffinity.',
    fails: manifests(
      `${service('  sessionAffinity: ClientIP\n')}---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } }
`,
    ),
    passes: manifests(service('  sessionAffinity: ClientIP\n')),
  },
  'balancers-many': {
    means: 'a load balancer for each of several Services',
    effect: 'None; each costs, and has an address of its own.',
    remedy: 'Put one Ingress or Gateway before those that speak HTTP.',
    fails: manifests(
      ['a', 'b', 'c']
        .map((name) => serviceAlone(name, '  type: LoadBalancer\n  allocateLoadBalancerNodePorts: false\n'))
        .concat(deployment())
        .join('---\n'),
    ),
    passes: fine,
  },
  'move-changes': {
    means: 'what a move to nftables mode changes',
    effect:
      'Some packets change fate there, such as those to ports of cluster addresses that no Service has.',
    remedy: 'kubenat migrate tells them by reason, each with a packet that shows it and what to do.',
    fails: fine,
    passes: {
      files: {
        'web.yaml': service(''),
        'kube-proxy.yaml':
          'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n',
      },
      flags: ['--config', 'kube-proxy.yaml'],
    },
  },
} as const satisfies Readonly<Record<string, FindingPage>>;
