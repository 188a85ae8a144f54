#!/usr/bin/env node
import { processIo } from './io.ts';
import { run } from './run.ts';
import { subcommands } from './subcommands.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader went away (`| head`): that is its right, and no trouble of ours.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await run(process.argv.slice(2), processIo, subcommands);
