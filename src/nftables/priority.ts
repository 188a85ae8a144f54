import type { NftFamily, NftHook } from './model.ts';

interface Named {
  readonly name: string;
  readonly value: number;
  readonly families: readonly NftFamily[];
  /** Absent: in all. */
  readonly hook?: NftHook;
}

const ip: readonly NftFamily[] = ['ip', 'ip6', 'inet'];

const named: readonly Named[] = [
  { name: 'raw', value: -300, families: ip },
  { name: 'mangle', value: -150, families: ip },
  { name: 'dstnat', value: -100, families: ip, hook: 'prerouting' },
  { name: 'filter', value: 0, families: [...ip, 'arp', 'netdev'] },
  { name: 'security', value: 50, families: ip },
  { name: 'srcnat', value: 100, families: ip, hook: 'postrouting' },
];

const bridged: readonly Named[] = [
  { name: 'dstnat', value: -300, families: ['bridge'], hook: 'prerouting' },
  { name: 'filter', value: -200, families: ['bridge'] },
  { name: 'out', value: 100, families: ['bridge'], hook: 'output' },
  { name: 'srcnat', value: 300, families: ['bridge'], hook: 'postrouting' },
];

/** A priority is named by the name that is at most so far away. */
const reach = 10;

const allOf = (family: NftFamily) => (family === 'bridge' ? bridged : named);

function isKnown({ families, hook: only }: Named, family: NftFamily, hook: NftHook): boolean {
  return families.includes(family) && (only === undefined || only === hook);
}

/** As nft prints it: `dstnat - 10`, or a number where no name is near that is known in this hook. */
export function priorityName(
  family: NftFamily,
  hook: NftHook,
  priority: number,
  { numericPriorities }: { readonly numericPriorities?: boolean } = {},
): string {
  const near = allOf(family).find(({ value }) => Math.abs(priority - value) <= reach);
  if (numericPriorities || !near || !isKnown(near, family, hook)) return String(priority);
  const offset = priority - near.value;
  if (offset === 0) return near.name;
  return `${near.name} ${offset > 0 ? '+' : '-'} ${Math.abs(offset)}`;
}

/** What a name stands for in a hook; undefined where it is none there. */
export function namedPriority(family: NftFamily, hook: NftHook, name: string): number | undefined {
  return allOf(family).find((one) => one.name === name && isKnown(one, family, hook))?.value;
}
