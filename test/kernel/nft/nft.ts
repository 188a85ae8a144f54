import { spawnSync } from 'node:child_process';

/** What nft says of a text in a network namespace of its own: what it lists, or its first complaint. */
export type Answer =
  | { readonly listed: string; readonly json: string }
  | { readonly refused: string; readonly line: number | null }
  | { readonly crashed: string };

const separator = '\u0001';
const script = `ip link set lo up; nft -f - && nft list ruleset && printf '\\001' && nft -j list ruleset`;

export const isNftThere =
  process.env.KUBENAT_KERNEL === 'required' ||
  (spawnSync('unshare', ['-n', 'nft', 'list', 'ruleset']).status === 0 &&
    spawnSync('nft', ['--version'], { encoding: 'utf8' }).stdout.includes('v1.0.6'));

function inNamespace(command: string, input: string) {
  return spawnSync('unshare', ['-n', 'sh', '-c', command], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
}

export function askNft(text: string): Answer {
  const { status, stdout, stderr } = inNamespace(script, text);
  if (/Assertion|BUG:|Aborted|Segmentation/.test(stderr)) return { crashed: stderr };
  if (status !== 0) {
    const line = /^\/dev\/stdin:(\d+):/m.exec(stderr)?.[1];
    return { refused: stderr.split('\n')[0] ?? '', line: line === undefined ? null : Number(line) };
  }
  const [listed, json] = stdout.split(separator) as [string, string];
  return { listed, json };
}

/** What the kernel holds of a text, beside the numbers that it gives; null where nft refuses it. */
export function heldBy(text: string): string | null {
  const { status, stdout } = inNamespace(
    'ip link set lo up; nft -f - && nft --debug=netlink list ruleset',
    text,
  );
  if (status !== 0) return null;
  const held = stdout
    .slice(0, stdout.indexOf('table '))
    .replace(/^(\w+ \S+ \S+) \d+ ?(\d+)?\s*$/gm, '$1')
    .replace(/__(set|map)\d+/g, '__$1');
  // The kernel keeps elements in the order of a hash that is another one each time.
  return held.replace(/(?:^\telement .*\n)+/gm, (elements) => `${elements.split('\n').sort().join('\n')}\n`);
}

/** Whether a listing is not what was loaded: nft refuses it, or makes something else of it. */
export function isMisprint(text: string, listed: string): boolean {
  const again = heldBy(listed);
  return again === null || again !== heldBy(text);
}
