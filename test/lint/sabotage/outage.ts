/** A packet that was sent to a node, and what the kernel did to it each time, without the client's port. */
export interface Sent {
  readonly id: string;
  readonly proto: string;
  readonly src: string;
  readonly dst: string;
  readonly dport: number;
  readonly from: 'pod' | 'host' | 'external';
  readonly outcomes: readonly Done[];
}

export interface Done {
  readonly verdict: 'accept' | 'drop' | 'reject';
  readonly dnat: string | null;
  readonly src: string | null;
  readonly delivered: 'pod' | 'uplink' | 'local' | 'none';
}

/** Who is cut off from what, and how: `external 10.96.0.10:80/tcp`. */
export interface Outage {
  readonly who: string;
  readonly how: string;
}

/**
 * What the kernel did to the packets of a broken node, where on the healthy one they came to an endpoint, as an outage. That answers
 * of an endpoint elsewhere do not come back to a node which did not masquerade is by the network around it, which one node does not show.
 * `own` are the node's addresses, `endpoints` those of its services.
 */
export function outagesIn(
  own: readonly string[],
  endpoints: ReadonlySet<string>,
  healthy: readonly Sent[],
  broken: readonly Sent[],
): Outage[] {
  return healthy.flatMap((before) => {
    if (!before.outcomes.every(({ verdict, dnat }) => verdict === 'accept' && dnat !== null)) return [];
    const after = broken.find(({ id }) => id === before.id);
    const how = after?.outcomes
      .map((done) => lossOf(done, before, own, endpoints))
      .find((one) => one !== null);
    return how ? [{ who: `${before.from} ${before.dst} ${before.dport}/${before.proto}`, how }] : [];
  });
}

function lossOf(
  done: Done,
  { outcomes, src, from }: Sent,
  own: readonly string[],
  endpoints: ReadonlySet<string>,
): string | null {
  if (done.verdict !== 'accept') return done.verdict;
  if (done.dnat === null) return 'not translated';
  const same = outcomes.filter(({ dnat }) => dnat === done.dnat);
  // Twelve packets do not come to each of many endpoints: what the dump names is one of them.
  if (same.length === 0) return endpoints.has(done.dnat) ? null : `given to ${done.dnat}`;
  if (done.src === src) {
    const wasMasqueraded = same.every((one) => one.src !== src);
    const isOwn = done.dnat.startsWith(src.includes(':') ? `[${src}]` : `${src}:`);
    return wasMasqueraded && (isOwn || (from === 'external' && done.delivered === 'uplink'))
      ? 'not masqueraded'
      : null;
  }
  // What a pod of this node answers comes back to it, whoever it is for.
  return own.includes(done.src ?? '') || done.delivered !== 'uplink' ? null : `from ${done.src}`;
}
