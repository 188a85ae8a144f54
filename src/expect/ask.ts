import type { Program } from '../engine/program.ts';
import { tracePacket } from '../engine/trace.ts';
import type { Host } from '../host/model.ts';
import type { Question } from './file/question.ts';
import { defaultLimit, type Judgement, judgePacket, prove } from './prove.ts';

/** Asks a node: one packet is followed, a set is divided into kinds of packets that fare alike. */
export function ask(
  { packet, boxes, claims }: Question,
  program: Program,
  host: Host,
  limit = defaultLimit,
): Judgement {
  return packet === null
    ? prove(claims, program, host, boxes, limit)
    : judgePacket(claims, tracePacket(program, host, packet, { trace: true }));
}
