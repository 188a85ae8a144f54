import { expect, test } from 'vitest';
import { parsePacket } from '../../src/engine/notation.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { sayReason } from '../../src/report/reasons.ts';
import { hostOf } from '../kernel/node.ts';

// Whether the answer to what was let through meets this node again, where its translation is undone: routing decides,
// and bridges pass between their ports what is on one link (bridge-nf-call-iptables).

const dnat = (to: string, ...more: string[]) =>
  `*nat\n-A PREROUTING -p tcp -j DNAT --to-destination ${to}\n${more.map((rule) => `${rule}\n`).join('')}COMMIT\n`;
const masquerade = '-A POSTROUTING -j MASQUERADE';

test.each<[rules: string, packet: string, comesBack: boolean | null, said: string]>([
  ['', 'tcp 203.0.113.9:1 -> 192.168.0.2:80 from external', true, 'the node itself answers'],
  [
    '',
    'tcp 203.0.113.9:1 -> 10.180.0.5:80 from external',
    true,
    '10.180.0.5 is a pod of this node, which is its way out',
  ],
  [
    dnat('10.180.0.5:80', masquerade),
    'tcp 203.0.113.9:1 -> 10.96.0.1:80 from external',
    true,
    '10.180.0.5 answers 10.180.0.1, an address of this node, which translates it back for the client',
  ],
  [
    '',
    'tcp 192.168.0.2:1 -> 10.180.0.5:80 from host',
    true,
    '10.180.0.5 answers 192.168.0.2, an address of this node',
  ],
  [
    dnat('10.180.1.6:80'),
    'tcp 203.0.113.9:1 -> 10.96.0.1:80 from external',
    false,
    '10.180.1.6 answers 203.0.113.9 past this node, and the client, who asked 10.96.0.1, takes no answer from 10.180.1.6',
  ],
  [
    dnat(':8080'),
    'tcp 203.0.113.9:1 -> 10.180.1.6:80 from external',
    false,
    '10.180.1.6 answers 203.0.113.9 past this node, and the client, who asked 10.180.1.6, takes no answer from 10.180.1.6',
  ],
  [
    '',
    'tcp 203.0.113.9:1 -> 10.180.1.6:80 from external',
    false,
    '10.180.1.6 answers 203.0.113.9 by its own way; nothing was translated',
  ],
  [
    dnat('203.0.113.7:80'),
    'tcp 10.180.0.6:1 -> 10.96.0.1:80 from pod',
    true,
    '10.180.0.6 is a pod of this node',
  ],
  [
    dnat('10.180.0.6:80'),
    'tcp 10.180.0.6:1 -> 10.96.0.1:80 from pod',
    false,
    "10.180.0.6 sees its own address as the client's and answers itself",
  ],
  [
    dnat('10.180.0.5:80'),
    'tcp 10.180.0.6:1 -> 10.96.0.1:80 from pod',
    null,
    'client and server are both pods of this node: on one bridge, answers meet its rules only with br_netfilter',
  ],
  [
    '',
    'tcp 10.180.0.6:1 -> 10.180.0.5:80 from pod',
    true,
    'client and server are both pods of this node: on one bridge, answers meet its rules only with br_netfilter',
  ],
  // An answer from an address of its own opens a connection of its own (Linux 6.18: conntrack shows two entries, both without an answer).
  [
    '',
    'udp 192.168.0.2:5000 -> 224.0.0.251:5353 from host',
    false,
    'who answers what was sent to 224.0.0.251, to many, does so from an address of its own',
  ],
])('%s%s: %s, %s', (rules, packet, comesBack, said) => {
  const program = buildProgram(readDump({ name: 'rules', text: rules || '*filter\nCOMMIT\n' }).ruleset);
  const { outcomes } = tracePacket(program, hostOf('ipv4'), parsePacket({ name: 'packet', text: packet }));
  expect(outcomes.map(({ reply }) => reply && [reply.comesBack, sayReason(reply.reason)])).toEqual([
    [comesBack, said],
  ]);
});

test('what does not arrive is not answered', () => {
  const { ruleset } = readDump({ name: 'rules', text: '*filter\n-A FORWARD -j REJECT\nCOMMIT\n' });
  const packet = parsePacket({ name: 'packet', text: 'tcp 203.0.113.9:1 -> 10.180.0.5:80 from external' });
  expect(tracePacket(buildProgram(ruleset), hostOf('ipv4'), packet).outcomes).toMatchObject([
    { reply: null },
  ]);
});

test.each([
  ['-m recent --set --name x', null],
  ['-m recent --rcheck --seconds 60 --name y', null],
  ['-m recent --set --name x\n-A FORWARD -m recent --rcheck --seconds 60 --name x', { list: 'x', until: 65 }],
  [
    '-m recent --set --name x\n-A FORWARD -m recent --rcheck --seconds 60 --name x\n-A FORWARD -m recent --update --seconds 90 --name x',
    { list: 'x', until: 95 },
  ],
  ['-m recent --set --name x --rdest\n-A FORWARD -m recent --rcheck --seconds 60 --name x', null],
])(
  'a list that was written just now, and is asked again for some time, makes a client stick: %s',
  (match, sticks) => {
    const text = `*filter\n-A FORWARD ${match}\nCOMMIT\n`;
    const { ruleset } = readDump({ name: 'rules', text });
    const packet = parsePacket({ name: 'packet', text: 'tcp 203.0.113.9:1 -> 10.180.0.5:80 from external' });
    const { outcomes } = tracePacket(buildProgram(ruleset), hostOf('ipv4'), packet, { now: 5 });
    expect(outcomes.map((outcome) => outcome.sticks)).toEqual([sticks]);
  },
);
