import { isMap, isPair, isScalar, isSeq, type Node } from 'yaml';
import type { Source } from '../text/source.ts';
import { looksLikeJson } from './documents.ts';
import { endOfValue, type Member, membersOf, skipBlanks } from './json-scan.ts';
import { parseYaml } from './yaml.ts';
import { scalarOf } from './yaml-values.ts';

/** A value of a text with its place, whatever the text is written in. */
export interface Tree {
  readonly start: number;
  readonly end: number;
  /** Of a scalar; undefined for what has members. */
  readonly value: unknown;
  /** The members of a map, and the elements of a list, which have no key. */
  members(): readonly { readonly key: string | null; readonly tree: Tree }[];
}

/** The values of a text's documents; null where it has aliases, so that a value has several places, or cannot be read. */
export function treesOf(source: Source): readonly Tree[] | null {
  if (looksLikeJson(source.text)) {
    try {
      return [jsonTree(source.text, skipBlanks(source.text, 0))];
    } catch {
      // What begins like JSON may be YAML in flow style.
    }
  }
  const documents = parseYaml(source);
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return null;
  if (/(?:^|[\s,[{])[&*][^\s,\]}]/m.test(source.text)) return null;
  return documents.flatMap(({ contents }) => (contents === null ? [] : [yamlTree(contents)]));
}

function jsonTree(text: string, start: number): Tree {
  const end = endOfValue(text, start);
  const hasMembers = text[start] === '{' || text[start] === '[';
  return {
    start,
    end,
    value: hasMembers ? undefined : JSON.parse(text.slice(start, end)),
    members: () =>
      hasMembers
        ? Array.from(membersOf(text, start), ({ key, value }: Member) => ({
            key,
            tree: jsonTree(text, value),
          }))
        : [],
  };
}

function yamlTree(node: Node): Tree {
  const [start, end] = node.range ?? [0, 0];
  return {
    start,
    end,
    value: isScalar(node) ? scalarOf(node) : undefined,
    members() {
      if (isSeq(node)) return node.items.map((item) => ({ key: null, tree: yamlTree(item as Node) }));
      if (!isMap(node)) return [];
      return node.items.flatMap((pair) => {
        if (!isPair(pair) || pair.value === null) return [];
        return [
          { key: String(isScalar(pair.key) ? pair.key.value : pair.key), tree: yamlTree(pair.value as Node) },
        ];
      });
    },
  };
}
