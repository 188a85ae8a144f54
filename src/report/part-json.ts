import type { Part } from '../session/shard.ts';

/** What `kubenat merge` needs of a part: `{"part", "of", "all"}`, counted from 1. */
export function partJson({ index, count, all }: Part) {
  return { part: index + 1, of: count, all };
}
