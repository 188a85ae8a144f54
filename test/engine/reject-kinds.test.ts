import { expect, test } from 'vitest';
import { parseAddress } from '../../src/address/address.ts';
import { NftProgram } from '../../src/engine/lower/nftables/program.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { readNft } from '../../src/nftables/read/read.ts';
import { hostOf } from '../kernel/node.ts';

const host = hostOf('ipv4');
const packet = {
  protocol: 17,
  source: 0xc6336407,
  destination: 0x0ab40005,
  sourcePort: 40000,
  destinationPort: 80,
  from: 'external',
  flags: 0,
  icmp: { type: 0, code: 0 },
  state: null,
} as const;

test('refusals with different errors are different ends', () => {
  const text =
    '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n' +
    '-A FORWARD -m statistic --mode random --probability 0.75 -j REJECT --reject-with icmp-host-unreachable\n' +
    '-A FORWARD -j REJECT --reject-with icmp-admin-prohibited\nCOMMIT\n';
  const { ruleset } = readDump({ name: 'dump', text }, { family: 'ipv4' });
  const { outcomes } = tracePacket(buildProgram(ruleset), host, packet);
  expect(Object.fromEntries(outcomes.map(({ rejectWith, weight }) => [rejectWith, weight]))).toEqual({
    'icmp-host-unreachable': '3/4',
    'icmp-admin-prohibited': '1/4',
  });
});

test('a rule that only the answer of the node meets has rejected nothing', () => {
  const text =
    '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:mine - [0:0]\n' +
    '-A FORWARD -j mine\n-A OUTPUT -p icmp -j MARK --set-xmark 0x1/0x1\n-A mine -j REJECT --reject-with icmp-port-unreachable\nCOMMIT\n';
  const { ruleset } = readDump({ name: 'dump', text }, { family: 'ipv4' });
  const [outcome] = tracePacket(buildProgram(ruleset), host, packet, { trace: true }).outcomes;
  expect(outcome?.by?.place).toMatchObject({ table: 'filter', chain: 'mine', number: 1 });
  expect(outcome?.matched.at(-1)?.place).toMatchObject({ chain: 'OUTPUT' });
});

// What Linux 6.18 did with packets from a wire that rules reject before they are routed.
test.each([
  ['127.0.0.1', '192.168.0.2', 'drop', 'reject'],
  ['127.0.0.1', '8.8.8.8', 'drop', 'drop'],
  ['192.168.0.2', '127.0.0.9', 'drop', 'reject'],
  ['192.168.0.2', '10.96.0.1', 'drop', 'drop'],
  ['0.0.0.0', '10.180.0.5', 'drop', 'drop'],
  ['203.0.113.9', '127.0.0.9', 'reject', 'reject'],
  ['203.0.113.9', '8.8.8.8', 'reject', 'reject'],
] as const)('from %s to %s: reset %s, error %s', (from, to, reset, error) => {
  const address = (text: string) => parseAddress(text) as number;
  const answer = (how: string) => {
    const text = `table inet t {\n\tchain c {\n\t\ttype filter hook prerouting priority -150;\n\t\tmeta l4proto tcp reject with ${how}\n\t}\n\tchain o {\n\t\ttype filter hook output priority 0;\n\t\tip daddr 203.0.113.9 ip saddr 127.0.0.0/8 drop\n\t}\n}\n`;
    const program = new NftProgram(readNft({ name: 'rules', text }).ruleset, 'ipv4');
    return tracePacket(program, host, {
      protocol: 6,
      source: address(from),
      destination: address(to),
      sourcePort: 40000,
      destinationPort: 80,
      from: 'external',
      flags: 2,
      icmp: { type: 0, code: 0 },
      state: null,
    }).outcomes.map(({ verdict }) => verdict);
  };
  // A reset comes from the address that was asked, which the chain of OUTPUT drops.
  expect(answer('tcp reset')).toEqual([to === '127.0.0.9' ? 'drop' : reset]);
  expect(answer('icmpx no-route')).toEqual([error]);
});
