import type { Family } from '../../../address/address.ts';
import type { Reject } from '../../../nftables/statement.ts';
import type { Instruction } from '../../ir.ts';
import { ask } from '../conditions.ts';
import { unknown } from './choices.ts';
import { ofProtocol } from './operand.ts';
import { isForeign, type Scope } from './scope.ts';

const icmp: Readonly<Record<number, string>> = {
  0: 'icmp-net-unreachable',
  1: 'icmp-host-unreachable',
  2: 'icmp-proto-unreachable',
  3: 'icmp-port-unreachable',
  9: 'icmp-net-prohibited',
  10: 'icmp-host-prohibited',
  13: 'icmp-admin-prohibited',
};
const icmpv6: Readonly<Record<number, string>> = {
  0: 'icmp6-no-route',
  1: 'icmp6-adm-prohibited',
  3: 'icmp6-addr-unreachable',
  4: 'icmp6-port-unreachable',
  5: 'icmp6-policy-fail',
  6: 'icmp6-reject-route',
};
/** Of both families (nft_reject_icmp_code). */
const icmpx: Readonly<Record<Family, Readonly<Record<number, string>>>> = {
  ipv4: {
    0: 'icmp-net-unreachable',
    1: 'icmp-port-unreachable',
    2: 'icmp-host-unreachable',
    3: 'icmp-admin-prohibited',
  },
  ipv6: {
    0: 'icmp6-no-route',
    1: 'icmp6-port-unreachable',
    2: 'icmp6-addr-unreachable',
    3: 'icmp6-adm-prohibited',
  },
};

/** The packet is dropped, and its sender told so. nft asks for the protocol, or the family, that an answer goes with. */
export function lowerReject({ with: answer }: Reject, scope: Scope): readonly Instruction[] {
  const { family } = scope;
  const answers = family === 'ipv4' ? icmp : icmpv6;
  if (!answer) return withCode(icmpx[family], 1);
  switch (answer.type) {
    case 'tcp reset':
      return [...ask(ofProtocol(6)), { do: 'reject', with: 'tcp-reset' }];
    case 'icmpx':
      return withCode(icmpx[family], answer.code);
    default:
      if (isForeign(scope, answer.type === 'icmp' ? 'ip' : 'ip6')) return [{ do: 'fail' }];
      return withCode(answers, answer.code);
  }
}

function withCode(names: Readonly<Record<number, string>>, code: number): readonly Instruction[] {
  const name = names[code];
  return name === undefined ? unknown(`reject with code ${code}`) : [{ do: 'reject', with: name }];
}
