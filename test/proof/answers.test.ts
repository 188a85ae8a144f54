import { expect, test } from 'vitest';
import { isIcmpError, isOfItsState, type Packet } from '../../src/engine/packet.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { universe } from '../../src/sets/box.ts';
import { single } from '../../src/sets/intervals.ts';
import { hostOf } from '../kernel/node.ts';
import { isIn, spellFate, tracerOf } from './dense.ts';

const host = hostOf('ipv4');

const load = (rules: string) =>
  readDump(
    {
      name: 'dump',
      text: `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${rules}COMMIT\n`,
    },
    { family: 'ipv4' },
  ).ruleset;

/** A known flow's packet from the node to a pod of its own. */
const sent: Packet = {
  protocol: 1,
  source: 0x0ab40222,
  destination: 0x0ab4021f,
  sourcePort: null,
  destinationPort: null,
  from: 'host',
  flags: 0,
  icmp: { type: 0, code: 0 },
  state: 'ESTABLISHED',
};
/** An error is of no connection; as one about it, the rule would take the answer, too. */
const icmp = Array.from({ length: 256 }, (_, type): Packet => {
  const message = { type, code: 0 };
  return { ...sent, icmp: message, state: isIcmpError(sent.protocol, message) ? 'INVALID' : 'ESTABLISHED' };
}).filter(isOfItsState);
const tcp = Array.from(
  { length: 64 },
  (_, flags): Packet => ({ ...sent, protocol: 6, sourcePort: 20000, destinationPort: 80, flags }),
);

/** RFC 1122, 3.2.2: no error about an error. RFC 9293, 3.5.2: no reset for a reset; one for an ACK has no ACK itself. */
test.each([
  [
    'ICMP errors are answered with none',
    icmp,
    '-A OUTPUT -m conntrack --ctstate INVALID,ESTABLISHED -j REJECT --reject-with icmp-host-unreachable\n',
    ({ icmp: { type } }: Packet) => ([3, 4, 5, 11, 12].includes(type) ? 'drop' : 'reject'),
  ],
  [
    'resets are answered with none',
    tcp,
    '-A OUTPUT -p tcp -m conntrack --ctstate ESTABLISHED -j REJECT --reject-with tcp-reset\n',
    ({ flags }: Packet) => (flags & 4 ? 'drop' : 'reject'),
  ],
  [
    'the reset for an ACK has none',
    tcp,
    '-A OUTPUT -p tcp -m conntrack --ctstate RELATED -m tcp --tcp-flags RST,ACK RST -j DROP\n' +
      '-A OUTPUT -p tcp -m conntrack --ctstate ESTABLISHED -j REJECT --reject-with tcp-reset\n',
    ({ flags }: Packet) => (flags & 4 || flags & 16 ? 'drop' : 'reject'),
  ],
])('%s, which divides the packets that a comparison speaks of', (_, packets, rules, verdictOf) => {
  const [before, after] = [load(''), load(rules)];
  const trace = tracerOf(after, host);
  const { classes } = comparePackets(before, after, host);
  for (const packet of packets) {
    const found = classes.filter(({ boxes }) => boxes.some((box) => isIn(packet, box)));
    expect(found, JSON.stringify(packet)).toHaveLength(1);
    const [{ after: fate, witness }] = found as [(typeof found)[number]];
    expect(trace(packet).split(' ')[0], JSON.stringify(packet)).toBe(verdictOf(packet));
    expect(spellFate(fate, witness), JSON.stringify(packet)).toBe(trace(packet));
  }
});

/** IPv6: the answer to the gateway is eaten by the policy, that to the node itself by a rule, in half of the cases. */
test('an answer that is eaten is no plain drop, though another drop stands beside it', () => {
  const six = hostOf('ipv6');
  const [before, after] = ['ACCEPT', 'DROP'].map(
    (policy) =>
      readDump(
        {
          name: 'dump',
          text:
            '*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT ! -p tcp -j DNAT --to-destination fd00:10:180:2::9\nCOMMIT\n' +
            `*filter\n:OUTPUT ${policy} [0:0]\n:S2 - [0:0]\n` +
            '-A OUTPUT ! -p tcp -m statistic --mode nth --every 2 --packet 1 -j S2\n' +
            '-A OUTPUT -d fd00::/8 -p sctp -m sctp ! --sport 0:443 ! --dport 8080 -j DROP\n' +
            '-A S2 -s fd00:192::/32 -p sctp -m conntrack --ctstate DNAT -m sctp --dport 443 -j REJECT\nCOMMIT\n',
        },
        { family: 'ipv6' },
      ).ruleset,
  ) as [ReturnType<typeof load>, ReturnType<typeof load>];
  const packet: Packet = {
    ...sent,
    protocol: 132,
    source: 0xfd00_0192_0000_0000_0000_0000_0000_0001n,
    destination: 0x2001_0db8_0000_0000_0000_0000_0000_0009n,
    sourcePort: 21550,
    destinationPort: 443,
    state: 'NEW',
  };
  expect(tracerOf(before, six)(packet)).not.toBe(tracerOf(after, six)(packet));
  // Of its protocol, to where it goes, from everywhere: all kinds of packets together are 41,157.
  const all = universe('ipv6', 3);
  const sides = { ...all.sides, protocol: single(132), destination: single(packet.destination) };
  const { classes, unproved } = comparePackets(before, after, six, { only: [{ ...all, sides }] });
  const found = [...classes, ...unproved].filter(({ boxes }) => boxes.some((box) => isIn(packet, box)));
  expect(found).toHaveLength(1);
});
