import type { Host } from '../host/model.ts';
import type { Guide } from './guide.ts';
import type { IrProgram } from './ir.ts';

/** What rules may ask besides the packet itself. */
export interface Surroundings {
  readonly program: IrProgram;
  readonly host: Host;
  /** Seconds. */
  readonly now: number;
  readonly guide?: Guide | undefined;
}
