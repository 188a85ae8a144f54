import { type Family, families } from '../../address/address.ts';

/** What one golden file holds: the rules of a node in one address family. */
export interface GoldenKey {
  readonly node: string;
  readonly family: Family;
}

/** `worker-1.ipv4.save` */
export function goldenName({ node, family }: GoldenKey): string {
  return `${node}.${family}.save`;
}

/** The opposite; null where it is no name of a golden file. Names of nodes may have dots. */
export function parseGoldenName(name: string): GoldenKey | null {
  const family = families.find((candidate) => name.endsWith(`.${candidate}.save`));
  const node = family && name.slice(0, -`.${family}.save`.length);
  return family && node ? { node, family } : null;
}
