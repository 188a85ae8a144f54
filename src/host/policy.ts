import type { Address } from '../address/address.ts';
import { contains } from '../address/subnet.ts';
import type { Host, PolicyRule, Span } from './model.ts';
import type { Doubt } from './route.ts';

/** What the choice of a route asks of a packet beside its destination. */
export interface RouteKey {
  readonly source: Address;
  readonly mark: number;
  /** `lo` for what the node itself sends. */
  readonly in: string;
  readonly protocol: number;
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
}

/** Whether a rule of policy routing is for a packet. Without a key, only its destination is known. */
export function isFor(
  host: Host,
  rule: PolicyRule,
  destination: Address,
  key: RouteKey | null,
): boolean | Doubt {
  let doubt: Doubt | null = null;
  for (const question of questions) {
    const holds = question(rule, destination, key, host);
    if (holds === false) return rule.invert;
    if (holds !== true) doubt ??= holds;
  }
  return doubt ?? !rule.invert;
}

type Question = (rule: PolicyRule, destination: Address, key: RouteKey | null, host: Host) => boolean | Doubt;

/** Asked of the packet, where there is one. */
function ask(
  rule: PolicyRule,
  key: RouteKey | null,
  asks: unknown,
  holds: (key: RouteKey) => boolean | Doubt,
): boolean | Doubt {
  if (asks === undefined) return true;
  return key ? holds(key) : { because: `ip rule ${rule.priority} asks for more than the destination` };
}

const questions: readonly Question[] = [
  ({ to }, destination) => !to || contains(to, destination),
  (rule, _to, key) => ask(rule, key, rule.from, ({ source }) => contains(rule.from as never, source)),
  (rule, _to, key) =>
    ask(rule, key, rule.mark, ({ mark }) => {
      const { value, mask } = rule.mark as { value: number; mask: number };
      return ((mark ^ value) & mask) === 0;
    }),
  (rule, _to, key) => ask(rule, key, rule.in, (packet) => packet.in === rule.in),
  // No socket that is followed here is bound to an interface.
  ({ out }) => out === undefined,
  (rule, _to, key) => ask(rule, key, rule.users, (packet) => hasUser(rule, packet)),
  (rule, _to, key) => ask(rule, key, rule.protocol, ({ protocol }) => protocol === rule.protocol),
  (rule, _to, key) =>
    ask(rule, key, rule.sourcePorts, ({ sourcePort }) => hasPort(rule, rule.sourcePorts, sourcePort)),
  (rule, _to, key) =>
    ask(rule, key, rule.destinationPorts, ({ destinationPort }) =>
      hasPort(rule, rule.destinationPorts, destinationPort),
    ),
  ({ tos, priority }) =>
    tos === undefined || {
      because: `the type of service of the packet is not known, and ip rule ${priority} asks for it`,
    },
];

/** What the node forwards counts as root's (sock_net_uid). */
function hasUser({ users, priority }: PolicyRule, { in: arrival }: RouteKey): boolean | Doubt {
  const [first, last] = users as Span;
  if (arrival !== 'lo') return first === 0;
  if (first === 0 && last >= 0xfffffffe) return true;
  return {
    because: `the user of the process that sends the packet is not known, and ip rule ${priority} asks for it`,
  };
}

function hasPort({ priority }: PolicyRule, span: Span | undefined, port: number | null): boolean | Doubt {
  if (port === null) return { because: `a port is not given, and ip rule ${priority} asks for it` };
  const [first, last] = span as Span;
  return port >= first && port <= last;
}

/** Whether an interface belongs to a VRF, or may. */
export function isInVrf({ interfaces }: Host, name: string): boolean | Doubt {
  const master = interfaces.find((candidate) => candidate.name === name)?.master;
  if (!master) return false;
  const kind = interfaces.find((candidate) => candidate.name === master)?.kind;
  if (kind === 'vrf')
    return { because: `${name} is in the VRF ${master}, and the tables of VRFs are not followed` };
  if (kind !== undefined) return false;
  return {
    because: `whether ${master} is a VRF is not known; give --host with what ip -json -details link prints`,
  };
}
