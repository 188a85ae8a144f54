// The main job in one go: compiles the example and sends a client's packet to a node port, as a user would type it.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const example = ['fixtures/service-test', 'fixtures/service-test/svc.txt'];
const commands = [
  ['compile', '--node', 'node-2', ...example],
  [
    'trace',
    '--node',
    'node-2',
    '--packet',
    'tcp 198.51.100.7:40000 -> 10.100.0.3:32213 from external',
    ...example,
  ],
];

for (const args of commands) {
  const shown = args.map((arg) => (/^[\w./-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ');
  process.stdout.write(`\n$ kubenat ${shown}\n\n`);
  const { status } = spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 2);
}
