import type { GivenOption } from '../../engine/lower/iptables/words.ts';

/** Whether no options but these are given. */
export function only(options: ReadonlyMap<string, GivenOption>, ...known: readonly string[]): boolean {
  return [...options.keys()].every((name) => known.includes(name));
}
