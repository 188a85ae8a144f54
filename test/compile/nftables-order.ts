/** A listing's tables, each with its blocks; chains and sets of services in the order of their names, which is chance on a node. */
export function chainsInOrder(text: string): Record<string, readonly string[]> {
  const tables = text.split(/^(?=table )/m).filter((table) => table !== '');
  return Object.fromEntries(
    tables.map((table) => {
      const [head = '', ...lines] = table.trimEnd().split('\n');
      const blocks = lines.slice(1, -1).join('\n').split(/\n\n/);
      const isOwn = (block: string) => /^\t(?:chain|set) \S+\//.test(block);
      const own = blocks.filter(isOwn).toSorted();
      return [head, [lines[0] ?? '', ...blocks.filter((block) => !isOwn(block)), ...own]];
    }),
  );
}
