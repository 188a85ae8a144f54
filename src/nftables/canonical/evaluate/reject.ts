import { want } from '../../../text/expected.ts';
import { Refusal } from '../../refusal.ts';
import type { Reject } from '../../statement.ts';
import type { ProtocolContext } from '../context.ts';
import type { Protocols } from './protocols.ts';

/** The answer with its kind and code told, and with the questions that it needs. */
export function loadReject(statement: Reject, protocols: Protocols): Reject {
  const { family, at } = protocols.context;
  const answer = statement.with ?? defaultAnswer(protocols.context);
  const isSingle = family === 'ip' || family === 'ip6';
  if (family === 'arp') throw new Refusal('ARP is not rejected');
  if (answer.type === 'icmpx' && isSingle && statement.with)
    throw new Refusal(
      'icmpx is for tables of several families',
      want.written(family === 'ip' ? 'icmp' : 'icmpv6'),
    );
  if ((family === 'bridge' || family === 'netdev') && at.nh !== null && at.nh !== 'ip' && at.nh !== 'ip6')
    throw new Refusal(`${at.nh} is not rejected`);
  if (family === 'netdev' && at.ll === 'unknown')
    throw new Refusal('packets of this kind of interface are not rejected');
  if (answer.type === 'tcp reset') rejectTcp(protocols);
  else if (answer.type !== 'icmpx') {
    const own = answer.type === 'icmp' ? 'ip' : 'ip6';
    if (isSingle ? family !== own : at.nh !== null && at.nh !== own)
      throw new Refusal(`${answer.type} contradicts ${at.nh ?? family}`);
    if (at.nh === null) protocols.depend(protocols.linkFor(own), own, true);
  }
  return { ...statement, with: answer };
}

function defaultAnswer({ family, at }: ProtocolContext): NonNullable<Reject['with']> {
  const nh = family === 'ip' || family === 'ip6' ? family : at.nh;
  if (nh === null) return { type: 'icmpx', code: 1 };
  if (nh === 'ip') return { type: 'icmp', code: 3 };
  if (nh === 'ip6') return { type: 'icmpv6', code: 4 };
  throw new Refusal(
    `it is not known how ${nh} is rejected`,
    want.written('reject with icmpx port-unreachable'),
  );
}

function rejectTcp(protocols: Protocols): void {
  const { at } = protocols.context;
  if (at.th !== null) {
    if (at.th !== 'tcp') throw new Refusal(`${at.th} is not reset as TCP is`);
    return;
  }
  protocols.depend(at.nh ?? 'inet-service', 'tcp', true);
}
