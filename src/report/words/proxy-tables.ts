import type { GuessedRelease } from '../../proxy/nftables/shape.ts';

/** What is said of kube-proxy's tables of nft, in one language. */
export interface ProxyTableWords {
  readonly table: (name: string, release: string) => string;
  readonly noRelease: string;
  /** `last`: null: and newer. */
  readonly release: (first: string, last: string | null, by: string) => string;
  readonly shapes: Readonly<Record<GuessedRelease['by'], string>>;
  /** Where node ports are; null: at all local addresses but loopback. */
  readonly nodePorts: (addresses: string | null) => string;
  readonly counter: (name: string, counts: string, packets: string) => string;
  readonly unknownCounter: string;
  readonly rejectedOnLoopback: (protocol: string) => string;
  readonly noServices: string;
  readonly noElement: string;
  /** Null: none. */
  readonly endpoints: (list: string | null) => string;
  readonly ofThisNode: (list: string | null) => string;
  readonly affinity: (clients: number, endpoints: number) => string;

  // Where an element of a map leads.
  readonly nodePort: (port: number) => string;
  readonly asksForRanges: string;
  readonly admits: (ranges: string) => string;
  readonly droppedByPolicy: string;
  readonly refused: string;
  readonly to: (chain: string) => string;
}
