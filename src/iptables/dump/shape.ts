import type { Match, Negatable } from '../rule/match.ts';
import { findMatch, findTarget, type KnownExtension } from '../rule/options.ts';
import { type Context, type Option, Refusal } from '../rule/syntax.ts';
import type { Target } from '../rule/target.ts';
import { newUse } from './use.ts';
import { findLong } from './vocabulary.ts';

/** What ` -m NAME --option` or ` -j NAME --option` means, whatever the one value after it is. */
export interface Shape {
  readonly extension: KnownExtension;
  readonly key: string;
  readonly option: Option<unknown>;
  /** For the value that is read: nobody keeps it, and an object with a name that is computed takes long to make. */
  readonly given: Record<string, Negatable<unknown>>;
}

/**
 * The shape of a part up to its one value; null where it has another form, or where more than the value decides what
 * becomes of it.
 */
export function shapeOf(prefix: string, family: Context['family']): Shape | null {
  const [, letter, name = '', long = ''] = /^ -([mj]) ([\w-]+) --([\w-]+)$/.exec(prefix) ?? [];
  const extension =
    letter === 'm' ? findMatch(name, family) : letter === 'j' ? findTarget(name, family) : undefined;
  if (!extension || extension.lacks) return null;
  const found = findLong(long, [newUse(name, extension, { start: 0, end: 0 })]);
  if (found?.kind !== 'extension') return null;
  const { key, option } = found;
  const lonely = option.arity === 1 && !option.needs && !option.after && !option.separates;
  const others = Object.entries(extension.options).some(([other, { required }]) => required && other !== key);
  return lonely && !others ? { extension, key, option, given: {} } : null;
}

/** The match or target of a shape with this value; undefined where it is refused. */
export function fill(
  { extension, key, option, given }: Shape,
  value: string,
  context: Context,
): Match | Target | undefined {
  try {
    given[key] = { value: option.read([value], context), negated: false };
    return extension.build(given, context);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
