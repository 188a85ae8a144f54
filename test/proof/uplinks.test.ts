import { expect, test } from 'vitest';
import { buildHost } from '../../src/host/build.ts';
import { readHost } from '../../src/host/read.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { links, own, pods } from '../engine/two-uplinks.ts';
import { load, table } from './small.ts';

// Linux 6.18 sent what is marked by eth1 (test/engine/network.test.ts).
const parts = [
  links,
  `default via 192.168.0.1 dev eth0\n${own}default via 192.168.1.1 dev eth1 table 100\n`,
  '0:\tfrom all lookup local\n32765:\tfrom all fwmark 0x1/0x1 lookup 100\n32766:\tfrom all lookup main\n',
  pods,
];
const host = buildHost(
  'ipv4',
  parts.map((text) => readHost({ name: 'host', text }, 'ipv4').fields),
);
// Something asks for the mark: otherwise it would be told by itself.
const asks = table('filter', '-A INPUT -m mark --mark 0x1/0x1 -j ACCEPT');
const marks = (mark: string) =>
  load(table('mangle', `-A PREROUTING -s 10.180.0.6 -p udp -j MARK --set-xmark ${mark}/0x1`) + asks);

test('what leaves by another uplink has another fate', () => {
  expect(comparePackets(marks('0x1'), marks('0x1'), host).same).toBe(true);
  const { same, classes } = comparePackets(marks('0x0'), marks('0x1'), host);
  expect(same).toBe(false);
  expect(classes.flatMap(({ effects }) => effects)).toContainEqual({
    kind: 'delivery',
    before: [{ kind: 'passed', to: { interface: 'eth0' } }],
    after: [{ kind: 'passed', to: { interface: 'eth1' } }],
  });
});

// `ip route get 203.0.113.9 mark 1` of Linux 6.18, with these routes: via 192.168.0.254 dev eth0 table 100.
const gateways = buildHost(
  'ipv4',
  [
    links,
    `default via 192.168.0.1 dev eth0\n${own}default via 192.168.0.254 dev eth0 table 100\n`,
    ...parts.slice(2),
  ].map((text) => readHost({ name: 'host', text }, 'ipv4').fields),
);

test('what leaves by the same interface to another gateway has another fate', () => {
  expect(comparePackets(marks('0x1'), marks('0x1'), gateways).same).toBe(true);
  const { same, classes } = comparePackets(marks('0x0'), marks('0x1'), gateways);
  expect(same).toBe(false);
  expect(classes.flatMap(({ effects }) => effects)).toContainEqual({
    kind: 'delivery',
    before: [{ kind: 'passed', to: { interface: 'eth0', via: '192.168.0.1' } }],
    after: [{ kind: 'passed', to: { interface: 'eth0', via: '192.168.0.254' } }],
  });
});
