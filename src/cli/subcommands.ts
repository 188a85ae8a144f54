import { checkCommand } from './check.ts';
import { compileCommand } from './compile.ts';
import { diffCommand } from './diff.ts';
import { explainCommand } from './explain.ts';
import { fmtCommand } from './fmt.ts';
import { getCommand } from './get.ts';
import type { Subcommand } from './run.ts';
import { traceCommand } from './trace.ts';

/** Every subcommand, in the order in which the help lists them. */
export const subcommands: readonly Subcommand[] = [
  compileCommand,
  fmtCommand,
  traceCommand,
  diffCommand,
  checkCommand,
  getCommand,
  explainCommand,
];
