import type { WalkAssumption } from '../engine/assumption.ts';
import { type Failure, traceConnection } from '../engine/connect.ts';
import type { IrProgram, RulePlace } from '../engine/ir.ts';
import type { Packet } from '../engine/packet.ts';
import type { Trace } from '../engine/trace.ts';
import type { Host } from '../host/model.ts';
import type { NetworkAssumption } from '../path/assumption.ts';
import { connectThrough, placeOf } from '../path/connect.ts';
import type { Scene } from '../path/scene.ts';
import { add, parseFraction, zero } from '../sets/fraction.ts';
import { type ClaimOf, isGoal } from './claims.ts';
import type { ConnectionFate, ConnectionStop } from './instead.ts';
import type { Finding } from './prove.ts';

/** One of the ways of a connection, its server taken to answer. */
interface Way extends ConnectionFate {
  /** Exact, `n/d`. */
  readonly weight: string;
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
    const by =
      last?.failed?.kind === 'lost'
        ? ({ code: 'lost', lost: last.failed.reason } as const)
        : stopAt(hop?.outcome.by?.place);
    return { verdict, reached, weight, step: at, node: hop?.node ?? null, by };
  });
  return { ways, assumed: scene.network.assumed };
}

function throughOne(packet: Packet, program: IrProgram, host: Host): Followed {
  const { outcomes, assumed } = traceConnection(program, host, packet);
  const ways = outcomes.map(({ verdict, at, reached, weight }): Way => {
    return { verdict, reached, weight, step: at?.step ?? null, node: null, by: at && stopOf(at) };
  });
  return { ways, assumed };
}

function stopOf({ policy, reason, rule }: Failure): ConnectionStop | null {
  if (policy) return { code: 'policy', ...policy };
  return reason ? { code: 'reason', reason } : stopAt(rule?.place);
}

function stopAt(place: RulePlace | undefined): ConnectionStop | null {
  return place ? { code: 'rule', table: place.table, chain: place.chain, number: place.number } : null;
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
  const share = told.reduce((sum, { weight }) => add(sum, parseFraction(weight)), zero);
  return {
    claim,
    kind: wrong.length > 0 ? 'mismatch' : 'unknown',
    instead: { code: 'connection', ways: told.map(({ weight: _, ...way }) => way), share },
    outcomes: trace.outcomes,
    trace,
  };
}
