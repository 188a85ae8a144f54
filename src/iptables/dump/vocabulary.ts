import { type BaseOption, baseOptions } from '../rule/base-options.ts';
import type { Negatable } from '../rule/match.ts';
import type { KnownExtension } from '../rule/options.ts';
import type { Option } from '../rule/syntax.ts';

/** An extension that a rule uses, with what the rule has given it so far. */
export interface Use {
  readonly name: string;
  /** Undefined where it is foreign. */
  readonly extension: KnownExtension | undefined;
  readonly given: Record<string, Negatable<unknown>>;
  /** Where each of them stands. */
  readonly places: Record<string, { readonly start: number; readonly end: number }>;
  /** Words of a foreign extension. */
  readonly words: string[];
  readonly obscured?: true;
  /** Where `-m NAME` or `-j NAME` stands. */
  readonly start: number;
  readonly end: number;
}

/** What an option's name means in a rule: one of every rule, or one of an extension that the rule uses. */
export type Found =
  | { readonly kind: 'base'; readonly option: BaseOption }
  // biome-ignore lint/suspicious/noExplicitAny: the table holds options of every type
  | { readonly kind: 'extension'; readonly use: Use; readonly key: string; readonly option: Option<any> }
  | { readonly kind: 'ambiguous' };

const shortNames = new Map<string, BaseOption>();
const longNames = new Map<string, BaseOption>();
for (const option of baseOptions) {
  if (option.short !== undefined) shortNames.set(option.short, option);
  for (const name of option.long) longNames.set(name, option);
}

/** An option of every rule by its whole name. */
export function findWhole(name: string): BaseOption | undefined {
  return longNames.get(name);
}

export function findShort(letter: string): BaseOption | undefined {
  return shortNames.get(letter);
}

/**
 * A long option as getopt_long(3) finds it: by its whole name, base options first and then the extension that was
 * named last; else by a beginning that is that of one option only.
 */
export function findLong(name: string, uses: readonly Use[]): Found | undefined {
  const base = longNames.get(name);
  if (base) return { kind: 'base', option: base };
  for (let index = uses.length - 1; index >= 0; index -= 1) {
    const use = uses[index] as Use;
    const key = use.extension?.keys.get(name);
    if (key !== undefined) return extensionOption(use, key);
  }
  return findBeginning(name, uses);
}

function extensionOption(use: Use, key: string): Found {
  return { kind: 'extension', use, key, option: use.extension?.options[key] as Option<never> };
}

function findBeginning(name: string, uses: readonly Use[]): Found | undefined {
  const found = new Map<unknown, Found>();
  for (const [long, option] of longNames) {
    if (long.startsWith(name)) found.set(option, { kind: 'base', option });
  }
  for (const use of uses) {
    for (const [long, key] of use.extension?.keys ?? []) {
      if (long.startsWith(name)) found.set(use.extension?.options[key], extensionOption(use, key));
    }
  }
  return found.size > 1 ? { kind: 'ambiguous' } : found.values().next().value;
}
