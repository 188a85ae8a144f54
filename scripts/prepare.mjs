// Builds what a clone has not. npm prepares a package that it installs from git with the flags of the whole command: with
// --global its dependencies are not in the clone, but among the global packages, and are installed here again.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

function run(command) {
  const env = { ...process.env, npm_config_global: 'false' };
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}

try {
  createRequire(import.meta.url).resolve('typescript');
} catch {
  run('npm ci --ignore-scripts --no-fund --no-audit');
}
run('npm run build');
