import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { ProblemCode } from '../text/codes.ts';
import { type Expected, want } from '../text/expected.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { plainScalar } from './yaml-scalars.ts';

/** What a scalar stands for: plain ones by their form, others as they are, unless a tag says what they are. */
export function scalarOf(node: Scalar): unknown {
  const text = String(node.value ?? '');
  const tag = node.tag?.replace('tag:yaml.org,2002:', '');
  if (tag === undefined) return node.type === 'PLAIN' ? plainScalar(text) : text;
  return ['int', 'float', 'bool', 'null'].includes(tag) ? plainScalar(text) : text;
}

/** The most values that aliases may stand for: less than what sigs.k8s.io/yaml begins to count at. */
const mostRepeated = 100_000;

/**
 * A document's value as sigs.k8s.io/yaml reads it. Of a key that stands twice the last one counts; what `<<` merges overrides what
 * stands before it, and is overridden by what stands behind it. Problems are reported, and the value is null where one is an error.
 */
export function valueOfDocument(source: Source, document: Document.Parsed, problems: Problem[]): unknown {
  const reader = new ValueReader(source, problems);
  const value = reader.read(document.contents);
  return reader.failed ? null : value;
}

interface Anchored {
  value: unknown;
  /** So many values it holds, itself and those of aliases included. */
  size: number;
  /** It is being read: an alias of it here would never end. */
  open: boolean;
}

class ValueReader {
  failed = false;
  readonly #source: Source;
  readonly #problems: Problem[];
  readonly #anchors = new Map<string, Anchored>();
  /** So many values were read, those of aliases included. */
  #size = 0;
  #repeated = 0;

  constructor(source: Source, problems: Problem[]) {
    this.#source = source;
    this.#problems = problems;
  }

  read(node: unknown): unknown {
    this.#size += 1;
    if (isAlias(node)) return this.#alias(node);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
    if (node.anchor === undefined) return this.#content(node);
    const before = this.#size - 1;
    const anchored: Anchored = { value: null, size: 0, open: true };
    this.#anchors.set(node.anchor, anchored);
    anchored.value = this.#content(node);
    anchored.size = this.#size - before;
    anchored.open = false;
    return anchored.value;
  }

  #content(node: unknown): unknown {
    if (isScalar(node)) return this.#scalar(node);
    if (isSeq(node)) return node.items.map((item) => this.read(item));
    return this.#map(node as YAMLMap);
  }

  #scalar(node: Scalar): unknown {
    const value = scalarOf(node);
    if (typeof value === 'number' && !Number.isFinite(value))
      this.#report(node, 'JSON has no such number', want.thing('number-or-quoted'));
    return value;
  }

  #map({ items }: YAMLMap): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const written = new Set<string>();
    for (const pair of items as Pair[]) {
      if (isMergeKey(pair.key)) {
        this.#merge(result, pair);
        continue;
      }
      const key = this.#key(pair.key);
      if (key === undefined) continue;
      if (written.has(key)) {
        const message = `the key ${key} is there twice in this map, and the last one counts`;
        this.#report(pair.key, message, want.thing('each-key-once'), 'duplicate');
      }
      written.add(key);
      put(result, key, this.read(pair.value));
    }
    return result;
  }

  /** JSON's keys are strings, so that numbers and booleans become such. */
  #key(node: unknown): string | undefined {
    const value = this.read(node);
    if (value !== null && typeof value !== 'object') return String(value);
    const message = value === null ? 'a key is null' : 'a map or list is a key';
    this.#report(node, message, want.thing('key-string'));
    return undefined;
  }

  #merge(result: Record<string, unknown>, { key, value: node }: Pair): void {
    const value = this.read(node);
    // Of several maps the first one counts.
    for (const map of Array.isArray(value) ? value.toReversed() : [value]) {
      if (typeof map !== 'object' || map === null || Array.isArray(map)) {
        this.#report(key, 'what << merges into a map is no map', want.thing('map-or-maps'));
        return;
      }
      for (const [name, member] of Object.entries(map)) put(result, name, member);
    }
  }

  #alias(alias: Alias): unknown {
    const { source } = alias;
    const anchored = this.#anchors.get(source);
    if (!anchored) {
      this.#report(alias, `there is no anchor ${source} before this alias`, want.thing('anchor', source));
      return null;
    }
    if (anchored.open) {
      this.#report(
        alias,
        `the alias ${source} stands within what it stands for`,
        want.thing('value-without-itself'),
      );
      return null;
    }
    this.#size += anchored.size;
    this.#repeated += anchored.size;
    if (this.#repeated <= mostRepeated) return anchored.value;
    if (!this.failed)
      this.#report(
        alias,
        'aliases make this document explode',
        want.atMost(mostRepeated, 'aliased'),
        'input-limit',
      );
    return null;
  }

  #report(node: unknown, message: string, expected: Expected, code: ProblemCode = 'yaml-syntax'): void {
    const severity = code === 'duplicate' ? 'warning' : 'error';
    if (severity === 'error') this.failed = true;
    const [start, end] = (node as { range?: readonly [number, number, number] | null } | null)?.range ?? [
      0, 1,
    ];
    const span = { source: this.#source, start, end: Math.max(end, start + 1) };
    this.#problems.push({ code, severity, message, span, expected });
  }
}

function isMergeKey(node: unknown): boolean {
  return isScalar(node) && node.value === '<<' && node.type === 'PLAIN';
}

/** `__proto__` is a key like any other. */
function put(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') map[key] = value;
  else Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}
