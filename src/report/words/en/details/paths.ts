import type { PathDetail } from '../../../../path/detail.ts';
import type { WordsOf } from '../../words-of.ts';

/** What is wrong with the ways of an Ingress. */
export const pathDetails: WordsOf<PathDetail> = {
  'route-claimed': ({ ingress, host, path, other, place }) =>
    `${ingress} claims ${host ?? 'every host'}${path}, which ${other} (${place}) claims already`,
  'not-followed': ({ name }) => `${name} is no Service and is not followed`,
  'balancer-lacks-node-port': ({ balancer, service, port }) =>
    `the load balancer of class ${balancer} calls node ports, and ${service} has none for port ${port}`,
  'own-balancer': ({ service }) =>
    `${service} has a load balancer of its own as well: it can be reached past the Ingress, without its TLS and its rules, and both cost`,
  'no-backend': () => 'no backend is named',
  'backend-service-lacks': ({ service }) => `there is no service ${service}`,
  'backend-port-lacks': ({ service, port }) => `service ${service} has no port ${port}`,
  'no-secret': () => 'no secret is named',
  'host-without-secret': ({ host }) =>
    `no secret serves ${host}, so over HTTPS its clients get another host's certificate, or none`,
};
