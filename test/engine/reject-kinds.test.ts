import { expect, test } from 'vitest';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { hostOf } from '../kernel/node.ts';

const host = hostOf('ipv4');

test('refusals with different errors are different ends', () => {
  const text =
    '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n' +
    '-A FORWARD -m statistic --mode random --probability 0.75 -j REJECT --reject-with icmp-host-unreachable\n' +
    '-A FORWARD -j REJECT --reject-with icmp-admin-prohibited\nCOMMIT\n';
  const { ruleset } = readDump({ name: 'dump', text }, { family: 'ipv4' });
  const { outcomes } = tracePacket(buildProgram(ruleset), host, {
    protocol: 17,
    source: 0xc6336407,
    destination: 0x0ab40005,
    sourcePort: 40000,
    destinationPort: 80,
    from: 'external',
    flags: 0,
    icmp: { type: 0, code: 0 },
    state: null,
  });
  expect(Object.fromEntries(outcomes.map(({ rejectWith, weight }) => [rejectWith, weight]))).toEqual({
    'icmp-host-unreachable': '3/4',
    'icmp-admin-prohibited': '1/4',
  });
});
