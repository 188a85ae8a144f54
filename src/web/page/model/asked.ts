import { parsePacket } from '../../../engine/notation.ts';
import type { Packet } from '../../../engine/packet.ts';
import type { Trace } from '../../../engine/trace.ts';
import { type Tried, tryRules } from '../../../engine/why-not.ts';
import { printTraceJson } from '../../../report/trace-json.ts';
import { printPacket } from '../../../report/trace-text.ts';
import { traceAll } from '../../../session/traces.ts';
import type { NodeView } from '../../../session/version.ts';
import { InputError, type Problem } from '../../../text/problem.ts';

/** A packet and all that becomes of it on one node. */
export interface Asked {
  readonly packet: Packet;
  /** As it is spelt. */
  readonly text: string;
  readonly trace: Trace;
  readonly tried: Tried;
  /** What the command line prints with `--format json`. */
  readonly json: string;
}

/** Walks a packet, or says what is wrong with its text. */
export function ask(view: NodeView, text: string): Asked | readonly Problem[] {
  try {
    const packet = parsePacket({ name: '--packet', text });
    const { program, host } = view;
    const flow = { id: printPacket(packet), packet, at: null };
    const [traced] = traceAll(program, host, [flow], true);
    return {
      packet,
      text: flow.id,
      trace: (traced as { trace: Trace }).trace,
      tried: tryRules(program, host, packet),
      json: printTraceJson(traceAll(program, host, [flow], false)),
    };
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}
