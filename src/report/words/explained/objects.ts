import { type FindingPage, manifests } from './page.ts';

const web = `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`;
const ingress = (backend: string, more = '') => `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  ingressClassName: CLASS
  defaultBackend: ${backend}
${more}`;
const named = '{ service: { name: web, port: { number: 80 } } }';
const behind = (kind: string, text: string) => manifests(`${web}${text.replace('CLASS', kind)}`);
const rule = (path: string) =>
  `  - { host: a.example, http: { paths: [{ path: ${path}, pathType: Prefix, backend: ${named} }] } }\n`;

/** Findings about how objects are written. */
export const objectPages = {
  'field-unknown': {
    means: 'a field that the API does not know',
    effect:
      'The API server passes the field over, or refuses the object; what it was meant to do is not done.',
    remedy: 'Write the field as it is named.',
    fails: manifests(web.replace('{ name: web }', '{ name: web, lables: { app: web } }')),
    passes: manifests(web.replace('{ name: web }', '{ name: web, labels: { app: web } }')),
  },
  'kind-unknown': {
    means: 'a kind that is nearly one that there is',
    effect: 'The object is passed over.',
    remedy: 'Write the kind as it is named.',
    fails: manifests(
      `${web}---\n${web.replace('kind: Service', 'kind: Servcie').replace('name: web', 'name: shop')}`,
    ),
    passes: manifests(web),
  },
  'not-watched': {
    means: 'a label that takes an object away from kube-proxy',
    effect: 'kube-proxy writes no rules for it: unless another proxy does, nothing answers.',
    remedy: 'Remove the label, unless another proxy serves the object.',
    fails: manifests(
      web.replace(
        '{ name: web }',
        '{ name: web, labels: { service.kubernetes.io/service-proxy-name: mine } }',
      ),
    ),
    passes: manifests(web),
  },
} as const satisfies Readonly<Record<string, FindingPage>>;

/** Findings about Ingresses. */
export const ingressPages = {
  'ingress-backend': {
    means: 'a backend of an Ingress that does not exist',
    effect: 'The controller answers such requests with an error (mostly 503).',
    remedy: 'Name a Service of the same namespace, and one of its ports.',
    fails: behind('nginx', ingress(named.replace('name: web', 'name: wbe'))),
    passes: behind('nginx', ingress(named)),
  },
  'ingress-balancer': {
    means: 'a Service that has a load balancer of its own beside an Ingress',
    effect: 'Clients reach it past the Ingress, without its TLS and its rules.',
    remedy: 'Use type ClusterIP behind a controller inside of the cluster, NodePort behind one outside.',
    fails: manifests(
      `${web.replace('spec: { ', 'spec: { type: LoadBalancer, ')}${ingress(named).replace('CLASS', 'nginx')}`,
    ),
    passes: behind('nginx', ingress(named)),
  },
  'ingress-duplicate': {
    means: 'a host and path that two Ingresses claim',
    effect: 'Which of them gets the requests depends on the controller, mostly the older.',
    remedy: 'Claim each host and path once.',
    fails: behind('nginx', ingress(named, `  rules:\n${rule('/')}${rule('/')}`)),
    passes: behind('nginx', ingress(named, `  rules:\n${rule('/')}${rule('/b')}`)),
  },
  'ingress-node-port': {
    means: "a Service without node ports behind a cloud's load balancer that calls nodes",
    effect: 'The load balancer has nowhere to send to: clients get errors.',
    remedy: 'Use type NodePort, or let the balancer call pods (network endpoint groups, target-type ip).',
    fails: behind('alb', ingress(named)),
    passes: behind('nginx', ingress(named)),
  },
  'ingress-resource': {
    means: 'a backend that is no Service',
    effect: 'It is not followed: only its controller knows what it does.',
    remedy: 'Nothing, where that is meant.',
    fails: behind('nginx', ingress('{ resource: { apiGroup: a.example, kind: Bucket, name: files } }')),
    passes: behind('nginx', ingress(named)),
  },
  'ingress-secret': {
    means: 'a host without a certificate',
    effect: "Over HTTPS, clients get another host's certificate, or none.",
    remedy: 'Name a secret for the host in tls.',
    fails: behind(
      'nginx',
      ingress(named, `  tls: [{ hosts: [b.example], secretName: b }]\n  rules:\n${rule('/')}`),
    ),
    passes: behind(
      'nginx',
      ingress(named, `  tls: [{ hosts: [a.example], secretName: a }]\n  rules:\n${rule('/')}`),
    ),
  },
} as const satisfies Readonly<Record<string, FindingPage>>;
