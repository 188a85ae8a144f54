import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { disagreements, interpret } from './compare.ts';
import { forgedCases } from './forged.ts';
import type { TestPacket } from './generate.ts';
import { Instrument, type Observation, whyNot } from './instrument.ts';
import { isRequired } from './iptables.ts';
import { particularCases } from './particular.ts';

const reason = whyNot();

describe.skipIf(reason !== null && !isRequired)(
  `packets from forged addresses, and under rules of particular kinds${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    let instrument: Instrument;
    beforeAll(() => {
      instrument = new Instrument();
    });
    afterAll(() => instrument.close());

    test.each([...forgedCases, ...particularCases])(
      '%s',
      async (_name, one) => {
        const observation: Observation = await instrument.ask(one);
        if ('refused' in observation) throw new Error(observation.refused);
        const computed = interpret(one);
        expect(disagreements(one, computed, observation.outcomes)).toEqual([]);
        const unknown = one.packets.filter((_, at) =>
          computed[at]?.some(({ verdict }) => verdict === 'unknown'),
        );
        // Only what the node sends to many at once is not followed, and who listens on lo to a group.
        expect(unknown.filter((packet) => !isToMany(packet) && !isGroupOnLoopback(packet))).toEqual([]);
      },
      60_000,
    );
  },
);

function isToMany({ dst, from }: TestPacket): boolean {
  return from === 'host' && dst.endsWith('.255');
}

function isGroupOnLoopback({ src, dst }: TestPacket): boolean {
  return src.startsWith('2') && dst.startsWith('127.');
}
