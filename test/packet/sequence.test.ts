import { expect, test } from 'vitest';
import { parsePrefix, type Subnet } from '../../src/address/subnet.ts';
import { readDump } from '../../src/dump/read.ts';
import { buildHost } from '../../src/host/build.ts';
import { parsePacket } from '../../src/packet/notation.ts';
import { buildProgram } from '../../src/packet/program.ts';
import { Sequence } from '../../src/packet/sequence.ts';
import { InputError } from '../../src/text/problem.ts';

// Two endpoints, chosen by chance, and a flow stays with its own (Documentation/networking/nf_conntrack: the NAT table is
// asked for the first packet of a connection only).
const rules = `*nat
-A PREROUTING -d 10.96.0.1/32 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.180.0.5
-A PREROUTING -d 10.96.0.1/32 -j DNAT --to-destination 10.180.0.6
COMMIT
`;
const host = buildHost('ipv4', [{ podCIDR: parsePrefix('10.180.0.0/24') as Subnet }]);
const program = buildProgram(readDump({ name: 'rules', text: rules }).ruleset);
const flow = (port: number, flags = '') =>
  parsePacket({ name: 'packet', text: `tcp 203.0.113.9:${port} -> 10.96.0.1:80 from external${flags}` });

const ends = (sequence: Sequence, port: number, at: number) =>
  sequence.next(flow(port), at).outcomes.map(({ dnat, weight }) => `${dnat} ${weight}`);

const halves = ['10.180.0.5:80 1/2', '10.180.0.6:80 1/2'];

test('each of two flows has either endpoint', () => {
  const sequence = new Sequence(program, host);
  expect(ends(sequence, 4001, 0).sort()).toEqual(halves);
  expect(ends(sequence, 4002, 1).sort()).toEqual(halves);
});

test('where the node may remember more than is followed, it is said, and not that it remembers less', () => {
  const sequence = new Sequence(program, host, { limit: 3 });
  expect(ends(sequence, 4001, 0).sort()).toEqual(halves);
  expect(() => sequence.next(flow(4002), 1)).toThrow(InputError);
  expect(() => sequence.next(flow(4002), 1)).toThrow(/more than 3 different things/);
  // Flows that are forgotten are none of them.
  sequence.forgetFlows();
  expect(ends(sequence, 4003, 2).sort()).toEqual(halves);
});

test('what is assumed of the node is told with every packet', () => {
  expect(host.assumed.length).toBeGreaterThan(0);
  expect(new Sequence(program, host).next(flow(4001), 0).assumed).toEqual(
    expect.arrayContaining([...host.assumed]),
  );
});
