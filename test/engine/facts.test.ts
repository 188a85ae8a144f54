import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Family } from '../../src/address/address.ts';
import { type Flow, readFlows } from '../../src/engine/flows.ts';
import type { Outcome } from '../../src/engine/outcome.ts';
import { isIcmp } from '../../src/engine/packet.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { Sequence } from '../../src/engine/sequence.ts';
import { buildHost } from '../../src/host/build.ts';
import { readDump } from '../../src/iptables/dump/read.ts';

const root = join(import.meta.dirname, '../../fixtures/facts');
const names = readdirSync(root).filter((name) => name.endsWith('.json'));

interface Fact {
  readonly about: string;
  readonly family: Family;
  readonly rules: readonly string[];
  readonly packets: readonly FactPacket[];
}

interface FactPacket {
  readonly id: string;
  readonly at?: number;
  readonly repeat?: number;
  readonly flowsKept?: boolean;
  readonly outcomes: readonly Partial<Outcome>[];
}

/** What was looked at in the experiment. */
function fits(outcome: Outcome, seen: Partial<Outcome>): boolean {
  return Object.entries(seen).every(([name, value]) => outcome[name as keyof Outcome] === value);
}

class Experiment {
  private readonly node: Sequence;
  private port = 20_000;

  constructor(node: Sequence) {
    this.node = node;
  }

  send({ packet }: Flow, { at = 0, repeat = 1, flowsKept = false }: FactPacket): Outcome[] {
    if (!flowsKept) this.node.forgetFlows();
    return Array.from({ length: repeat }).flatMap(() => {
      this.port += 1;
      const sourcePort = packet.sourcePort ?? this.port;
      return this.node.next(isIcmp(packet.protocol) ? packet : { ...packet, sourcePort }, at).outcomes;
    });
  }
}

describe('what the kernel did in small experiments', () => {
  test('there are experiments', () => {
    expect(names.length).toBeGreaterThanOrEqual(69);
  });

  test.each(names)('%s', (name) => {
    const text = readFileSync(join(root, name), 'utf8');
    const { family, rules, packets }: Fact = JSON.parse(text);
    const { ruleset } = readDump({ name, text: rules.join('\n') }, { family });
    const flows = readFlows({ name, text }, family);
    const host = buildHost(family, [flows.host]);
    const experiment = new Experiment(new Sequence(buildProgram(ruleset), host, { freshCounters: true }));
    flows.packets.forEach((flow, index) => {
      const fact = packets[index] as FactPacket;
      const computed = experiment.send(flow, fact);
      const unseen = computed.filter((outcome) => !fact.outcomes.some((seen) => fits(outcome, seen)));
      expect(unseen, `${flow.id} cannot end so`).toEqual([]);
      const missed = fact.outcomes.filter((seen) => !computed.some((outcome) => fits(outcome, seen)));
      expect(missed, `${flow.id} can end so`).toEqual([]);
    });
  });
});
