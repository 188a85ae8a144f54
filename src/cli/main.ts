#!/usr/bin/env node
import module from 'node:module';
import { visibleLines } from '../text/excerpt.ts';
import { processIo } from './io.ts';
import { run } from './run.ts';
import { subcommands } from './subcommands.ts';

// A third of a short command is V8 reading a megabyte of JavaScript. Node 22.1 and later keep what it made of it, in the
// folder for temporary files; NODE_DISABLE_COMPILE_CACHE=1 hinders it.
(module as typeof module & { enableCompileCache?: () => unknown }).enableCompileCache?.();

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader went away (`| head`): that is its right, and the status stays what it is.
    if (error.code === 'EPIPE') return;
    process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
    process.exit(2);
  });
}

/** What no command foresaw is a fault of kubenat. Whoever looks for it asks for the place; others need not see it. */
function sayFault(error: unknown): number {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const text = process.env.KUBENAT_DEBUG
    ? stack
    : `${message}\n  KUBENAT_DEBUG=1 shows where; please report it`;
  process.stderr.write(visibleLines(`error: a fault of kubenat itself, not of the input: ${text}\n`));
  return 2;
}

process.exitCode = await run(process.argv.slice(2), processIo, subcommands).catch(sayFault);
