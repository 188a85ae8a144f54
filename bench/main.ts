// npm run bench [NAME...]: measures side by side, in one run, and prints ratios. Machines are noisy; ratios travel.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

const asked = process.argv.slice(2);
const benches = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.js'))
  .map((file) => file.replace('.bench.js', ''))
  .filter((name) => asked.length === 0 || asked.includes(name));

console.log(
  `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
);
for (const name of benches) {
  console.log(`\n== ${name}`);
  // Each in a process of its own, so that none measures another's garbage.
  const file = join(import.meta.dirname, `${name}.bench.js`);
  const { status } = spawnSync(process.execPath, ['--expose-gc', file], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
