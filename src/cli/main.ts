#!/usr/bin/env node
import { processIo } from './io.ts';
import { run } from './run.ts';
import { subcommands } from './subcommands.ts';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader went away (`| head`): that is its right, and the status stays what it is.
    if (error.code === 'EPIPE') return;
    process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
    process.exit(2);
  });
}
process.exitCode = await run(process.argv.slice(2), processIo, subcommands);
