import { spawnSync } from 'node:child_process';

/** What nft says of a text in a network namespace of its own: what it lists, or its first complaint. */
export type Answer =
  | { readonly listed: string }
  | { readonly refused: string }
  | { readonly crashed: string };

const script = 'ip link set lo up; nft -f - && nft list ruleset';

export const isNftThere =
  process.env.KUBENAT_KERNEL === 'required' ||
  (spawnSync('unshare', ['-n', 'nft', 'list', 'ruleset']).status === 0 &&
    spawnSync('nft', ['--version'], { encoding: 'utf8' }).stdout.includes('v1.0.6'));

export function askNft(text: string): Answer {
  const { status, stdout, stderr } = spawnSync('unshare', ['-n', 'sh', '-c', script], {
    input: text,
    encoding: 'utf8',
  });
  if (/Assertion|BUG:|Aborted|Segmentation/.test(stderr)) return { crashed: stderr };
  return status === 0 ? { listed: stdout } : { refused: stderr.split('\n')[0] ?? '' };
}
