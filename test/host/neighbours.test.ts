import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Family, formatAddress } from '../../src/address/address.ts';
import { buildHost } from '../../src/host/build.ts';
import { readHost } from '../../src/host/read.ts';
import { kubenat } from '../cli/harness.ts';

// What Linux 6.18 and iproute2 6.1 printed in a namespace where nobody was behind the link: asked just now, and five seconds later.
const askedNow = `10.9.0.9 dev v0 INCOMPLETE 
10.9.0.8 dev v0 lladdr 02:00:00:00:00:09 PERMANENT 
fd09::9 dev v0 INCOMPLETE 
`;
const later = `10.9.0.9 dev v0 FAILED 
10.9.0.8 dev v0 lladdr 02:00:00:00:00:09 PERMANENT 
fd09::9 dev v0 FAILED 
`;
const counted = `10.9.0.9 dev v0  ref 1 used 0/60/0probes 4 INCOMPLETE 
10.9.0.8 dev v0 lladdr 02:00:00:00:00:09  used 1/1/1probes 0 PERMANENT 
`;
const proxies = '10.9.0.7 dev v0 proxy \n';
const ofLink = '10.9.0.9 FAILED \n10.9.0.8 lladdr 02:00:00:00:00:09 PERMANENT \nfe80::9 FAILED \n';
const json =
  '[{"dst":"10.9.0.9","dev":"v0","state":["INCOMPLETE"]},{"dst":"10.9.0.8","dev":"v0","lladdr":"02:00:00:00:00:09","state":["PERMANENT"]},{"dst":"fd09::9","dev":"v0","state":["INCOMPLETE"]}]';
const jsonOfLink = '[{"dst":"10.9.0.9","state":["FAILED"]},{"dst":"fd09::9","state":["FAILED"]}]';
const jsonProxies = '[{"dst":"10.9.0.7","dev":"v0","proxy":null}]';

function hostOf(family: Family, ...texts: readonly string[]) {
  return buildHost(
    family,
    texts.map((text, index) => {
      const { fields, problems } = readHost({ name: `${index}`, text }, family);
      expect(problems).toEqual([]);
      return fields;
    }),
  );
}

const silentIn = (family: Family, ...texts: readonly string[]) =>
  hostOf(family, ...texts).silent.map((one) => `${formatAddress(one.address)} ${one.interface} ${one.state}`);

test.each([
  ['text', askedNow, '10.9.0.9 v0 INCOMPLETE', 'fd09::9 v0 INCOMPLETE'],
  ['later', later, '10.9.0.9 v0 FAILED', 'fd09::9 v0 FAILED'],
  ['JSON', json, '10.9.0.9 v0 INCOMPLETE', 'fd09::9 v0 INCOMPLETE'],
  ['JSON of one link', jsonOfLink, '10.9.0.9 null FAILED', 'fd09::9 null FAILED'],
  ['with its command', `$ ip neigh show dev v0\n${ofLink}`, '10.9.0.9 v0 FAILED', 'fe80::9 v0 FAILED'],
  ['one link', ofLink, '10.9.0.9 null FAILED', 'fe80::9 null FAILED'],
])('who did not answer is read: %s', (_, text, four, six) => {
  expect(silentIn('ipv4', text)).toEqual([four]);
  expect(silentIn('ipv6', text)).toEqual([six]);
});

test('with statistics, too', () => expect(silentIn('ipv4', counted)).toEqual(['10.9.0.9 v0 INCOMPLETE']));

test.each([proxies, jsonProxies, ofLink, later])('a neighbour is no route: %#', (text) => {
  expect(hostOf('ipv4', text).routes.map(({ interface: link }) => link)).not.toContain('v0');
});

test.each(['REACHABLE', 'STALE', 'DELAY', 'PROBE', 'NOARP', 'PERMANENT'])('%s says nothing', (state) => {
  expect(silentIn('ipv4', `10.9.0.9 dev v0 lladdr 02:00:00:00:00:09 ${state}\n`)).toEqual([]);
});

test('of two lists the later one counts', () => {
  const well = '10.9.0.9 dev v0 lladdr 02:00:00:00:00:09 REACHABLE\n';
  expect(silentIn('ipv4', later, well)).toEqual([]);
  expect(silentIn('ipv4', well, later)).toEqual(['10.9.0.9 v0 FAILED']);
});

const network = `$ ip addr
2: eth0: <UP> mtu 1500
    inet 192.168.0.2/24 scope global eth0
    inet6 fd00:192::2/64 scope global
4: cni0: <UP> mtu 1500
    inet 10.244.0.1/24 scope global cni0
    inet6 fd00:10::1/64 scope global
$ ip route
default via 192.168.0.1 dev eth0
10.244.0.0/24 dev cni0 scope link
192.168.0.0/24 dev eth0 scope link
$ ip -6 route
default via fe80::1 dev eth0
fd00:10::/64 dev cni0
fd00:192::/64 dev eth0
`;
const rules = `*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.244.0.5:8080
-A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.0.6:8080
COMMIT
`;

