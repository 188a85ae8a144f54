import { describe, expect, test } from 'vitest';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { cases, compileCase } from '../cases.ts';
import { count } from '../claims.ts';
import { backends, isRequired, loadAndSave, whyNoKernel } from './iptables.ts';

const reason = whyNoKernel();
const sample = isRequired ? cases : cases.filter((_, index) => index % 6 === 0);

describe.skipIf(reason !== null)(
  `what the kernel makes of compiled rules${reason ? ` (${reason})` : ''}`,
  () => {
    describe.each(backends)('%s', (backend) => {
      test.each(sample)('$id', (case_) => {
        const { ruleset } = compileCase(case_);
        const save = writeDump(ruleset);
        const restore = writeDump(ruleset, { spelling: 'restore' });
        const printed = (text: string) => loadAndSave(backend, case_.family, text, ['filter', 'nat']);
        expect(printed(restore)).toBe(save);
        expect(printed(save)).toBe(save);
        count('the save spelling');
      });
    });
  },
);
