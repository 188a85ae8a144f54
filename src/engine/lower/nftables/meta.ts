import type { Field } from '../../../nftables/expression.ts';
import { constant, hasLink, hasSocket, isThere, type Operand, open, plain } from './operand.ts';
import type { Scope } from './scope.ts';

type Lower = (scope: Scope) => Operand;

const etherTypes = { ipv4: 0x0800, ipv6: 0x86dd } as const;
/** NFPROTO_IPV4 and NFPROTO_IPV6. */
const families = { ipv4: 2, ipv6: 10 } as const;

/** What `meta` asks, by its key. What is not here is not evaluated. */
const keys: Readonly<Record<string, Lower>> = {
  length: () => plain('length'),
  protocol: ({ family }) => constant(etherTypes[family]),
  nfproto: ({ family }) => constant(families[family]),
  l4proto: () => plain('protocol'),
  priority: () => plain('priority'),
  mark: () => plain('mark'),
  iif: () => plain('in'),
  iifname: () => plain('in'),
  oif: () => plain('out'),
  oifname: () => plain('out'),
  iifgroup: () => plain('inGroup', [hasLink('in')]),
  oifgroup: () => plain('outGroup', [hasLink('out')]),
  skuid: () => plain('user', [hasSocket]),
  skgid: () => plain('group', [hasSocket]),
  rtclassid: () => plain('realm', [isThere('rt classid')]),
  pkttype: () => plain('packetType'),
  cpu: () => plain('cpu'),
  cgroup: () => plain('cgroup', [hasSocket]),
  secmark: () => plain('secmark'),
  ibrname: () => plain('bridgeIn'),
  obrname: () => plain('bridgeOut'),
};

export function metaOperand({ key }: Extract<Field, { kind: 'meta' }>, scope: Scope): Operand {
  return keys[key]?.(scope) ?? open();
}
