import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../src/address/address.ts';
import { emptyMemory } from '../../src/engine/memory.ts';
import type { Origin } from '../../src/engine/packet.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { ingressOf, tracePacket } from '../../src/engine/trace.ts';
import { Walk } from '../../src/engine/walk.ts';
import { buildHost } from '../../src/host/build.ts';
import { readHost } from '../../src/host/read.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { hostSets } from '../../src/proof/explore/host-sets.ts';
import { listOrigins, packetAt } from '../../src/proof/explore/origins.ts';
import { arrivalStates, dimensions } from '../../src/sets/box.ts';
import { has, type IntervalSet } from '../../src/sets/intervals.ts';
import { dataKey } from '../../src/text/data-key.ts';
import { fieldsOf } from '../kernel/node.ts';

// Sources that routing refuses whatever they are sent to: walked to an address of each class, by each interface. What routing
// refuses is the kernel's own word (test/kernel/routes.test.ts).

const sysctl = (name: string) => ({ sysctls: new Map([[`net.ipv4.conf.all.${name}`, 1]]) });
const hosts = [
  ['IPv4', 'ipv4', {}],
  ['IPv4, 127/8 routed', 'ipv4', sysctl('route_localnet')],
  ['IPv4, own sources taken', 'ipv4', sysctl('accept_local')],
  ['IPv4, rp_filter', 'ipv4', sysctl('rp_filter')],
  ['IPv6', 'ipv6', {}],
] as const;

describe.each(hosts)('%s', (name, family, further) => {
  const host = buildHost(family, [fieldsOf(family), further]);
  const { classes, unheard } = hostSets(host);
  const origins = listOrigins(host);
  const program = buildProgram(readDump({ name: 'none', text: '*filter\nCOMMIT\n' }, { family }).ruleset);
  const lost = (origin: number, protocol: number, source: bigint | number, destination: bigint | number) => {
    const zero = Object.fromEntries(dimensions.map((dimension) => [dimension, 0]));
    const state = arrivalStates.indexOf('NEW');
    const point = { ...zero, origin, protocol, state, source, destination, flags: 2 } as never;
    const packet = packetAt(point, origins, (one) => one === 6 || one === 17);
    return tracePacket(program, host, packet).outcomes.every(({ verdict }) => verdict === 'drop');
  };
  const representatives = classes.map(([first]) => first as number | bigint);

  test('nothing from such a source gets beyond routing', () => {
    const sources = representatives.filter((address) => has(unheard, address));
    expect(sources.length).toBeGreaterThan(1);
    const heard = sources.flatMap((source) =>
      origins
        .slice(1)
        .flatMap((_, at) =>
          [2, 6, 17].flatMap((protocol) =>
            representatives
              .filter((destination) => !lost(at + 1, protocol, source, destination))
              .map((destination) => `${protocol} ${formatAddress(source)} -> ${formatAddress(destination)}`),
          ),
        ),
    );
    expect(heard).toEqual([]);
  });

  // By rp_filter more are, one by one, as each destination has it.
  test.skipIf(name.includes('rp_filter'))('and from each other one something does', () => {
    const sources = representatives.filter((address) => !has(unheard, address));
    const silent = sources.filter((source) =>
      origins.slice(1).every((_, at) => representatives.every((to) => lost(at + 1, 6, source, to))),
    );
    expect(silent.map(formatAddress)).toEqual([]);
  });
});

