import { formatAddress } from '../../../address/address.ts';
import { sayFilled } from '../../../kube/cluster/filled.ts';
import type { PathWords } from '../paths.ts';

const className = (name: string | null) => name ?? '(none)';
export const pathWords: PathWords = {
  ends: {
    client: () => 'the client',
    balancer: () => 'the load balancer',
    controller: () => 'the controller',
    endpoint: () => 'an endpoint',
    pod: () => 'a pod',
    node: () => 'a node',
    'balancer-of': ({ service }) => `the load balancer of ${service}`,
    'address-of': ({ service }) => `the address of ${service}`,
    address: (end) => formatAddress(end.address),
  },
  stops: {
    'no-backend': () => 'no backend is named',
    'service-missing': ({ service }) => `there is no service ${service}`,
    'service-port-missing': ({ service, port }) => `service ${service} has no port ${port}`,
    'not-a-service': ({ resource }) => `${resource} is no Service and is not followed`,
    'no-rule': ({ host, path }) =>
      `no rule takes ${host}${path} and the Ingress has no default backend: the controller's own answers, with 404`,
    'not-listening': ({ port }) =>
      `the load balancer of an Ingress listens at 80 and 443 only, not at ${port}`,
    'no-certificate': () =>
      'there is no certificate (tls), so the cloud makes no HTTPS forwarding rule: nothing listens at 443',
    'http-off': () => 'kubernetes.io/ingress.allow-http is false: nothing listens at 80',
    'controller-unknown': (stop) =>
      `which Service leads to the controller of class ${className(stop.className)} is not known: none among the files has its name`,
    'controller-port': ({ service, port }) => `the controller's Service ${service} has no port ${port}`,
    'controller-address': ({ service, host }) =>
      `the controller's Service ${service} has no load balancer's address, so ${host} leads nowhere that is known`,
    'controller-not-reached': () => 'the first connection does not come to the controller',
    'no-ready-endpoint': ({ service, controller }) =>
      `no endpoint of ${service} is ready${controller ? ': the controller answers with 503' : ''}`,
    'no-node-port': ({ service, port }) =>
      `the load balancer calls node ports, and ${service} has none for port ${port}`,
    'no-healthy-target': () => 'no node passes the health check, so the load balancer answers with 502',
    'no-pod-reached': () => 'no connection reaches a pod',
    'pod-untold': () => 'it is not known whether a connection reaches a pod',
  },
  clientNotes: {
    'source-replaced': ({ some, keeps }) =>
      `${some ? 'on some ways ' : ''}its address is replaced, and nothing adds a header, as no HTTP is understood on the way${keeps ? '; externalTrafficPolicy: Local would keep it' : ''}`,
    'controller-names-client': () => 'the controller saw the client itself and names it',
    'proxy-protocol': () =>
      'the load balancer names the client to the controller in the PROXY protocol, and the controller to the pod',
    'controller-sees': ({ some, addresses, service }) =>
      `${some ? 'on some ways ' : ''}the controller itself sees ${addresses.map(formatAddress).join(', ')} and names that in X-Forwarded-For; ${service === null ? 'the PROXY protocol between them' : `externalTrafficPolicy: Local on ${service}`} would help`,
    'balancer-calls': () =>
      "the load balancer makes the second connection, so no packet that the pod sees has the client's address",
  },
  notes: {
    'balancer-by-name': (note) =>
      `the load balancer is known as ${note.name}; it is taken to make connections of its own to node ports, and ${formatAddress(note.address)} stands for its address`,
    'tls-carried': () =>
      'a Service carries TLS but does not end it: the pods need the certificate themselves',
    'paths-alike': ({ path }) =>
      `a Service does not look at hosts and paths: every path leads to the same pods (an Ingress would tell ${path} apart)`,
    'class-unknown': (note) =>
      `class ${className(note.className)} is not known here: ImplementationSpecific paths are taken for prefixes`,
    'http-redirected': () =>
      'the controller answers HTTP with a redirect to HTTPS, unless ssl-redirect is off',
    'own-certificate': () =>
      'no secret serves this host: the controller shows a certificate of its own, which clients refuse',
    'controller-by-name': ({ service }) => `the controller's Service is ${service}, by its name`,
    'cloud-front-ends': (note) =>
      `the cloud's front ends call from 35.191.0.0/16 and 130.211.0.0/22; ${formatAddress(note.address)} stands for them`,
    'balancer-addresses': (note) =>
      `the load balancer calls from addresses of its own in the nodes' network; ${formatAddress(note.address)} stands for them`,
    'nodes-stand-for-others': ({ nodes, others, differ }) =>
      `of ${nodes.length + others} nodes ${nodes.join(', ')} ${nodes.length === 1 ? 'is' : 'are'} looked at${differ ? ' (--all-nodes: every one that differs from these)' : ': the others do the same as one of these, with their own addresses'}`,
    'no-pod-prefix': ({ node }) =>
      `node ${node} has no podCIDR, so which address a pod there would have is not known`,
    'balancer-unaddressed': () => 'the load balancer has no address yet (status.loadBalancer is empty)',
    affinity: ({ seconds }) =>
      `session affinity: the shares are those of first connections; for ${seconds} s a client keeps its endpoint`,
    'filled-in': ({ filled }) => `assumed: ${sayFilled(filled)}`,
  },
  carriers: {
    packet: 'packet',
    'X-Forwarded-For': 'X-Forwarded-For',
    'PROXY protocol': 'PROXY protocol',
  },
  filled: sayFilled,
};
