import { IptablesProgram } from '../../engine/program.ts';
import type { Ruleset } from '../../iptables/rule/ruleset.ts';

export type { LoweredChain as LazyChain } from '../../engine/lower/iptables/chain.ts';

/** A program whose chains are resolved when they are first entered: a comparison looks at few of them. */
export type LazyProgram = IptablesProgram;

/** Jumps must lead to chains that exist, and not in circles: what `readDump` and the compiler guarantee. */
export function lazyProgram(ruleset: Ruleset): LazyProgram {
  return new IptablesProgram(ruleset, null);
}
