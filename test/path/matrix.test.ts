import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cases } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

interface Outcome {
  readonly verdict: string;
  readonly dnat: string | null;
  readonly src: string | null;
  readonly delivered: string;
}

interface Recorded {
  readonly src: string;
  readonly dst: string;
  readonly dport?: number;
  readonly proto: string;
  readonly from: string;
  readonly sample?: boolean;
  readonly outcomes: readonly Outcome[];
}

const flowsOf = (folder: string): readonly Recorded[] =>
  JSON.parse(readFileSync(join(folder, 'flows.json'), 'utf8')).packets;

/** What a matrix says of every recorded cluster: nothing is unknown, and every cell tells the whole. */
describe('every recorded cluster', () => {
  test.each(cases)('$id', { timeout: 60_000 }, async ({ folder, family, node }) => {
    const files = [join(folder, 'cluster.yaml'), '--config', join(folder, 'kube-proxy.yaml')];
    const { status, out, err } = await kubenat([
      'explain',
      '--format',
      'json',
      '--node',
      node,
      '--family',
      family,
      ...files,
    ]);
    expect(status, err).toBe(0);
    const flows = flowsOf(folder);
    for (const { ports } of JSON.parse(out).services) {
      for (const { protocol, entries } of ports) {
        for (const { kind, address, cells } of entries) {
          for (const { client, results } of cells) {
            const name = `${kind} ${address} from ${client.kind} ${client.address}`;
            const total = results.reduce(
              (sum: number, { probability }: { probability: number }) => sum + probability,
              0,
            );
            expect([name, Math.abs(total - 1) < 1e-9]).toEqual([name, true]);
            expect(results.map(({ result }: { result: string }) => result)).not.toContain('unknown');
          }
          expectRecorded(flows, node, protocol, address, cells);
        }
      }
    }
  });
});

interface CellJson {
  readonly client: { readonly kind: string; readonly node: string | null };
  readonly results: readonly { readonly result: string; readonly server: string | null }[];
}

const origins: Readonly<Record<string, string>> = { pod: 'pod', node: 'host' };

/** Packets were recorded on one node: what was sent to the same place from a pod there, or from it, had the same ends. */
function expectRecorded(
  flows: readonly Recorded[],
  node: string,
  protocol: string,
  address: string,
  cells: readonly CellJson[],
) {
  for (const { client, results } of cells) {
    const from = origins[client.kind];
    if (client.node !== node || from === undefined) continue;
    const same = flows.filter(
      (flow) =>
        flow.from === from &&
        flow.proto.toUpperCase() === protocol &&
        !flow.sample &&
        (flow.dst.includes(':') ? `[${flow.dst}]:${flow.dport}` : `${flow.dst}:${flow.dport}`) === address,
    );
    for (const flow of same) {
      if (from === 'host' && /^(127\.|::1$)/.test(flow.src)) continue;
      const dnat = flow.outcomes.flatMap((outcome) => outcome.dnat ?? []);
      if (dnat.length !== flow.outcomes.length) continue;
      const servers = results.flatMap(({ server }) => server ?? []);
      expect([address, from, ...[...new Set(servers)].sort()]).toEqual([
        address,
        from,
        ...[...new Set(dnat)].sort(),
      ]);
      compared += 1;
    }
  }
}

let compared = 0;
test('the recorded packets were compared', () => expect(compared).toBeGreaterThan(100));