function traced(neighbours: string, packet: string, ...more: readonly string[]) {
  const filter = '*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n';
  const files = {
    'host.txt': `${network}$ ip neigh\n${neighbours}`,
    'rules.save': packet.includes('[') ? filter : rules,
  };
  return kubenat(['trace', '--rules', 'rules.save', '--host', 'host.txt', ...more, packet], files);
}

async function jsonOf(neighbours: string, packet: string) {
  const { out, err } = await traced(neighbours, packet, '--format', 'json', '--packet');
  expect(err).toBe('');
  return JSON.parse(out).results[0].outcomes;
}

describe('the next hop of a packet that is let through', () => {
  test.each([
    ['udp 10.244.0.9 -> 8.8.8.8:53', '192.168.0.1 dev eth0 FAILED', '192.168.0.1'],
    ['udp 10.244.0.9 -> 192.168.0.7:53', '192.168.0.7 dev eth0 INCOMPLETE', '192.168.0.7'],
    ['udp 203.0.113.9 -> 10.244.0.5:53', '10.244.0.5 dev cni0 FAILED', '10.244.0.5'],
    ['udp [fd00:10::9] -> [2001:db8::1]:53', 'fe80::1 dev eth0 FAILED', 'fe80::1'],
    ['udp 10.244.0.9 -> 8.8.8.8:53', '192.168.0.1 dev cni0 FAILED', undefined],
    ['udp 10.244.0.9 -> 8.8.8.8:53', '8.8.8.8 dev eth0 FAILED', undefined],
    ['udp [fd00:10::9] -> [2001:db8::1]:53', 'fe80::1 FAILED', undefined],
    ['udp 10.244.0.9 -> 192.168.0.2:53', '192.168.0.2 dev eth0 FAILED', undefined],
  ])('%s, %s', async (packet, neighbour, silent) => {
    const [outcome, ...others] = await jsonOf(`${neighbour}\n`, packet);
    expect(others).toEqual([]);
    expect(outcome.verdict).toBe('accept');
    expect(outcome.silent?.address).toBe(silent);
  });

  test('of one endpoint of two, its part alone', async () => {
    const outcomes = await jsonOf('10.244.0.6 dev cni0 FAILED\n', 'tcp 203.0.113.9:4000 -> 10.96.0.10:80');
    const told = outcomes.map((one: { dnat: string; silent?: object }) => [one.dnat, one.silent]);
    expect(told.sort()).toEqual([
      ['10.244.0.5:8080', undefined],
      ['10.244.0.6:8080', { address: '10.244.0.6', interface: 'cni0', state: 'FAILED' }],
    ]);
  });
});

test.each([
  [
    'en',
    'nobody had answered its ARP requests for 192.168.0.1 on eth0 (FAILED), the next hop of the SYN-ACK',
  ],
  ['ko', 'SYN-ACK, 응답 데이터, 응답 FIN의 다음 홉 192.168.0.1에 대한 ARP 요청'],
])('of a connection, its answers too, in words: %s', async (language, said) => {
  const packet = 'tcp 203.0.113.9 -> 10.244.0.5:80';
  const { out } = await traced('192.168.0.1 dev eth0 FAILED\n', packet, '--lang', language, '--connection');
  expect(out).toContain(said);
  expect(out.match(/192\.168\.0\.1/g)).toHaveLength(1);
});

test.each([
  ['en', 'neighbour solicitations for fd00:10::5 on cni0 (INCOMPLETE), the next hop of the packet'],
  ['ko', '패킷의 다음 홉 fd00:10::5에 대한 이웃 요청(neighbor solicitation)에 cni0에서 아직'],
])('of one packet, in words: %s', async (language, said) => {
  const packet = 'udp [2001:db8::1] -> [fd00:10::5]:53';
  const { out } = await traced('fd00:10::5 dev cni0 INCOMPLETE\n', packet, '--lang', language, '--packet');
  expect(out).toContain(said);
});

test('no verdict and no share changes by it, whoever is silent', async () => {
  const packet = 'tcp 203.0.113.9:4000 -> 10.96.0.10:80';
  const plain = await jsonOf('', packet);
  const hop = fc.constantFrom('10.244.0.5 dev cni0', '10.244.0.6 dev cni0', '192.168.0.1 dev eth0');
  const entry = fc.tuple(hop, fc.constantFrom('FAILED', 'INCOMPLETE')).map((words) => `${words.join(' ')}\n`);
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 3 }), async (list) => {
      const told = await jsonOf(list.join(''), packet);
      expect(told.map(({ silent: _, ...rest }: { silent?: object }) => rest)).toEqual(plain);
    }),
    { numRuns: 10 },
  );
});
