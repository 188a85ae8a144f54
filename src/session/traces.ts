import type { Flow } from '../engine/flows.ts';
import type { IrProgram } from '../engine/ir.ts';
import { Sequence } from '../engine/sequence.ts';
import { type Trace, tracePacket } from '../engine/trace.ts';
import type { Host } from '../host/model.ts';

/** A trace, and the name under which it is reported. */
export interface NamedTrace {
  readonly id: string;
  readonly trace: Trace;
  /** How often each outcome was drawn, where that was asked for. */
  readonly drawn?: readonly number[];
}

/** Packets with times are one sequence, in the order of their times; the answers come in the order of the file. */
export function traceAll(
  program: IrProgram,
  host: Host,
  packets: readonly Flow[],
  trace: boolean,
): NamedTrace[] {
  if (packets.every(({ at }) => at === null)) {
    return packets.map(({ id, packet }) => ({ id, trace: tracePacket(program, host, packet, { trace }) }));
  }
  let now = 0;
  const timed = packets.map((flow) => {
    now = flow.at ?? now;
    return { flow, time: now };
  });
  const node = new Sequence(program, host, { trace });
  const traces = new Map<Flow, Trace>();
  for (const { flow, time } of timed.sort((left, right) => left.time - right.time)) {
    traces.set(flow, node.next(flow.packet, time));
  }
  return packets.map((flow) => ({ id: flow.id, trace: traces.get(flow) as Trace }));
}
