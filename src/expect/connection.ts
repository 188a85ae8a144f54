import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { WalkAssumption } from '../engine/assumption.ts';
import { type ConnectionVerdict, type Reached, traceConnection } from '../engine/connect.ts';
import type { IrProgram } from '../engine/ir.ts';
import type { Packet } from '../engine/packet.ts';
import type { Trace } from '../engine/trace.ts';
import type { Host } from '../host/model.ts';
import type { NetworkAssumption } from '../path/assumption.ts';
import { connectThrough, placeOf } from '../path/connect.ts';
import type { Scene } from '../path/scene.ts';
import { add, parseFraction, zero } from '../sets/fraction.ts';
import { type ClaimOf, isGoal } from './claims.ts';
import type { Finding } from './prove.ts';
import { formatShare } from './shares.ts';

/** One of the ways of a connection, its server taken to answer. */
interface Way {
  readonly verdict: ConnectionVerdict;
  /** Null: nobody. */
  readonly reached: Reached | null;
  /** Exact, `n/d`. */
  readonly weight: string;
  /** Where it fails: the packet, on which node, and the rule. */
  readonly where: string;
}

/** A connection on all of its ways, and what was assumed. */
export interface Followed {
  readonly ways: readonly Way[];
  readonly assumed: readonly (WalkAssumption | NetworkAssumption)[];
}

/** Follows a connection, through all nodes that it passes where all of them are known; else through one. */
export function follow(packet: Packet, program: IrProgram, host: Host, scene: Scene | null): Followed {
  const place = scene && placeOf(packet, scene.network);
  if (!scene || !place) return throughOne(packet, program, host);
  const ways = connectThrough(scene, packet, place).map(({ verdict, reached, weight, at, steps }): Way => {
    const last = steps.at(-1);
    const hop = last?.hops.at(-1);
    const rule = hop?.outcome.by;
    const why = last?.failed?.kind === 'lost' ? last.failed.because : null;
    const node = hop === undefined ? '' : ` on ${hop.node}`;
    return { verdict, reached, weight, where: `${at ?? ''}${node}${said(rule?.place, why)}` };
  });
  return { ways, assumed: scene.network.assumed };
}

function throughOne(packet: Packet, program: IrProgram, host: Host): Followed {
  const { outcomes, assumed } = traceConnection(program, host, packet);
  const ways = outcomes.map(({ verdict, at, reached, weight }): Way => {
    const policy = at?.policy ? `the policy of ${at.policy.table}/${at.policy.chain}` : (at?.because ?? null);
    return {
      verdict,
      reached,
      weight,
      where: `${at?.step ?? ''}${said(at?.rule?.place, policy)}`,
    };
  });
  return { ways, assumed };
}

function said(
  place: { table: string; chain: string; number: number } | undefined,
  why: string | null,
): string {
  if (why !== null) return ` (${why})`;
  return place === undefined ? '' : ` (rule ${place.number} of ${place.table}/${place.chain})`;
}

/** Every way must be established, and with one of the goals; of a way that is not known nobody can say. */
export function judgeReaches(
  claim: ClaimOf<'reaches'>,
  { ways }: Followed,
  trace: Trace,
): Finding | undefined {
  const isThere = ({ reached }: Way) =>
    reached !== null && claim.goals.some((goal) => isGoal(goal, reached.address, reached.port));
  const wrong = ways.filter(
    (way) => way.verdict !== 'unknown' && !(way.verdict === 'established' && isThere(way)),
  );
  const open = ways.filter(({ verdict }) => verdict === 'unknown');
  if (wrong.length === 0 && open.length === 0) return undefined;
  const told = wrong.length > 0 ? wrong : open;
  const says = [...new Set(told.map(tell))].join(', ');
  const share = told.reduce((sum, { weight }) => add(sum, parseFraction(weight)), zero);
  const part = share.n === share.d ? '' : ` in ${formatShare(share)} of all cases`;
  return {
    claim,
    kind: wrong.length > 0 ? 'mismatch' : 'unknown',
    says: says + part,
    outcomes: trace.outcomes,
    trace,
  };
}

const verdicts: Readonly<Record<Way['verdict'], string>> = {
  established: 'it is established with',
  refused: 'it is refused at',
  reset: 'it is reset at',
  hangs: 'it hangs at',
  'no-answer': 'there is no answer: lost at',
  unknown: 'it is not known what happens at',
};

function tell({ verdict, reached, where }: Way): string {
  return `${verdicts[verdict]} ${verdict === 'established' && reached ? printReached(reached) : where}`;
}

function printReached({ address, port }: Reached): string {
  return port === null ? formatAddress(address) : formatEndpoint(address, port);
}
