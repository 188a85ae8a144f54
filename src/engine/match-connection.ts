import type { Address } from '../address/address.ts';
import type { Subnet } from '../address/subnet.ts';
import { contains } from '../address/subnet.ts';
import type { ConntrackMatch, Negatable, StateMatch } from '../iptables/rule/match.ts';
import type { ConnectionState } from '../sets/states.ts';
import type { Branch } from './branch.ts';
import type { Connection, Tracking } from './connection.ts';
import { matchesPort } from './ports.ts';
import { every, type Question } from './truth.ts';

/** As xt_conntrack: without a connection only the state can be asked, and nothing else is then looked at. */
export function matchesConnection(match: ConntrackMatch, { tracking }: Branch): boolean | Question {
  if (match.state) {
    const states = statesOf(tracking);
    if (match.state.value.some((state) => states.includes(state)) === match.state.negated) return false;
  }
  if (typeof tracking !== 'object') return match.state !== undefined;
  const { original, reply } = tracking;
  return every([
    () => matchesDirection(match, tracking),
    () => inSubnet(match.originalSource, original.source),
    () => inSubnet(match.originalDestination, original.destination),
    () => inSubnet(match.replySource, reply.source),
    () => inSubnet(match.replyDestination, reply.destination),
    () => !match.protocol || (match.protocol.value === original.protocol) !== match.protocol.negated,
    () => matchesPort(match.originalSourcePort, original.sourcePort, 'source'),
    () => matchesPort(match.originalDestinationPort, original.destinationPort, 'destination'),
    () => matchesPort(match.replySourcePort, reply.sourcePort, 'source'),
    () => matchesPort(match.replyDestinationPort, reply.destinationPort, 'destination'),
    () => matchesStatus(match, tracking),
    () => !match.expire || { key: 'expire', because: 'how long the flow is still remembered is not known' },
  ]);
}

/** As xt_state, which knows nothing of translation. */
export function matchesState(match: StateMatch, { tracking }: Branch): boolean {
  const state = statesOf(tracking)[0] as ConnectionState;
  return match.states.includes(state) !== match.negated;
}

function statesOf(tracking: Tracking): readonly ConnectionState[] {
  if (tracking === 'untracked') return ['UNTRACKED'];
  if (typeof tracking !== 'object') return ['INVALID'];
  const states: ConnectionState[] = [tracking.state];
  if (tracking.sourceChanged) states.push('SNAT');
  if (tracking.destinationChanged) states.push('DNAT');
  return states;
}

function matchesDirection(match: ConntrackMatch, connection: Connection): boolean {
  return match.direction === undefined || match.direction === connection.direction;
}

function inSubnet(subnet: Negatable<Subnet> | undefined, address: Address): boolean {
  return !subnet || contains(subnet.value, address) !== subnet.negated;
}

function matchesStatus({ status }: ConntrackMatch, connection: Connection): boolean | Question {
  if (!status) return true;
  if (connection.seenReply && status.value.includes('ASSURED')) {
    return { key: 'assured', because: 'whether the flow is assured is not known' };
  }
  const bits = [
    ...(connection.confirmed ? ['CONFIRMED'] : []),
    ...(connection.seenReply ? ['SEEN_REPLY'] : []),
  ];
  return status.value.some((bit) => bits.includes(bit)) !== status.negated;
}
