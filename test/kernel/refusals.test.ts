import { describe, expect, test } from 'vitest';
import { accepted, asDump, refusals } from '../dump/refusals.ts';
import { backends, loadAndSave, whyNoKernel } from './iptables.ts';

const reason = whyNoKernel();

describe.skipIf(reason !== null)(
  `what iptables refuses${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    test.each(backends)('%s', (backend) => {
      const load = (rule: string) => () => loadAndSave(backend, 'ipv4', asDump(rule), ['filter']);
      for (const [rule] of refusals) expect(load(rule), rule).toThrow();
      for (const rule of accepted) expect(load(rule), rule).not.toThrow();
    });
  },
);
