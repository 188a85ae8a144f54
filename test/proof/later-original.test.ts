import { expect, test } from 'vitest';
import { formatAddress } from '../../src/address/address.ts';
import { buildHost } from '../../src/host/build.ts';
import { readHost } from '../../src/host/read.ts';
import type { PacketClass } from '../../src/proof/classes/classify.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { has } from '../../src/sets/intervals.ts';
import { load, table } from './small.ts';

const hostOf = (text: string) => buildHost('ipv4', [readHost({ name: 'host', text }, 'ipv4').fields]);
const host = hostOf('addresses: [192.0.2.10]\npodCIDR: 10.244.1.0/24\n');
const dnat =
  '-A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.1.5:8080';
const rules = (...filter: string[]) => load(table('nat', dnat) + table('filter', ...filter));
const clients = '-A FORWARD -s 203.0.113.0/24 -d 10.244.1.5/32';
const isLost = (effects: PacketClass['effects']) =>
  effects.some((effect) => effect.kind === 'loss' && effect.change === 'dropped');
const drop = `${clients} -m conntrack --ctstate ESTABLISHED -j DROP`;

/** Linux 6.18 let connections come about on the first side, and dropped what the client sent after its SYN on the second. */
test.each([
  [[`${clients} -m conntrack --ctstate DNAT -j ACCEPT`, drop], [drop]],
  [['-A FORWARD ! -s 10.244.1.5/32 -m conntrack --ctstate DNAT -j ACCEPT', drop], [drop]],
  [[`${clients} -p tcp -m tcp --dport 8080 -j ACCEPT`, drop], [drop]],
  [[], ['-A FORWARD -i eth0 -m conntrack --ctstate DNAT -m conntrack --ctstate ESTABLISHED -j DROP']],
  [
    [],
    ['-A FORWARD -m conntrack --ctstate DNAT -m conntrack --ctstate ESTABLISHED --ctdir ORIGINAL -j DROP'],
  ],
])('what a client sends later in a translated connection: %j, %j', (before, after) => {
  expect(comparePackets(rules(...after), rules(...after), host).same).toBe(true);
  const { same, classes } = comparePackets(rules(...before), rules(...after), host);
  expect(same).toBe(false);
  const later = classes.filter(
    ({ witness, effects }) =>
      witness.state === 'ESTABLISHED' &&
      formatAddress(witness.destination) === '10.96.0.10' &&
      isLost(effects),
  );
  expect(later).not.toEqual([]);
});

/** By which link an answer leaves hangs on whose the client is: Linux 6.18 let one of eth0 hear it under such a rule, and none of eth1. */
test.each(['--ctdir REPLY', '! --ctstate RELATED --ctdir REPLY --ctorigdst 10.96.0.10/32'])(
  'what comes back to the clients of one link: %s',
  (asked) => {
    const further = hostOf(
      'addresses: [192.0.2.10/24]\npodCIDR: 10.244.1.0/24\ninterfaces: [{ name: eth1, addresses: [10.7.0.1/24] }]\n',
    );
    const dropped = `-A FORWARD -o eth1 -m conntrack --ctstate DNAT -m conntrack ${asked} -j DROP`;
    const { same, classes } = comparePackets(rules(), rules(dropped), further);
    expect(same).toBe(false);
    const sources = classes
      .filter(({ later, effects }) => later && isLost(effects))
      .flatMap(({ boxes }) => boxes.map(({ sides }) => sides.source));
    expect(sources.some((clients) => has(clients, 0x0a070005))).toBe(true);
    expect(sources.some((clients) => has(clients, 0x08080808))).toBe(false);
  },
);
