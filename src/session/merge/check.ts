import { joined, type Merged, type PartResult, placesOf } from './part.ts';

interface FindingJson {
  readonly file: string;
  readonly severity: string;
}

/** Joins parts of `check`: each has its share of the files of rules, and the first one the manifests. */
export function mergeChecks(parts: readonly PartResult[]): Merged {
  const place = placesOf(parts);
  const findings = joined<FindingJson>(parts, 'findings', ({ file }) => place(file));
  const notes = parts
    .flatMap(({ shard }) =>
      shard.all.map((name, at) => ({ name, notes: shard.notes?.[at] ?? [], noted: shard.noted?.[at] ?? [] })),
    )
    .toSorted((left, right) => place(left.name) - place(right.name));
  const document = {
    findings,
    chains: chainsOf(parts),
    notes: notes.flatMap((one) => one.notes),
    noted: notes.flatMap((one) => one.noted),
    partial: joined<string>(parts, 'partial', place),
    silenced: sum(parts, 'silenced'),
    known: sum(parts, 'known'),
    gone: goneFromAll(parts),
  };
  const status = findings.some(({ severity }) => severity !== 'note') ? 1 : 0;
  return { text: `${JSON.stringify(document, null, 1)}\n`, status };
}

function sum(parts: readonly PartResult[], field: string): number {
  return parts.reduce((all, { value }) => all + Number(value[field] ?? 0), 0);
}

function chainsOf(parts: readonly PartResult[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const [owner, count] of parts.flatMap(({ value }) => Object.entries(Object(value.chains))))
    counts.set(owner, (counts.get(owner) ?? 0) + Number(count));
  return Object.fromEntries([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** A part misses what is known of files that it has not: gone is only what all of them miss. */
function goneFromAll(parts: readonly PartResult[]): readonly unknown[] {
  const lists = parts.map(({ value }) => (value.gone ?? []) as readonly unknown[]);
  const [first = [], ...others] = lists;
  const left = others.map((list) => {
    const counts = new Map<string, number>();
    for (const one of list) counts.set(JSON.stringify(one), (counts.get(JSON.stringify(one)) ?? 0) + 1);
    return counts;
  });
  return first.filter((one) => {
    const key = JSON.stringify(one);
    if (left.some((counts) => (counts.get(key) ?? 0) === 0)) return false;
    for (const counts of left) counts.set(key, (counts.get(key) as number) - 1);
    return true;
  });
}
