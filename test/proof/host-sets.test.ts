import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../src/address/address.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { hostSets } from '../../src/proof/explore/host-sets.ts';
import { listOrigins, packetAt } from '../../src/proof/explore/origins.ts';
import { arrivalStates, dimensions } from '../../src/sets/box.ts';
import { has } from '../../src/sets/intervals.ts';
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
