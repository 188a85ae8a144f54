/**
 * A listing's tables, each with its blocks; chains of services in the order of their names, and sets in that of their services: both are
 * chance on a node. The sets of one service keep their order, which is that of its endpoints.
 */
export function chainsInOrder(text: string): Record<string, readonly string[]> {
  const tables = text.split(/^(?=table )/m).filter((table) => table !== '');
  return Object.fromEntries(
    tables.map((table) => {
      const [head = '', ...lines] = table.trimEnd().split('\n');
      const blocks = lines.slice(1, -1).join('\n').split(/\n\n/);
      const chains = blocks.filter((block) => /^\tchain \S+\//.test(block));
      const sets = blocks.filter((block) => serviceOfSet(block) !== undefined);
      const others = blocks.filter((block) => !chains.includes(block) && !sets.includes(block));
      return [head, [lines[0] ?? '', ...others, ...byService(sets), ...chains.toSorted()]];
    }),
  );
}

function serviceOfSet(block: string): string | undefined {
  return /^\tset affinity-[^-]+-(\S+)__\S+ /.exec(block)?.[1];
}

function byService(sets: readonly string[]): string[] {
  const services = new Map<string, string[]>();
  for (const set of sets) {
    const service = serviceOfSet(set) as string;
    services.set(service, [...(services.get(service) ?? []), set]);
  }
  return [...services].toSorted(([left], [right]) => (left < right ? -1 : 1)).flatMap(([, own]) => own);
}
