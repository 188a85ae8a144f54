import type { Family } from '../../address/address.ts';
import type { ProblemCode } from '../../text/codes.ts';
import type { Expected } from '../../text/expected.ts';
import type { DumpDetail } from './detail.ts';
import type { Match, Negatable } from './match.ts';
import type { Hook, TableName } from './ruleset.ts';

/** Which iptables loads the text: what they refuse, and some of what they print, differs. */
export type Backend = 'nft' | 'legacy';

/** What the meaning of an option's words can depend on, beside the words. */
export interface Context {
  readonly family: Family;
  readonly backend: Backend;
  readonly table: TableName;
  /** The number that `-p` gave, 0 where there is no `-p`. */
  readonly protocol: number;
  readonly protocolNegated: boolean;
}

/** Thrown by what reads an option's words; whoever knows where the words stand turns it into a Problem. */
export class Refusal extends Error {
  readonly code: ProblemCode;
  readonly detail: DumpDetail;
  readonly expected: Expected | undefined;

  constructor(code: ProblemCode, detail: DumpDetail, expected?: Expected) {
    super(detail.code);
    this.code = code;
    this.detail = detail;
    this.expected = expected;
  }
}

export function refuseValue(text: string, expected: Expected): never {
  throw new Refusal('option-value', { code: 'value', text }, expected);
}

/** How one value is spelt. `print` gives the canonical spelling, which `read` takes. */
export interface Codec<V> {
  read(text: string, context: Context): V;
  print(value: V): string;
}

/** What a caller may say of an option beside its names and value; all of it is iptables' own rule. */
export interface OptionRules {
  /** `!` may stand before it. */
  readonly negatable?: boolean;
  /** It may be given more than once; the last one counts. */
  readonly repeatable?: boolean;
  readonly required?: boolean;
  /** Keys of options that must have been given before it. */
  readonly after?: readonly string[];
  /** Keys of options that it ends: they can be given anew after it, and what they had becomes a part of its own value. */
  readonly separates?: readonly string[];
  /** Its value may be missing. */
  readonly optional?: boolean;
  /** Keys of options of the same extension that must (not) be given with it. */
  readonly needs?: readonly string[];
  readonly excludes?: readonly string[];
}

