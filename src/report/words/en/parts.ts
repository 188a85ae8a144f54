import type { RuleParts } from '../../../path/url.ts';
import type { PartWords } from '../parts.ts';

const address = (text: string | null) =>
  text ?? 'an address that is not known yet (status.loadBalancer is empty)';
const rule = ({ host, route }: RuleParts) =>
  `${host ?? 'every host'}, ${route ? `path ${route.path ?? '/'}` : 'whatever no path takes'}`;
const nodes = (names: readonly string[]) =>
  names.length > 6
    ? `${names.slice(0, 6).join(', ')} … (${names.length} nodes)`
    : names.join(', ') || 'no node passes the health check';
const certificate = (secret: string | null) => (secret === null ? '' : `, certificate of secret ${secret}`);

export const partWords: PartWords = {
  'forwarding-rule': (part) => `port ${part.port} of ${address(part.address)}`,
  'target-proxy': ({ secret }) => `ends the client's connection${certificate(secret)}`,
  'url-map': rule,
  'backend-service': ({ service, port, pods, nodePort }) =>
    `${service} port ${port}, ${pods ? "pods' addresses" : `as node port ${nodePort ?? '(none)'}`}`,
  'endpoint-group': () => 'the pods',
  'instance-group': (part) => nodes(part.nodes),
  'load-balancer': (part) => address(part.address),
  listener: ({ scheme, port, secret }) => `${scheme.toUpperCase()} ${port}${certificate(secret)}`,
  rule,
  'target-group': ({ service, port, pods, nodePort }) =>
    `${service} port ${port}, ${pods ? "pods' addresses (target-type ip)" : `node port ${nodePort ?? '(none)'} (target-type instance)`}`,
  targets: (part) => (part.nodes === null ? 'the pods' : nodes(part.nodes)),
};
