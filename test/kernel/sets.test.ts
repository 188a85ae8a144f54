import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { families } from '../../src/address/address.ts';
import { count } from '../claims.ts';
import { disagreements, interpret } from './compare.ts';
import { listTypes, setCase } from './generate-sets.ts';
import { Instrument, whyNot } from './instrument.ts';
import { backends, isRequired } from './iptables.ts';

const reason = whyNot() ?? (spawnSync('ipset', ['--version']).status === 0 ? null : 'ipset is not installed');
const cases = Number(process.env.KERNEL_RULESETS ?? 60) / 4;
const seed = 815;

describe.skipIf(reason !== null && !isRequired)(
  `sets of the kernel${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    let instrument: Instrument;
    beforeAll(() => {
      instrument = new Instrument();
    });
    afterAll(() => instrument.close());

    test.each(families.flatMap((family) => backends.map((backend) => [family, backend] as const)))(
      'rules ask for sets, %s, %s',
      async (family, backend) => {
        const types = listTypes();
        expect(types).toEqual(expect.arrayContaining(['hash:ip', 'hash:net', 'hash:ip,port']));
        let translated = 0;
        for (const one of fc.sample(setCase(types, family, backend), { numRuns: cases, seed })) {
          const observation = await instrument.ask(one);
          if ('refused' in observation) throw new Error(`${observation.refused}\n${one.sets}\n${one.rules}`);
          // What is read is what the kernel says is in the sets, as ipset prints it.
          const computed = interpret({ ...one, sets: observation.sets as string });
          expect(computed.flat().filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
          expect(
            disagreements(one, computed, observation.outcomes),
            `${observation.sets}\n${one.rules}`,
          ).toEqual([]);
          translated += computed.flat().filter(({ dnat }) => dnat !== null).length;
        }
        expect(translated).toBeGreaterThan(cases);
        count('rules with sets', cases * 24);
      },
      120_000,
    );
  },
);
