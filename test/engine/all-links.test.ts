import { expect, test } from 'vitest';
import { parsePacket } from '../../src/engine/notation.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { hostOf } from '../kernel/node.ts';

// A sender with the pods' gateway address that sends to a group may name any link. Linux 6.18, asked with IP_MULTICAST_IF
// of each: redirected in OUTPUT, the packet reaches the node itself whichever link was named.

test.each<[rules: string, verdict: string, delivered: string]>([
  ['*nat\n-A OUTPUT -p udp -j REDIRECT\nCOMMIT\n', 'accept', 'local'],
  ['*nat\n-A OUTPUT -o eth0 -p udp -j REDIRECT\nCOMMIT\n', 'unknown', 'none'],
  ['*filter\n-A OUTPUT -p udp -j DROP\nCOMMIT\n', 'drop', 'none'],
])('what all links have in common is told: %s', (rules, verdict, delivered) => {
  const host = hostOf('ipv4');
  const { ruleset } = readDump({ name: 'dump', text: rules }, { family: 'ipv4' });
  const packet = parsePacket({
    name: 'packet',
    text: 'udp 10.180.0.1:65505 -> 224.0.0.1:32094 from host',
  });
  const { outcomes } = tracePacket(buildProgram(ruleset), host, packet);
  expect(outcomes.map((one) => [one.verdict, one.delivered])).toEqual([[verdict, delivered]]);
});
