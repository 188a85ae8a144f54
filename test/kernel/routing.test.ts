import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { whyNot } from './instrument.ts';
import { isRequired } from './iptables.ts';
import { compareRoutes, type RoutedNode } from './routes.ts';

const reason = whyNot();
// KERNEL_NODES asks for more.
const nodes = Number(process.env.KERNEL_NODES ?? 12);
const seed = Number(process.env.KERNEL_SEED ?? 21_500);

test.skipIf(reason !== null && !isRequired)(
  `${nodes} nodes with any routing send packets where the kernel says, seed ${seed}${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    const script = join(import.meta.dirname, 'routes.py');
    const { stdout, stderr } = spawnSync('python3', [script, `${seed}`, `${nodes}`], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    });
    const found = stdout.split('\n').filter((line) => line !== '');
    expect(found.length, stderr).toBe(nodes);
    const compared = found.map((line) => compareRoutes(JSON.parse(line) as RoutedNode));
    expect(compared.flatMap(({ differences }) => differences)).toEqual([]);
    const sum = (of: 'asked' | 'unknown') => compared.reduce((total, one) => total + one[of], 0);
    expect(sum('unknown') / sum('asked')).toBeLessThan(0.1);
  },
  60_000 + nodes * 5000,
);
