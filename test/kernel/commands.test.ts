import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commandRows, savedOf } from '../iptables/commands.ts';
import { backends, isRequired, whyNoKernel } from './iptables.ts';

// The recorded texts are still what iptables and the kernel make of them: all of them where CI asks for it, else some.

const reason = whyNoKernel();
const all = commandRows.filter((_row, index) => isRequired || index % 12 === 0);
/** Few in each test, so that none lasts long on a slow machine. */
const parts = Array.from({ length: Math.ceil(all.length / 20) }, (_, at) => all.slice(20 * at, 20 * at + 20));
const asked = backends.flatMap((backend) => parts.map((rows, index) => ({ backend, rows, part: index + 1 })));

describe.skipIf(reason !== null)(`recorded commands${reason ? ` (${reason})` : ''}`, () => {
  it.each(asked)('$backend, part $part', ({ backend, rows }) => {
    const command = `iptables-${backend}`;
    // -w: the lock of the legacy back end is one file for all namespaces.
    const restore = `${command}-restore -c ${backend === 'legacy' ? '-w 60' : ''}`;
    for (const row of rows) {
      const { status, stdout } = spawnSync(
        'unshare',
        ['-n', 'sh', '-c', `${restore} && ${command}-save -c`],
        {
          input: row.text,
          encoding: 'utf8',
        },
      );
      const saved = status === 0 ? stdout.replace(/^#.*\n/gm, '') : null;
      expect({ ...row, backend, saved }).toEqual({ ...row, backend, saved: savedOf(row, backend) });
    }
  });
});
