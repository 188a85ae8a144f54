// Generates the parsers: grammar/NAME.ne -> src/grammar/NAME.gen.ts.
//
// nearleyc leaves an empty file behind when it fails and only warns about an undefined non-terminal, so its output
// goes to a temporary file that is moved into place after a silent run.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const compiler = createRequire(import.meta.url).resolve('nearley/bin/nearleyc.js');

for (const file of readdirSync(join(root, 'grammar')).filter((name) => name.endsWith('.ne'))) {
  const target = join(root, 'src/grammar', file.replace(/\.ne$/, '.gen.ts'));
  // A name of this process's own: two runs at once (a test beside a build) must not move each other's file.
  const temporary = `${target}.${process.pid}.tmp`;
  const run = spawnSync(process.execPath, [compiler, join(root, 'grammar', file), '-o', temporary], {
    encoding: 'utf8',
  });
  if (run.status !== 0 || run.stderr !== '') {
    rmSync(temporary, { force: true });
    process.stderr.write(`grammar/${file}: ${run.stderr || `nearleyc ended with ${run.status}`}\n`);
    process.exit(1);
  }
  // The generated text is plain JavaScript under a thin coat of types; it is not ours to type check.
  writeFileSync(temporary, `// @ts-nocheck\n${readFileSync(temporary, 'utf8')}`);
  renameSync(temporary, target);
}
