import type { Flow, Hop, NodeHop, Reply } from './connection.ts';
import type { LostReason } from './lost.ts';
import type { Network } from './network.ts';

/**
 * The answer's way back: each node that changed the request must see the answer, or the client gets one from an address
 * that it never called. `hops` are those of a request that arrived.
 */
export function replyOf(network: Network, hops: readonly Hop[]): Reply {
  const passed: { node: string | null; after: Flow }[] = [];
  // A balancer that keeps the packet as it is does not see the answer at all.
  const seen = hops.filter((hop) => hop.kind === 'node' || hop.mode === 'Proxy');
  for (let index = seen.length - 1; index >= 0; index -= 1) {
    const hop = seen[index] as Hop;
    const next = seen[index + 1];
    if (hop.kind === 'balancer') {
      passed.push({ node: null, after: turned(hop.before) });
      continue;
    }
    if (next && !returnsTo(network, next.before, hop.node)) {
      if (!changes(hop)) continue;
      return { hops: passed, broken: strayed(hop, next) };
    }
    passed.push({ node: hop.node, after: turned(hop.before) });
  }
  return { hops: passed, broken: null };
}

/** Whether the answer to what left one node comes by it again: it has the source, or the pod with that source. */
function returnsTo(network: Network, { source }: Flow, node: string): boolean {
  const holder = network.holderOf(source);
  return (holder.kind === 'node' || holder.kind === 'pod') && holder.node === node;
}

function changes({ before, after }: NodeHop): boolean {
  return (
    after !== null &&
    (after.destination !== before.destination ||
      after.destinationPort !== before.destinationPort ||
      after.source !== before.source)
  );
}

function turned({ protocol, source, sourcePort, destination, destinationPort }: Flow): Flow {
  return {
    protocol,
    source: destination,
    sourcePort: destinationPort,
    destination: source,
    destinationPort: sourcePort ?? 0,
  };
}

function strayed(hop: NodeHop, next: Hop): LostReason {
  const { destination: server, source: client } = next.before;
  return { code: 'answer-strays', node: hop.node, server, client, asked: hop.before.destination };
}
