import { describe, expect, it } from 'vitest';
import { count } from '../claims.ts';
import { expectedOf, rulesIn, spellingRows, spellingTopics, textOf } from '../dump/spellings.ts';
import { backends, isRequired, loadAndSave, whyNoKernel } from './iptables.ts';

// The recorded spellings are still what iptables and the kernel do: all of them where CI asks for it, else some of each.

const reason = whyNoKernel();
const most = isRequired ? Number.POSITIVE_INFINITY : 12;

describe.skipIf(reason !== null)(`recorded spellings${reason ? ` (${reason})` : ''}`, () => {
  it.each(spellingTopics)('%s', { timeout: 300_000 }, (topic) => {
    const rows = spellingRows(topic);
    const step = Math.max(1, Math.floor(rows.length / most));
    for (const row of rows.filter((_row, index) => index % step === 0)) {
      for (const backend of backends) {
        let printed: string[] | null = null;
        try {
          printed = rulesIn(loadAndSave(backend, row.family, textOf(row), [row.table]));
        } catch {
          // Refused: that is an answer, too.
        }
        expect({ ...row, backend, printed }).toEqual({ ...row, backend, printed: expectedOf(row, backend) });
        count('spellings of rules');
      }
    }
  });
});
