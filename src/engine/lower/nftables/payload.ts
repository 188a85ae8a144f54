import type { Field, Payload } from '../../../nftables/expression.ts';
import { headers } from '../../../nftables/headers.ts';
import type { Condition } from '../../ir.ts';
import { hasFrame } from '../conditions.ts';
import {
  absent,
  bitsFrom,
  constant,
  isThere,
  type Operand,
  ofProtocol,
  open,
  plain,
  portsAreThere,
} from './operand.ts';
import { isForeign, type Scope } from './scope.ts';

type Lower = (needs: readonly Condition[]) => Operand;

/** Fields of headers that the program knows, by nft's names. */
const known: Readonly<Record<string, Lower>> = {
  'ip version': () => constant(4),
  'ip6 version': () => constant(6),
  'ip saddr': () => plain('source'),
  'ip daddr': () => plain('destination'),
  'ip6 saddr': () => plain('source'),
  'ip6 daddr': () => plain('destination'),
  'ip protocol': () => plain('protocol'),
  'ip6 nexthdr': () => plain('nextHeader'),
  'ip dscp': () => bitsFrom('tos', 0xfc, 2),
  'ip6 dscp': () => bitsFrom('tos', 0xfc, 2),
  'ip ecn': () => bitsFrom('tos', 0x03, 0),
  'ip6 ecn': () => bitsFrom('tos', 0x03, 0),
  'ip ttl': () => plain('ttl'),
  'ip6 hoplimit': () => plain('ttl'),
  'ip length': () => plain('length'),
  'tcp flags': (needs) => plain('tcpFlags', needs),
  'icmp type': (needs) => plain('icmpType', needs),
  'icmp code': (needs) => plain('icmpCode', needs),
  'icmpv6 type': (needs) => plain('icmpType', needs),
  'icmpv6 code': (needs) => plain('icmpCode', needs),
  'ether saddr': () => plain('sourceMac', [hasFrame, isThere('ether saddr')]),
};

const protocols: Readonly<Record<string, number>> = {
  tcp: 6,
  udp: 17,
  udplite: 136,
  dccp: 33,
  sctp: 132,
  icmp: 1,
  icmpv6: 58,
  igmp: 2,
  ah: 51,
  esp: 50,
  comp: 108,
};

const ports = { sport: 'sourcePort', dport: 'destinationPort' } as const;

export function payloadOperand({ header, field }: Payload, scope: Scope): Operand {
  if ((header === 'ip' || header === 'ip6') && isForeign(scope, header)) return absent;
  const protocol = protocols[header];
  const needs = protocol === undefined ? [] : [ofProtocol(protocol)];
  // Of the other family such messages are odd, yet whether nft asks for the family depends on what the rule asked before.
  if (isForeign(scope, ofFamily[header])) return open([...needs, isThere(`${header} ${field}`)]);
  // The kernel passes over this header in IPv6: what follows it is read, where the rule asks no more for the protocol.
  if (header === 'ah' && scope.family === 'ipv6') return open([isThere(`${header} ${field}`)]);
  if (field in ports && (protocol !== undefined || header === 'th')) {
    return plain(ports[field as 'sport'], protocol === undefined ? [portsAreThere] : needs);
  }
  return known[`${header} ${field}`]?.(needs) ?? open(needs);
}

/** Headers that go with one family of packets; nft asks for it where a table has both, and the rule has asked for no protocol. */
const ofFamily: Readonly<Record<string, 'ip' | 'ip6'>> = { icmp: 'ip', igmp: 'ip', icmpv6: 'ip6' };

/** Bytes that nft has no name for may yet be those of a field that it knows. */
export function rawOperand({ base, offset, length }: Extract<Field, { kind: 'raw' }>, scope: Scope): Operand {
  const names = base === 'nh' ? [scope.family === 'ipv4' ? 'ip' : 'ip6'] : base === 'th' ? ['th'] : [];
  for (const header of names) {
    for (const [field, [, from, bits]] of Object.entries(headers[header]?.fields ?? {})) {
      if (from === offset && bits === length)
        return payloadOperand({ kind: 'payload', header, field }, scope);
    }
  }
  return open();
}
