import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareRoutes, type RoutedNode } from '../kernel/routes.ts';

// Recorded from Linux 6.18 by test/kernel/routes.py: nodes with any tables, rules and switches, and what `ip route get` said.
const file = join(import.meta.dirname, '../../fixtures/routing/nodes.jsonl');
const nodes = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as RoutedNode);

describe('packets go where the kernel says', () => {
  test.each(nodes.map((node) => [node.seed, node.family, node] as const))(
    'node %i, %s',
    (_seed, _family, node) => {
      const { asked, unknown, differences } = compareRoutes(node);
      expect(differences).toEqual([]);
      expect(asked).toBe(24);
      expect(unknown).toBeLessThan(12);
    },
  );
});
