import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Broken, findingsIn, namedIn } from './sabotage/found.ts';
import { brokenTexts, type HealthyNode, mixed, nftNodes, nodes, sabotage } from './sabotage/nodes.ts';

/** All of them, or one of so many; KUBENAT_SABOTAGE=all asks for all. */
const every = process.env.KUBENAT_SABOTAGE === 'all' ? 1 : 41;

const healthy = [...nodes, ...mixed, ...nftNodes];
const recorded = readFileSync(join(sabotage, 'outages.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): Broken => JSON.parse(line));

/** A healthy node has services without endpoints, and nothing else that is wrong. */
const known = new Map<string, ReturnType<typeof findingsIn>>();
function findingsOfHealthy(node: HealthyNode) {
  const found = known.get(node.id) ?? findingsIn(node, node.texts);
  known.set(node.id, found);
  return found;
}

describe('nodes that were broken, of which the kernel says who is cut off', () => {
  test('on healthy ones nothing is found', () => {
    for (const node of healthy.filter((_, at) => at % Math.min(every, 4) === 0)) {
      const codes = findingsOfHealthy(node).map(({ code }) => code);
      expect([node.id, codes.filter((code) => code !== 'service-rejects')]).toEqual([node.id, []]);
    }
  });

  test('check finds them, and says who is cut off', { timeout: 3_000_000 }, () => {
    const missed: string[] = [];
    let asked = 0;
    let cut = 0;
    let named = 0;
    for (const one of recorded.filter((_, at) => at % every === 0)) {
      const node = healthy.find(({ id }) => id === one.node);
      const texts = node && brokenTexts(node, one.break);
      if (!node || !texts) throw new Error(`${one.node} cannot be broken so any more: ${one.break}`);
      const found = namedIn(node, findingsOfHealthy(node), texts, one);
      if (found.cut.size === 0) continue;
      asked += 1;
      cut += found.cut.size;
      named += found.named.size;
      if (found.named.size === 0) missed.push(`${one.node}, ${one.break}: ${one.outages.join('; ')}`);
    }
    if (every === 1)
      console.log(`${asked} broken, ${missed.length} missed; ${named} of ${cut} services named`);
    // Some cannot be known from a dump: of a node port nothing is left where KUBE-NODEPORTS is empty; where pods are is guessed.
    expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(Math.ceil(asked / 100));
    expect(named / cut).toBeGreaterThan(0.97);
  });
});
