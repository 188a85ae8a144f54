import type { Address } from '../address/address.ts';
import type { IrProgram } from './ir.ts';
import type { Memory } from './memory.ts';

/** A list of `recent` that will lead the client's next flows the same way. */
export interface Stickiness {
  readonly list: string;
  /** Seconds, on the clock of the packets. */
  readonly until: number;
}

/** The list that noted the client just now, if rules ask it how long ago that was. */
export function stickinessOf(
  program: IrProgram,
  memory: Memory,
  client: Address,
  now: number,
): Stickiness | null {
  for (const [list, entries] of memory.recent) {
    const seconds = program.states.recent.get(list)?.seconds;
    if (seconds === undefined) continue;
    const noted = entries.some(({ address, stamps }) => address === client && stamps.at(-1) === now);
    if (noted) return { list, until: now + seconds };
  }
  return null;
}
