import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressTypeCases } from './address-types.ts';
import { disagreements, interpret } from './compare.ts';
import { forgedCases, isUnknowable } from './forged.ts';
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

    test.each([...forgedCases, ...addressTypeCases, ...particularCases])(
      '%s',
      async (_name, one) => {
        const observation: Observation = await instrument.ask(one);
        if ('refused' in observation) throw new Error(observation.refused);
        const computed = interpret(one);
        expect(disagreements(one, computed, observation.outcomes)).toEqual([]);
        const unknown = one.packets.filter((_, at) =>
          computed[at]?.some(({ verdict }) => verdict === 'unknown'),
        );
        expect(unknown.filter((packet) => !isUnknowable(packet))).toEqual([]);
      },
      60_000,
    );
  },
);
