import type { Part } from '../../path/url.ts';
import type { WordsOf } from './words-of.ts';

/** What a part of a cloud's balancer is, in one language. */
export type PartWords = WordsOf<Part>;

/** What clouds call the parts of their balancers. */
export const partNames: Readonly<Record<Part['code'], string>> = {
  'forwarding-rule': 'forwarding rule',
  'target-proxy': 'target proxy',
  'url-map': 'URL map',
  'backend-service': 'backend service',
  'endpoint-group': 'network endpoint group',
  'instance-group': 'instance group',
  'load-balancer': 'load balancer',
  listener: 'listener',
  rule: 'rule',
  'target-group': 'target group',
  targets: 'targets',
};
