import type { Address } from '../address/address.ts';
import { contains } from '../address/subnet.ts';
import type { HostDoubt } from './doubt.ts';
import type { Host, PolicyRule, Span } from './model.ts';

/** What the choice of a route asks of a packet beside its destination. */
export interface RouteKey {
  readonly source: Address;
  readonly mark: number;
  /** `lo` for what the node itself sends. */
  readonly in: string;
  readonly protocol: number;
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  /** Whether a process sends it, whose user nobody tells; all else counts as root's (sock_net_uid). */
  readonly ofProcess: boolean;
}

/** Whether a rule of policy routing is for a packet. Without a key, only its destination is known. */
export function isFor(
  host: Host,
  rule: PolicyRule,
  destination: Address,
  key: RouteKey | null,
): boolean | HostDoubt {
  let doubt: HostDoubt | null = null;
  for (const question of questions) {
    const holds = question(rule, destination, key, host);
    if (holds === false) return rule.invert;
    if (holds !== true) doubt ??= holds;
  }
  return doubt ?? !rule.invert;
}

type Question = (
  rule: PolicyRule,
  destination: Address,
  key: RouteKey | null,
  host: Host,
) => boolean | HostDoubt;

/** Asked of the packet, where there is one. */
function ask(
  rule: PolicyRule,
  key: RouteKey | null,
  asks: unknown,
  holds: (key: RouteKey) => boolean | HostDoubt,
): boolean | HostDoubt {
  if (asks === undefined) return true;
  return key ? holds(key) : { code: 'rule-asks-more', priority: rule.priority };
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
  ({ tos, priority }) => tos === undefined || { code: 'rule-asks-tos', priority },
];

function hasUser({ users, priority }: PolicyRule, { ofProcess }: RouteKey): boolean | HostDoubt {
  const [first, last] = users as Span;
  if (!ofProcess) return first === 0;
  if (first === 0 && last >= 0xfffffffe) return true;
  return { code: 'rule-asks-user', priority };
}

function hasPort({ priority }: PolicyRule, span: Span | undefined, port: number | null): boolean | HostDoubt {
  if (port === null) return { code: 'rule-asks-port', priority };
  const [first, last] = span as Span;
  return port >= first && port <= last;
}

/** Whether an interface belongs to a VRF, or may. */
export function isInVrf({ interfaces }: Host, name: string): boolean | HostDoubt {
  const master = interfaces.find((candidate) => candidate.name === name)?.master;
  if (!master) return false;
  const kind = interfaces.find((candidate) => candidate.name === master)?.kind;
  if (kind === 'vrf') return { code: 'vrf-not-followed', interface: name, master };
  if (kind !== undefined) return false;
  return { code: 'vrf-unknown', master };
}