// Sources of one class: from wherever they come, wherever they are sent, whichever links their senders name.
const noMore = '';
const listed = [
  ['IPv4', 'ipv4', noMore, noMore],
  [
    'IPv4, further links, and an address on lo',
    'ipv4',
    `1: lo: <LOOPBACK,UP>
    inet 127.0.0.1/8 scope host lo
    inet 10.9.9.9/32 scope global lo
2: eth0: <UP>
    inet 192.168.0.2/24 scope global eth0
3: eth1: <UP>
    inet 10.7.0.1/24 scope global eth1
`,
    'default via 192.168.0.1 dev eth0\n10.7.0.0/24 dev eth1 scope link\n192.168.0.0/24 dev eth0 scope link\n',
  ],
  [
    'IPv4, pods behind links of their own',
    'ipv4',
    `1: lo: <LOOPBACK,UP>
    inet 127.0.0.1/8 scope host lo
2: eth0: <UP>
    inet 192.168.0.2/24 scope global eth0
7: cali11: <UP>
8: cali12: <UP>
`,
    'default via 192.168.0.1 dev eth0\n10.180.0.5 dev cali11 scope link\n10.180.0.6 dev cali12 scope link\n',
  ],
  ['IPv6', 'ipv6', noMore, noMore],
  [
    'IPv6, several links with addresses of their own',
    'ipv6',
    `1: lo: <LOOPBACK,UP>
    inet6 ::1/128 scope host
2: eth0: <UP>
    inet6 fd00:192::2/64 scope global
    inet6 fe80::1/64 scope link
3: eth1: <UP>
    inet6 fe80::2/64 scope link
`,
    'default via fd00:192::1 dev eth0\nfd00:192::/64 dev eth0\nfe80::/64 dev eth0\nfe80::/64 dev eth1\n',
  ],
] as const;

describe.each(listed)('%s', (_name, family, links, routes) => {
  const read = (text: string) => (text === '' ? [] : [readHost({ name: 'ip', text }, family).fields]);
  const pods = routes.includes('cali11') ? [{ podIf: 'cali11' }] : [];
  const host = buildHost(
    family,
    links === '' ? [fieldsOf(family)] : [...pods, ...read(links), ...read(routes)],
  );
  const { classes, sources, senders, sent } = hostSets(host);
  const program = buildProgram(readDump({ name: 'none', text: '*filter\nCOMMIT\n' }, { family }).ruleset);
  const firsts = classes.map(([first]) => first as number | bigint);

  /** Null: it does not arrive, and whoever walks that asks for the source in full: an answer may be routed back. */
  function way(source: number | bigint, destination: number | bigint, from: Origin, said: string) {
    const ports = { sourcePort: 40000, destinationPort: 80 };
    const icmp = { type: 0, code: 0 };
    const packet = { source, destination, ...ports, protocol: 17, flags: 0, icmp, from, state: null };
    const guide = { suppose: (question: string) => said.includes(question.slice(0, 3)) };
    const walk = new Walk(program, host, { guide, nextHops: true });
    const ingress = ingressOf(host, from, packet);
    const ends = walk.run(packet, ingress, emptyMemory);
    if (ends.some(({ end: { verdict } }) => verdict !== 'accept')) return null;
    return dataKey(
      ends.map(({ end, weight }) => {
        const { delivered, interface: link, nextHop, copy } = end;
        return [ingress, delivered, link, nextHop, copy?.verdict, copy?.certain, weight];
      }),
    );
  }

  /** Of which members of a set the ways part: from these origins, whatever the other end is. */
  function parted(sets: readonly IntervalSet[], origins: readonly Origin[], isSource: boolean) {
    const wrong: string[] = [];
    let held = 0;
    for (const members of sets) {
      const own = firsts.filter((address) => has(members, address));
      for (const from of origins)
        for (const other of firsts)
          for (const said of ['', 'sent-by', 'group-heard', 'sent-by group-heard']) {
            const ways = own.map((one) =>
              isSource ? way(one, other, from, said) : way(other, one, from, said),
            );
            if (ways.every((one) => one === null)) continue;
            held += ways.length - 1;
            if (new Set(ways).size > 1)
              wrong.push(
                `${own.map(formatAddress).join()} and ${formatAddress(other)} ${dataKey(from)} ${said}`,
              );
          }
    }
    return { wrong, held };
  }

  test('sources of one class go one way', () => {
    const { wrong, held } = parted(sources, listOrigins(host), true);
    expect(wrong).toEqual([]);
    expect(held).toBeGreaterThan(100);
  });

  test('what the node sends goes one way from sources of one class', () => {
    const { wrong, held } = parted(senders, ['host'], true);
    expect(wrong).toEqual([]);
    expect(held).toBeGreaterThan(50);
  });

  test('what the node sends goes one way to destinations of one class', () => {
    const { wrong, held } = parted(sent, ['host'], false);
    expect(wrong).toEqual([]);
    expect(held).toBeGreaterThan(10);
  });
});
