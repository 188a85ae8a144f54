import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFlows } from '../../src/engine/flows.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { Sequence } from '../../src/engine/sequence.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { readHost } from '../../src/host/read.ts';
import { readSets } from '../../src/ipset/set-file.ts';
import { readDump } from '../../src/iptables/dump/read.ts';

const root = resolve(import.meta.dirname, '../../fixtures/kernel-traces');
const cases = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

function open(name: string) {
  const source = (file: string) => ({ name: file, text: readFileSync(join(root, name, file), 'utf8') });
  const { ruleset } = readDump(source('rules.save'));
  const program = buildProgram(ruleset, undefined, readSets([source('sets.save')]));
  const host = buildHost(ruleset.family, [readHost(source('host.json'), ruleset.family).fields]);
  const { packets: flows } = readFlows(source('flows.json'), ruleset.family);
  const seen = JSON.parse(source('seen.json').text) as readonly string[];
  return { program, host, packets: flows.map(({ packet }) => packet), seen };
}

describe(`what a kernel did to packets under rules that ask and change sets (${cases.length} recorded)`, () => {
  test.each(cases)('%s', (name) => {
    const { program, host, packets, seen } = open(name);
    const told = packets.map((packet) =>
      tracePacket(program, host, packet).outcomes.map(({ verdict, weight }) => `${verdict} ${weight}`),
    );
    expect(told).toEqual(seen.map((verdict) => [`${verdict} 1/1`]));
  });

  test('what one packet puts into a set is there for the next one', () => {
    const { program, host, packets } = open('set-target-ignored');
    const sequence = new Sequence(program, host);
    const [first] = packets as [(typeof packets)[number]];
    sequence.next(first, 0);
    // Of another protocol, which puts nothing in.
    const { outcomes } = sequence.next({ ...first, protocol: 132 }, 1);
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['drop']);
  });
});
