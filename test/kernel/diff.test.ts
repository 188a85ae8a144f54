import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Family, families, formatAddress } from '../../src/address/address.ts';
import { readFlows } from '../../src/engine/flows.ts';
import { echoRequest, type Packet } from '../../src/engine/packet.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import type { Ruleset } from '../../src/iptables/rule/ruleset.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { InputError } from '../../src/text/problem.ts';
import { fixtures } from '../cases.ts';
import { count } from '../claims.ts';
import { kubenat } from '../cli/harness.ts';
import { asMet, boxesOf, isIn } from '../proof/dense.ts';
import { mutate, mutations } from '../proof/mutate.ts';
import { disagreements, interpret, printObserved } from './compare.ts';
import { type TestCase, type TestPacket, testCase } from './generate.ts';
import { Instrument, type Observed, whyNot } from './instrument.ts';
import { isRequired } from './iptables.ts';
import { hostOf } from './node.ts';

const reason = whyNot();
const pairs = Number(process.env.KERNEL_PAIRS ?? (isRequired ? 80 : 8));
const seed = Number(process.env.KERNEL_SEED ?? 1100);
/** What is beyond, in one of five pairs, is told as not proved, and costs more than all the rest: more pairs find more. */
const limit = 20_000;
/** Of each pair, the first classes. */
const mostWitnesses = 60;

function load(text: string, family: Family): Ruleset | null {
  try {
    return readDump({ name: 'dump', text }, { family }).ruleset;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** Null: the instrument cannot send such a packet. */
function toSend(packet: Packet, family: Family): TestPacket | null {
  const { protocol, from, icmp, flags, source, destination, sourcePort, destinationPort, state } = packet;
  const echo = echoRequest[family];
  const isEcho =
    protocol === (family === 'ipv4' ? 1 : 58) && icmp.type === echo.type && icmp.code === echo.code;
  if (state !== null || typeof from !== 'string' || (![6, 17, 132].includes(protocol) && !isEcho))
    return null;
  return {
    proto: protocol,
    src: formatAddress(source),
    sport: sourcePort ?? 1,
    dst: formatAddress(destination),
    dport: destinationPort ?? 1,
    from,
    flags,
  };
}

interface Pair {
  readonly family: Family;
  readonly before: string;
  readonly after: string;
  /** Packets of which some are in no class. */
  readonly others: readonly TestPacket[];
}

/** Asks the kernel on both sides. How many witnesses it was seen to treat in two ways. */
async function holdAgainstKernel(
  instrument: Instrument,
  { family, before, after, others }: Pair,
): Promise<number> {
  const [left, right] = [load(before, family), load(after, family)];
  if (!left || !right) return 0;
  const host = hostOf(family);
  const comparison = comparePackets(left, right, host, { limit });
  const witnesses = comparison.classes.flatMap(({ witness, supposed, effects, before: old, after: next }) => {
    // A mark, another header field or a state alone is not seen where the packet arrives.
    const isSeen = effects.some(({ kind }) => kind !== 'header' && kind !== 'state');
    const remembered = [old, next].some(({ items }) =>
      items.some(({ lists, flowMark }) => lists.length > 0 || flowMark !== null),
    );
    const packet = supposed.length > 0 || remembered ? null : toSend(witness, family);
    return packet ? [{ packet, sure: isSeen && old.items.length === 1 && next.items.length === 1 }] : [];
  });
  const asked = witnesses.slice(0, mostWitnesses);
  const said = boxesOf(comparison);
  const untouched = others.filter(
    (packet) => !said.some((box) => isIn(asMet(packetOf(packet, family), host), box)),
  );
  const packets = [...asked.map(({ packet }) => packet), ...untouched];
  const seen: (readonly Observed[])[] = [];
  const sure: boolean[][] = [];
  for (const rules of [before, after]) {
    const one: TestCase = { family, backend: 'nft', rules, packets, sequence: false };
    const observation = await instrument.ask(one);
    // What the kernel refuses, nobody can bring about.
    if ('refused' in observation) return 0;
    const computed = interpret(one);
    expect(disagreements(one, computed, observation.outcomes), `${before}\nthen\n${after}`).toEqual([]);
    seen.push(observation.outcomes);
    sure.push(computed.map((list) => list.length === 1 && list[0]?.verdict !== 'unknown'));
  }
  let differing = 0;
  packets.forEach((packet, at) => {
    const [was, is] = seen.map((list) => printObserved(list[at] as Observed, packet));
    const known = sure.every((side) => side[at]);
    const place = `${JSON.stringify(packet)}\n${before}\nthen\n${after}`;
    if (at >= asked.length && known) expect(is, `in no class: ${place}`).toBe(was);
    if (at < asked.length && asked[at]?.sure && known && was === is) {
      // Refusals differ in the answer's kind, too.
      expect(seen[0]?.[at]?.with, `a witness: ${place}`).not.toBe(seen[1]?.[at]?.with);
    }
    if (was !== is) differing += 1;
  });
  count('witnesses of a change, and packets it spares', packets.length);
  return differing;
}

function packetOf(packet: TestPacket, family: Family): Packet {
  const names = [...'FSRPAU'].filter((_name, bit) => packet.flags & (1 << bit)).join('') || 'NONE';
  const text = JSON.stringify({
    packets: [{ ...packet, id: 'one', proto: String(packet.proto), flags: names }],
  });
  return (readFlows({ name: 'flows', text }, family).packets[0] as { packet: Packet }).packet;
}

function generatedPairs(): readonly Pair[] {
  return Array.from({ length: pairs }, (_, index) => {
    const family = families[index % 2] as Family;
    const pair = fc.tuple(
      testCase(family, 'nft', 20),
      fc.array(fc.constantFrom(...Object.keys(mutations)), { minLength: 3, maxLength: 6 }),
      fc.infiniteStream(fc.nat()),
    );
    const [[{ rules, packets }, kinds, stream]] = fc.sample(pair, { numRuns: 1, seed: seed + index }) as [
      [TestCase, string[], fc.Stream<number>],
    ];
    const dice = (below: number) => (stream.next().value as number) % below;
    return {
      family,
      before: rules,
      after: kinds.reduce((text, kind) => mutate(text, kind, dice), rules),
      others: packets,
    };
  });
}

describe.skipIf(reason !== null && !isRequired)(
  `what a change does to packets, on the kernel${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    let instrument: Instrument;
    beforeAll(() => {
      instrument = new Instrument();
    });
    afterAll(() => instrument.close());

    test(
      `${pairs} generated pairs, seed ${seed}`,
      async () => {
        let differing = 0;
        for (const pair of generatedPairs()) differing += await holdAgainstKernel(instrument, pair);
        expect(differing).toBeGreaterThan(pairs / 4);
      },
      120_000 + pairs * 25_000,
    );

    const folder = join(fixtures, 'diff');
    // What proves that no packet changes fate has no witness, and affinity changes nothing for a first packet.
    const changes = readdirSync(folder).filter(
      (name) =>
        !['before', 'affinity-on'].includes(name) &&
        !readFileSync(join(folder, name, 'report.txt'), 'utf8').includes('(proved)'),
    );
    test.each(changes)(
      '%s',
      async (name) => {
        const compiled = async (side: string) =>
          (await kubenat(['compile', '--config', join(folder, side, 'kube-proxy.yaml'), join(folder, side)]))
            .out;
        const pair = {
          family: 'ipv4' as const,
          before: await compiled('before'),
          after: await compiled(name),
        };
        expect(await holdAgainstKernel(instrument, { ...pair, others: [] })).toBeGreaterThan(0);
      },
      60_000,
    );
  },
);
