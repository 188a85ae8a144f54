import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Address, families } from '../../src/address/address.ts';
import { bordersOf } from '../../src/engine/borders.ts';
import type { PlainOutcome } from '../../src/engine/distributions.ts';
import { readFlows } from '../../src/engine/flows.ts';
import { Interpreter } from '../../src/engine/interpreter.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { type TestCase, testCase } from '../kernel/generate.ts';
import { nodes } from '../kernel/node.ts';

const seed = 4_711;

function prepare({ family, backend, rules, packets }: TestCase) {
  const { ruleset } = readDump(
    { name: 'rules', text: rules },
    {
      family,
      ...(backend !== 'nftables' && { backend }),
    },
  );
  const listed = packets.map((packet) => ({
    ...packet,
    proto: String(packet.proto),
    flags: flagsOf(packet.flags),
  }));
  const flows = readFlows(
    { name: 'flows', text: JSON.stringify({ host: nodes[family].host, packets: listed }) },
    family,
  );
  const host = buildHost(family, [flows.host]);
  return { program: buildProgram(ruleset), host, packets: flows.packets.map(({ packet }) => packet) };
}

function flagsOf(bits: number): string {
  return [...'FSRPAU'].filter((_name, bit) => bits & (1 << bit)).join('') || 'NONE';
}

function print(outcomes: readonly PlainOutcome[]): string[] {
  return outcomes
    .map(({ verdict, dnat, src, masqueraded, delivered, weight }) =>
      [verdict, dnat, src, masqueraded, delivered, weight].join(' '),
    )
    .sort();
}

describe.each(families)('short ways through long chains, %s', (family) => {
  const cases = fc.sample(testCase(family, 'nft', 25, 8), { numRuns: 40, seed });

  test('chains are long enough to be narrowed', () => {
    const long = cases.filter(
      ({ rules }) => (rules.match(/^-A (?:PREROUTING|FORWARD) /gm) ?? []).length > 32,
    );
    expect(long.length).toBeGreaterThan(10);
  });

  test('trying only rules that can match changes nothing', () => {
    for (const one of cases) {
      const { program, host, packets } = prepare(one);
      for (const packet of packets) {
        const linear = tracePacket(program, host, packet, { linear: true, trace: true }).outcomes;
        const narrowed = tracePacket(program, host, packet, { trace: true }).outcomes;
        expect(print(narrowed)).toEqual(print(linear));
      }
    }
  });

  test('packets of one class fare alike', () => {
    for (const one of cases) {
      const { program, host, packets } = prepare(one);
      const interpreter = new Interpreter(program, host);
      for (const packet of packets) {
        const linear = tracePacket(program, host, packet, { linear: true }).outcomes;
        expect(print(interpreter.outcomes(packet))).toEqual(print(linear));
      }
    }
  });
});

/** Without what cannot be sorted into classes: hashes over ranges, and ends of which something is kept. */
function classifiable(one: TestCase): TestCase {
  const to = one.family === 'ipv4' ? '10.180.0.5:81' : '[fd00:10:180::5]:81';
  const prefix = one.family === 'ipv4' ? '203.0.113.0/25' : '2001:db8:113::/49';
  const dnat = `-j DNAT --to-destination ${to}`;
  const rules = one.rules
    .split('\n')
    .map((line) => line.replace(/-j NETMAP --to \S+/, '-j ACCEPT'))
    .map((line) => line.replace(/(--to-source \S+?)-(?:192\.168\.0\.3|fd00:192::3)/, '$1'))
    .map((line) => line.replace(/^(.* -p (?:tcp|udp|sctp) .*)-j (?:DNAT|REDIRECT) .*$/, `$1${dnat}`))
    .map((line) => (line.endsWith(dnat) ? line : line.replace(/-j (?:DNAT|REDIRECT).*$/, '-j RETURN')))
    .map((line) => line.replaceAll('0.0.0.9/0.0.0.255', prefix).replaceAll(' --rdest', ''));
  return { ...one, rules: rules.join('\n') };
}

/** A neighbour of an address, of the same family. */
function shifted(address: Address, by: number): Address {
  return typeof address === 'number' ? (address + by) >>> 0 : address + BigInt(by);
}

test.each(families)('an answer that was worked out for one packet is given to others, %s', (family) => {
  const arbitrary = testCase(family, 'nft', 25);
  for (const one of fc.sample(arbitrary, { numRuns: 60, seed: seed + 1 })) {
    const { program, host, packets } = prepare(classifiable(one));
    expect(bordersOf(program, host)).not.toBeNull();
    const interpreter = new Interpreter(program, host);
    // The same packets from neighbours: other addresses and ports, mostly between the same borders.
    for (const shift of [0, 1, 2, 40]) {
      for (const packet of packets) {
        const moved = {
          ...packet,
          source: shifted(packet.source, shift),
          destination: shifted(packet.destination, shift === 2 ? 1 : 0),
          sourcePort: packet.sourcePort === null ? null : Math.min(65535, packet.sourcePort + shift),
          destinationPort:
            packet.destinationPort === null ? null : Math.min(65535, packet.destinationPort + shift),
        };
        expect(print(interpreter.outcomes(moved))).toEqual(
          print(tracePacket(program, host, moved, { linear: true }).outcomes),
        );
      }
    }
  }
});
