import { joined, type Merged, type PartResult, placesOf } from './part.ts';

interface OfNode {
  readonly node: string;
}

/** Joins parts of `migrate`. */
export function mergeMoves(parts: readonly PartResult[]): Merged {
  const place = placesOf(parts);
  const ofNode = ({ node }: OfNode) => place(node);
  const exceptions = joined(parts, 'exceptions', ofNode);
  const tried = parts.map(({ value }) => value.tried as { packets: number; nodes: readonly string[] });
  const isProved = parts.every(({ value }) => value.rest === 'proved');
  const document = {
    exceptions,
    rest: isProved ? 'proved' : 'unproved',
    tried: {
      packets: tried.reduce((sum, { packets }) => sum + packets, 0),
      nodes: tried.flatMap(({ nodes }) => nodes).toSorted((left, right) => place(left) - place(right)),
    },
    unnamed: joined(parts, 'unnamed', ofNode),
  };
  const status = exceptions.length === 0 && isProved ? 0 : 1;
  return { text: `${JSON.stringify(document, null, 2)}\n`, status };
}
