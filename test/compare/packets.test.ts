import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparePackets } from '../../src/compare/compare.ts';
import { readDump } from '../../src/dump/read.ts';
import { buildHost } from '../../src/host/build.ts';
import { readFlows } from '../../src/packet/flows.ts';
import type { Ruleset } from '../../src/rule/ruleset.ts';
import { InputError } from '../../src/text/problem.ts';
import { type Case, cases, readCase } from '../cases.ts';
import { addressesIn, boxesOf, type Dice, isIn, nearbyPacket, packetIn, portsIn, tracerOf } from './dense.ts';
import { mutate, mutations } from './mutate.ts';

const small = cases.filter((one) => readCase(one, 'iptables.save').length < 40_000);
const runs = Number(process.env.KUBENAT_RUNS ?? 8);

function load(text: string, { family }: Case): Ruleset | null {
  try {
    return readDump({ name: 'dump', text }, { family }).ruleset;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

function hostOf(one: Case) {
  const flows = readFlows({ name: 'flows.json', text: readCase(one, 'flows.json') }, one.family);
  return buildHost(one.family, [flows.host]);
}

/** Decides by tracing whether a mutation matters, and holds the comparison against it. */
function check(one: Case, kind: string, dice: Dice): void {
  const text = readCase(one, 'iptables.save');
  const mutated = mutate(text, kind, dice);
  const [before, after] = [load(text, one), load(mutated, one)];
  if (!before || !after) return;
  const host = hostOf(one);
  const comparison = comparePackets(before, after, host);
  const [was, is] = [tracerOf(before, host), tracerOf(after, host)];
  const said = boxesOf(comparison);
  const place = `${one.id}, ${kind}`;
  const addresses = addressesIn(
    text,
    mutated,
    readCase(one, 'flows.json'),
    '0.0.0.0 127.0.0.1 255.255.255.255',
  );
  const own = addresses.filter((address) => (typeof address === 'number') === (one.family === 'ipv4'));
  const ports = portsIn(text, mutated);
  for (let count = 0; count < 150; count += 1) {
    const packet = nearbyPacket(own, ports, dice);
    if (was(packet) === is(packet)) continue;
    const found = said.some((box) => isIn(packet, box));
    expect(
      found,
      `${place}: ${JSON.stringify(packet, printBig)} differs\n${was(packet)}\nthen\n${is(packet)}`,
    ).toBe(true);
  }
  for (const { boxes, witness, confirmed, supposed, before: old, after: next } of comparison.classes) {
    if (supposed.length > 0 || boxes.some(({ symbols }) => symbols.size > 0)) continue;
    const remembered = [old, next].some(({ items }) => items.some(({ remembers }) => remembers.length > 0));
    expect(confirmed, `${place}: ${JSON.stringify(witness, printBig)}`).toBe(true);
    for (const box of boxes.slice(0, 3)) {
      const packet = packetIn(box, dice);
      if (!remembered) {
        expect(was(packet), `${place}: ${JSON.stringify(packet, printBig)} is in a class`).not.toBe(
          is(packet),
        );
      }
    }
  }
}

const printBig = (_name: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value);

describe('what is said of a mutation agrees with dense tracing', () => {
  test.each(Object.keys(mutations))(
    '%s',
    (kind) => {
      fc.assert(
        fc.property(fc.constantFrom(...small), fc.infiniteStream(fc.nat()), (one, stream) => {
          check(one, kind, (below) => (stream.next().value as number) % below);
        }),
        { numRuns: runs, endOnFailure: true },
      );
    },
    600_000,
  );
});
