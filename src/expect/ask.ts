import type { IrProgram } from '../engine/ir.ts';
import { IptablesProgram } from '../engine/program.ts';
import { tracePacket } from '../engine/trace.ts';
import type { Host } from '../host/model.ts';
import type { Scene } from '../path/scene.ts';
import type { Claim, ClaimOf, PacketClaim } from './claims.ts';
import { follow, judgeReaches } from './connection.ts';
import type { Question } from './file/question.ts';
import { defaultLimit, type Judgement, judgePacket, prove } from './prove.ts';

/** Where a question is asked. */
export interface Asked {
  readonly program: IrProgram;
  readonly host: Host;
  /** All nodes, for connections that pass several; null: of the others nobody knows the rules. */
  readonly scene: Scene | null;
}

/** Asks a node: one packet is followed, or its connection, a set is divided into kinds of packets that fare alike. */
export function ask(
  { packet, boxes, claims, mayBeUnknown }: Question,
  asked: Asked,
  limit = defaultLimit,
): Judgement {
  const { program, host, scene } = asked;
  const alone = claims.filter(isOfPacket);
  if (packet === null) {
    const proved =
      program instanceof IptablesProgram ? prove(alone, program, host, boxes, limit) : notProved(alone);
    return lenient(proved, mayBeUnknown);
  }
  const trace = tracePacket(program, host, packet, { trace: true });
  const judged = judgePacket(alone, trace);
  const reaches = claims.filter((claim): claim is ClaimOf<'reaches'> => claim.kind === 'reaches');
  if (reaches.length === 0) return lenient(judged, mayBeUnknown);
  const followed = follow(packet, program, host, scene);
  const findings = reaches.flatMap((claim) => judgeReaches(claim, followed, trace) ?? []);
  const assumed = [...judged.assumed, ...followed.assumed];
  return lenient({ ...judged, findings: [...judged.findings, ...findings], assumed }, mayBeUnknown);
}

function isOfPacket(claim: Claim): claim is PacketClaim {
  return claim.kind !== 'reaches';
}

/** Where a test says so, what is not known is no failure; what is known to be wrong is one. */
function lenient(judgement: Judgement, mayBeUnknown: boolean): Judgement {
  if (!mayBeUnknown) return judgement;
  return { ...judgement, findings: judgement.findings.filter(({ kind }) => kind !== 'unknown') };
}

/** Sets of packets are divided by rules of iptables alone. */
function notProved(claims: readonly PacketClaim[]): Judgement {
  const findings = claims.map((claim) => ({
    claim,
    kind: 'unknown' as const,
    instead: { code: 'nft-set' } as const,
    outcomes: [],
    trace: null,
  }));
  return { findings, looked: 0, matched: new Set(), assumed: [] };
}
