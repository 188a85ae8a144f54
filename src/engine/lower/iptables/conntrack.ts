import type { ConntrackMatch, StateMatch } from '../../../iptables/rule/match.ts';
import { interval, single, unionOf } from '../../../sets/intervals.ts';
import type { ConnectionState } from '../../../sets/states.ts';
import { stateNumbers, statusBits } from '../../fields.ts';
import { type Condition, type Instruction, never } from '../../ir.ts';
import { all, any, ask, given, hasEntry, inRange, inSubnet, not, test } from '../conditions.ts';

function status(bit: number): Condition {
  return test('ctStatus', single(bit), undefined, bit);
}

function inStates(states: readonly ConnectionState[]): Condition {
  const numbers = states.flatMap((state) => (state in stateNumbers ? [stateNumbers[state as 'NEW']] : []));
  return any([
    test('ctState', unionOf(numbers.map(single))),
    ...(states.includes('SNAT') ? [all([hasEntry, status(statusBits.SNAT)])] : []),
    ...(states.includes('DNAT') ? [all([hasEntry, status(statusBits.DNAT)])] : []),
  ]);
}

/** As xt_conntrack: without an entry only the state can be asked, and nothing else is then looked at. */
export function lowerConntrack(match: ConntrackMatch): readonly Instruction[] {
  const ofState = given(match.state, inStates);
  const ofEntry: Condition[] = [
    ...(match.direction ? [test('ctDirection', single(match.direction === 'REPLY' ? 1 : 0))] : []),
    ...given(match.originalSource, (subnet) => inSubnet('ctOriginalSource', subnet)),
    ...given(match.originalDestination, (subnet) => inSubnet('ctOriginalDestination', subnet)),
    ...given(match.replySource, (subnet) => inSubnet('ctReplySource', subnet)),
    ...given(match.replyDestination, (subnet) => inSubnet('ctReplyDestination', subnet)),
    ...given(match.protocol, (protocol) => test('ctProtocol', single(protocol))),
    ...given(match.originalSourcePort, (ports) => inRange('ctOriginalSourcePort', ports)),
    ...given(match.originalDestinationPort, (ports) => inRange('ctOriginalDestinationPort', ports)),
    ...given(match.replySourcePort, (ports) => inRange('ctReplySourcePort', ports)),
    ...given(match.replyDestinationPort, (ports) => inRange('ctReplyDestinationPort', ports)),
    ...given(match.status, hasStatus),
    ...given(match.expire, ({ first, last }) => test('ctExpire', interval(first, last))),
  ];
  if (!match.state) return ask(all([hasEntry, ...ofEntry]));
  if (ofEntry.length === 0) return ask(all(ofState));
  return ask(all([...ofState, any([not(hasEntry), all(ofEntry)])]));
}

/** NONE has no bit, and is never had. */
function hasStatus(names: readonly string[]): Condition {
  const bits = names.flatMap((name) => (name in statusBits ? [statusBits[name as 'ASSURED']] : []));
  return bits.length === 0 ? never : any(bits.map(status));
}

/** As xt_state, which knows nothing of translation. */
export function lowerState({ states, negated }: StateMatch): readonly Instruction[] {
  const numbers = states.flatMap((state) => (state in stateNumbers ? [stateNumbers[state as 'NEW']] : []));
  const wanted = test('ctState', unionOf(numbers.map(single)));
  return ask(negated ? not(wanted) : wanted);
}
