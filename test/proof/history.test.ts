import { expect, test } from 'vitest';
import { compareLines } from './lines.ts';

// What a flow was before the packet at hand, and what rules do to later ones: found by attacking the proof.

const state = (...names: string[]) => `-m conntrack --ctstate ${names.join()}`;
/** Fewer packets, so that it is quick. */
const few = (lines: readonly string[]) =>
  lines.map((line) => (/ -d /.test(line) ? line : line.replace('filter FORWARD', '$& -d 203.0.113.5/32')));
const dnat = (protocol: string) =>
  `nat PREROUTING -p ${protocol} -d 10.96.0.1/32 -j DNAT --to-destination 10.244.1.5`;

test.each<[string, string[], string[]]>([
  [
    'a rule for answers alone',
    [`filter FORWARD ${state('ESTABLISHED')} -m conntrack --ctdir REPLY -j DROP`],
    [],
  ],
  [
    'a rule for one direction, and for both',
    [`filter FORWARD ${state('ESTABLISHED')} -m conntrack --ctdir ORIGINAL -j DROP`],
    [`filter FORWARD ${state('ESTABLISHED')} -j DROP`],
  ],
  [
    'who began the flow, and who sends the packet',
    [`filter FORWARD ${state('ESTABLISHED')} -m conntrack --ctorigsrc 198.51.100.7/32 -j DROP`],
    [`filter FORWARD -s 198.51.100.7/32 ${state('ESTABLISHED')} -j DROP`],
  ],
  [
    'the flow that an ICMP error belongs to, and the error',
    [`filter FORWARD -p icmp ${state('RELATED')} -m conntrack --ctorigdst 198.51.100.7/32 -j DROP`],
    [`filter FORWARD -d 198.51.100.7/32 -p icmp ${state('RELATED')} -j DROP`],
  ],
  [
    'the protocol of the flow that an ICMP error belongs to',
    [`filter FORWARD -p icmp ${state('RELATED')} -m conntrack --ctproto 6 -j DROP`],
    [],
  ],
  [
    'flows that a helper expected',
    [`filter FORWARD -s 198.51.100.7/32 ${state('ESTABLISHED')} -m conntrack --ctstatus EXPECTED -j DROP`],
    [],
  ],
  [
    'what is NEW and known all the same',
    [`filter FORWARD ${state('NEW')} -m conntrack --ctstatus CONFIRMED -j DROP`],
    [],
  ],
  [
    'a mark that chains of nat give to the first packet alone',
    ['nat PREROUTING -j MARK --set-mark 0x1', `filter FORWARD ${state('NEW')} -m mark ! --mark 0x1 -j DROP`],
    ['nat PREROUTING -j MARK --set-mark 0x1'],
  ],
  [
    'the same of a flow that is translated',
    [
      'nat PREROUTING -j MARK --set-mark 0x1',
      dnat('udp'),
      `filter FORWARD -d 10.244.1.5/32 ${state('NEW')} -m mark ! --mark 0x1 -j DROP`,
    ],
    ['nat PREROUTING -j MARK --set-mark 0x1', dnat('udp')],
  ],
  [
    'the mark of a flow that nobody has answered',
    [
      'mangle POSTROUTING -s 198.51.100.7/32 -j CONNMARK --set-mark 0x2',
      `filter FORWARD ${state('NEW')} -m connmark --mark 0x2 -j DROP`,
    ],
    ['mangle POSTROUTING -s 198.51.100.7/32 -j CONNMARK --set-mark 0x2'],
  ],
  [
    'a reset before any answer',
    [`filter FORWARD -p tcp -m tcp --tcp-flags RST RST ${state('NEW')} -j DROP`],
    [],
  ],
  [
    'an end before any answer, of a flow that was picked up',
    [`filter FORWARD -p tcp -m tcp --tcp-flags FIN,ACK FIN,ACK ${state('NEW')} -j DROP`],
    [],
  ],
])('not taken for equal: %s', (_, before, after) => {
  expect(compareLines(few(before), few(after)).same).toBe(false);
});

test.each<[string, string[], string[]]>([
  [
    'both directions, and any',
    [
      `filter FORWARD ${state('ESTABLISHED')} -m conntrack --ctdir REPLY -j DROP`,
      `filter FORWARD ${state('ESTABLISHED')} -m conntrack --ctdir ORIGINAL -j DROP`,
    ],
    [`filter FORWARD ${state('ESTABLISHED')} -j DROP`],
  ],
  [
    'the first destination of answers',
    [`filter FORWARD ${state('ESTABLISHED')} -m conntrack --ctorigdst 198.51.100.7/32 --ctdir REPLY -j DROP`],
    [
      `filter FORWARD -s 198.51.100.7/32 ${state('ESTABLISHED')} -m conntrack --ctdir REPLY --ctorigdst 198.51.100.7/32 -j DROP`,
    ],
  ],
])('equal: %s', (_, before, after) => {
  const { classes, unproved, left } = compareLines(few(before), few(after));
  expect([classes, unproved, left]).toEqual([[], [], []]);
});

// What asks and leaves a trace is no jump that leads back as if nothing had been.
test.each<[string, string, string]>([
  [
    'a shared rate',
    '-m hashlimit --hashlimit-upto 1/sec --hashlimit-mode srcip --hashlimit-name one',
    'ACCEPT',
  ],
  ['a label', '-m connlabel --label 1 --set', 'ACCEPT'],
  ['a list', '-m recent --name one --set', 'ACCEPT'],
  ['an extension that is not known', '-m mystery --count', 'ACCEPT'],
])('a jump to an empty chain that has asked %s', (_, match, verdict) => {
  const asks = match.replace(' --set', match.includes('recent') ? ' --rcheck' : '');
  const rules = [`filter INPUT -s 203.0.113.5/32 ${asks} -j ${verdict}`, 'filter INPUT -j DROP'];
  expect(compareLines([`filter INPUT -s 203.0.113.5/32 ${match} -j MINE`, ...rules], rules).same).toBe(false);
});

// The tokens of a limit are its rule's alone (xt_limit.c).
test.each([
  ['for a port', '-p udp -m udp --dport 53'],
  ['a limit', '-m limit --limit 1/sec'],
])('a jump to an empty chain that has asked %s alone is nothing', (_, match) => {
  const rules = ['filter INPUT -p tcp -m limit --limit 1/sec -j ACCEPT', 'filter INPUT -j DROP'];
  expect(compareLines([`filter INPUT ${match} -j MINE`, ...rules], rules).same).toBe(true);
});

test.each<[string, string[], string[]]>([
  ['a pattern, and one name', ['-i cali+'], ['-i cali0']],
  ['a pattern, and the uplink', ['! -i eth+'], ['! -i eth0']],
  ['a longer pattern', ['-i ca+'], ['-i cali+']],
  ['all but the uplink, and the pod interface', ['! -o eth0'], ['-o cni0']],
  ['all that are named, and any', ['-i eth0', '-i cni0'], ['']],
])('interfaces that nobody gave: %s', (_, before, after) => {
  const [left, right] = [before, after].map((list) =>
    list.map((match) => `filter FORWARD -s 203.0.113.5/32 ${match} -p udp -j DROP`.replace('  ', ' ')),
  ) as [string[], string[]];
  expect(compareLines(left, right).same).toBe(false);
});