/** One option of an extension: how it is called, how many words follow, and how they are read and printed. */
export interface Option<V> extends OptionRules {
  /** Without dashes; the first is the one that is printed. */
  readonly names: readonly string[];
  readonly arity: number;
  read(words: readonly string[], context: Context): V;
  /** The words that follow the name, with a blank before each. */
  print(value: V): string;
  /** The name that is printed, where it is another. */
  readonly prints?: string;
  /** Values that iptables-save leaves out. */
  hides?(value: V, negated: boolean): boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: a table of options holds values of every type
export type Options = Readonly<Record<string, Option<any>>>;

/** The options that a rule gives an extension, by their key in its table. */
export type Given<O extends Options> = {
  readonly [K in keyof O]?: Negatable<O[K] extends Option<infer V> ? V : never> | undefined;
};

/** The hooks at which a packet has an interface that it came by, and one that it leaves by. */
export const inwardHooks: readonly Hook[] = ['PREROUTING', 'INPUT', 'FORWARD'];
export const outwardHooks: readonly Hook[] = ['FORWARD', 'OUTPUT', 'POSTROUTING'];

/** Where the kernel takes an extension: in these tables only, and in chains that only these hooks reach. */
export interface Place {
  readonly tables?: readonly TableName[];
  readonly hooks?: readonly Hook[];
}

/** A match (`-m name`) or a target (`-j name`) with its option syntax: what reading and printing both go by. */
export interface Extension<T> {
  readonly name: string;
  readonly family?: Family | undefined;
  /** Undefined: anywhere. */
  readonly place: ((value: T, backend: Backend) => Place) | undefined;
  lacks?(matches: readonly Match[], backend: Backend): DumpDetail | undefined;
  readonly options: Options;
  /** The key in `options` of every name. */
  readonly keys: ReadonlyMap<string, string>;
  /** From the options of a rule, each of them already read. Throws a Refusal where they do not go together. */
  build(given: Given<Options>, context: Context): T | undefined;
  /** The options in canonical spelling and order, with a blank before each. */
  print(value: T): string;
}

interface ExtensionSpec<O extends Options, T> {
  readonly name: string;
  readonly family?: Family;
  /** What a rule's matches lack for it to be loaded. */
  lacks?(matches: readonly Match[], backend: Backend): DumpDetail | undefined;
  /** Where it may stand; some of it may depend on the options. */
  readonly place?: Place | ((value: T, backend: Backend) => Place);
  /** In the order in which iptables-save prints them. */
  readonly options: O;
  /** Options that are checked and printed, but whose meaning the IR does not hold; they are printed last. */
  readonly further?: Options;
  /** `words`: the options of `further`, as they are printed. */
  /** Undefined where the kernel keeps nothing of it. */
  build(given: Given<O>, context: Context, words: readonly string[]): T | undefined;
  /** The reverse of `build`: the options that say the value. */
  take(value: T): Given<O>;
  words?(value: T): readonly string[] | undefined;
}

export function extension<O extends Options, T>(spec: ExtensionSpec<O, T>): Extension<T> {
  const print = printerOf(spec.options);
  const printFurther = printerOf(spec.further ?? {});
  const options: Options = { ...spec.options, ...spec.further };
  return {
    name: spec.name,
    family: spec.family,
    place: placeOf(spec.place),
    ...(spec.lacks && { lacks: spec.lacks }),
    options,
    keys: new Map(Object.entries(options).flatMap(([key, { names }]) => names.map((name) => [name, key]))),
    build: (given, context) => spec.build(given as Given<O>, context, wordsOf(printFurther(given))),
    print(value) {
      const words = spec.words?.(value);
      const text = print(spec.take(value));
      return words === undefined || words.length === 0 ? text : `${text} ${words.join(' ')}`;
    },
  };
}

function placeOf<T>(place: Place | ((value: T, backend: Backend) => Place) | undefined) {
  return place === undefined || typeof place === 'function' ? place : () => place;
}

function wordsOf(text: string): readonly string[] {
  return text === '' ? [] : text.slice(1).split(' ');
}

/** Prints options in the order of their table. */
export function printerOf(options: Options): (given: Given<Options>) => string {
  const entries = Object.entries(options).map(([key, option]) => {
    const text = ` --${option.prints ?? option.names[0]}`;
    return { key, option, text, negated: ` !${text}` };
  });
  return (given) => {
    let text = '';
    for (const entry of entries) {
      const one = given[entry.key];
      if (one === undefined || entry.option.hides?.(one.value, one.negated)) continue;
      text += (one.negated ? entry.negated : entry.text) + entry.option.print(one.value);
    }
    return text;
  };
}

/** An option without a value. */
export function flag(names: string | readonly string[], rules: OptionRules = {}): Option<true> {
  return { ...rules, names: listOf(names), arity: 0, read: () => true, print: () => '' };
}

/** An option with one value. */
export function value<V>(
  names: string | readonly string[],
  codec: Codec<V>,
  rules: OptionRules = {},
): Option<V> {
  return {
    ...rules,
    names: listOf(names),
    arity: 1,
    read: ([word], context) => codec.read(word as string, context),
    print: (given) => ` ${codec.print(given)}`,
  };
}

function listOf(names: string | readonly string[]): readonly string[] {
  return typeof names === 'string' ? [names] : names;
}

/** Which of these options was given last. */
export function lastOf(given: object, keys: readonly string[]): string | undefined {
  return Object.keys(given).findLast((key) => keys.includes(key));
}

/** For `take`: a value given without `!`. */
export function plain<V>(value: V): Negatable<V> {
  return { value, negated: false };
}

/** For `take`: the same, where there is a value. */
export function maybe<V>(value: V | undefined): Negatable<V> | undefined {
  return value === undefined ? undefined : plain(value);
}

const given: Negatable<true> = { value: true, negated: false };

/** For `take`: a flag that is given where the condition holds. */
export function when(condition: boolean | undefined): Negatable<true> | undefined {
  return condition ? given : undefined;
}

/** The same without the properties that are undefined. */
export function defined<T extends object>(
  from: T,
): { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} {
  return Object.fromEntries(Object.entries(from).filter(([, one]) => one !== undefined)) as never;
}

/**
 * A match or target that is understood but not evaluated: its options are checked, brought into their order and kept as
 * words. `complete` may refuse them or add defaults.
 */
export function understood(spec: {
  readonly name: string;
  readonly family?: Family;
  readonly place?: Place | ((value: Understood, backend: Backend) => Place);
  readonly options: Options;
  complete?(given: Given<Options>, context: Context): Given<Options>;
}): Extension<Understood> {
  const print = printerOf(spec.options);
  return {
    ...extension<Options, Understood>({
      name: spec.name,
      ...(spec.family && { family: spec.family }),
      ...(spec.place && { place: spec.place }),
      options: spec.options,
      build(given, context) {
        const words = wordsOf(print(spec.complete?.(given, context) ?? given));
        return { kind: 'other', name: spec.name, words, understood: true };
      },
      take: () => ({}),
      words: (one) => one.words,
    }),
  };
}

/** What `OtherMatch` and `OtherTarget` have in common. */
export interface Understood {
  readonly kind: 'other';
  readonly name: string;
  readonly words: readonly string[];
  readonly understood: boolean;
}
