import { spawnSync } from 'node:child_process';
import type { Family } from '../../src/address/address.ts';

export const backends = ['nft', 'legacy'] as const;
export type Backend = (typeof backends)[number];

/** CI sets this: there the kernel tests run whole, and a missing tool is a failure and no reason to skip. */
export const isRequired = process.env.KUBENAT_KERNEL === 'required';

const program: Readonly<Record<Family, string>> = { ipv4: 'iptables', ipv6: 'ip6tables' };

/** Why the kernel cannot be asked here; null where it can. */
export function whyNoKernel(): string | null {
  if (isRequired) return null;
  if (process.platform !== 'linux') return 'netfilter is on Linux only';
  if (process.getuid?.() !== 0) return 'only root may make network namespaces';
  const tools = backends.flatMap((backend) => [`iptables-${backend}-restore`, `iptables-${backend}-save`]);
  const missing = ['unshare', ...tools].filter((tool) => spawnSync('which', [tool]).status !== 0);
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  return spawnSync('unshare', ['-n', 'true']).status === 0 ? null : 'network namespaces cannot be made here';
}

/**
 * Loads a text into a network namespace of its own and gives what is printed for the tables: `iptables-save -t TABLE` one
 * after the other, without the dated comment lines. Throws what the command says where it refuses the text.
 */
export function loadAndSave(
  backend: Backend,
  family: Family,
  text: string,
  tables: readonly string[],
): string {
  const saves = tables.map((table) => `${program[family]}-${backend}-save -t ${table}`).join(' && ');
  const run = inNamespace(['sh', '-c', `${restore(backend, family)} && ${saves}`], text);
  if (run.status !== 0) throw new Error(run.stderr || `status ${run.status}`);
  return run.stdout.replace(/^#.*\n/gm, '');
}

/** Whether each of the texts is refused, in one network namespace for all: nothing of a text that is refused is loaded. */
export function areRefused(backend: Backend, family: Family, texts: readonly string[]): boolean {
  const loads = texts.map((text) => `${restore(backend, family)} <<'END' && exit 1\n${text}END\n`);
  return inNamespace(['sh'], `${loads.join('')}exit 0\n`).status === 0;
}

/** -w: the lock of the legacy back end is one file for all namespaces. */
function restore(backend: Backend, family: Family): string {
  return `${program[family]}-${backend}-restore${backend === 'legacy' ? ' -w 60' : ''}`;
}

function inNamespace(command: readonly string[], input: string) {
  return spawnSync('unshare', ['-n', ...command], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
}
