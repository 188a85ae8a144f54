import { expect } from 'vitest';

/** Chains in which kube-proxy writes one service after the other, in the random order of a Go map. */
const shared = new Set(['KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES', 'KUBE-NODEPORTS', 'KUBE-PROXY-FIREWALL']);

/**
 * A restore text as it can be compared: tables in order, their `:` lines sorted, each chain's rules in order; those of
 * shared chains sorted, but for the jump to the node ports, which must come last.
 */
export function inOrder(text: string): unknown {
  return text
    .split('COMMIT\n')
    .slice(0, -1)
    .map((table) => {
      const lines = table.trimEnd().split('\n');
      const chains = new Map<string, string[]>();
      for (const line of lines.filter((line) => line.startsWith('-A '))) {
        const chain = line.split(' ')[1] as string;
        chains.set(chain, [...(chains.get(chain) ?? []), line]);
      }
      for (const [chain, rules] of chains) {
        const isLast = (rule: string) => rule.includes('must be the last rule');
        if (rules.some(isLast)) expect(isLast(rules.at(-1) as string)).toBe(true);
        if (shared.has(chain)) chains.set(chain, rules.toSorted());
      }
      return {
        table: lines[0],
        declared: lines.filter((line) => line.startsWith(':')).toSorted(),
        rules: Object.fromEntries([...chains].toSorted(([left], [right]) => (left < right ? -1 : 1))),
      };
    });
}
