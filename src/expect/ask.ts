import type { IrProgram } from '../engine/ir.ts';
import { IptablesProgram } from '../engine/program.ts';
import { tracePacket } from '../engine/trace.ts';
import type { Host } from '../host/model.ts';
import type { Claim } from './claims.ts';
import type { Question } from './file/question.ts';
import { defaultLimit, type Judgement, judgePacket, prove } from './prove.ts';

/** Asks a node: one packet is followed, a set is divided into kinds of packets that fare alike. */
export function ask(
  { packet, boxes, claims }: Question,
  program: IrProgram,
  host: Host,
  limit = defaultLimit,
): Judgement {
  if (packet !== null) return judgePacket(claims, tracePacket(program, host, packet, { trace: true }));
  return program instanceof IptablesProgram ? prove(claims, program, host, boxes, limit) : notProved(claims);
}

/** Sets of packets are divided by rules of iptables alone. */
function notProved(claims: readonly Claim[]): Judgement {
  const says = 'nothing is proved of sets of packets under rules of nft; ask for single packets';
  const findings = claims.map((claim) => ({
    claim,
    kind: 'unknown' as const,
    says,
    outcomes: [],
    trace: null,
  }));
  return { findings, looked: 0, matched: new Set() };
}
