import type { IrProgram } from '../engine/ir.ts';
import type { Host } from '../host/model.ts';
import type { ProofAssumption } from './assumption.ts';

/**
 * The kernel tracks connections while some rule asks for them. Where the rules of one side alone do, packets meet others; where
 * none does, a later fragment meets the rules by itself, and no match of ports holds of it, `!` or not (xt_tcpudp.c).
 */
export function assumedOfTracking(
  before: IrProgram,
  after: IrProgram,
  { conntrack }: Host,
): readonly ProofAssumption[] {
  const [was, is] = [before.usesConntrack, after.usesConntrack];
  if (!conntrack || (was && is)) return [];
  return [{ code: 'conntrack-on', missing: was ? 'after' : is ? 'before' : 'both' }];
}
