import type { NftChain, NftRuleset, NftSet, NftTable } from '../../nftables/model.ts';

/**
 * kube-proxy's own tables without what chance and time make of them on a node: the order of what is made for services, handles, counts, clients
 * that are remembered, and chains and sets of what is gone, which stand empty for a while until they are removed.
 */
export function tablesWithoutChance({ tables }: NftRuleset): NftRuleset {
  return { tables: tables.filter(({ name }) => name === 'kube-proxy').map(withoutChance) };
}

function withoutChance(table: NftTable): NftTable {
  const used = wordsIn([table.chains.map(({ rules }) => rules), table.sets.map(({ elements }) => elements)]);
  const isLeft = ({ name }: NftChain | NftSet) => !isOfService(name) || used.has(name);
  const { handle: _, ...rest } = table;
  return {
    ...rest,
    objects: table.objects.map(({ handle: __, ...object }) =>
      object.kind === 'counter' ? { ...object, packets: 0, bytes: 0 } : object,
    ),
    sets: inNameOrder(table.sets.filter(isLeft)).map(({ handle: __, ...set }) =>
      set.flags.includes('dynamic') ? { ...set, elements: [] } : set,
    ),
    chains: inNameOrder(table.chains.filter((chain) => chain.rules.length > 0 || isLeft(chain))).map(
      // Rules that are made when they are asked for are no member that is copied with others.
      ({ rules, ...chain }) => {
        const { handle: __, ...kept } = chain;
        return { ...kept, rules: rules.map(({ handle: ___, place: ____, ...rule }) => rule) };
      },
    ),
  };
}

/** The names of what belongs to a service have a slash in them, all others have none. */
const isOfService = (name: string): boolean => name.includes('/');

function inNameOrder<T extends { readonly name: string }>(all: readonly T[]): readonly T[] {
  return all.toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

/** All texts in a model: what a name is not among is referred to by nothing. */
function wordsIn(model: unknown): ReadonlySet<string> {
  const words = new Set<string>();
  const open: unknown[] = [model];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one === 'string') words.add(one);
    else if (Array.isArray(one)) open.push(...one.filter((part) => part !== undefined));
    else if (typeof one === 'object' && one !== null)
      open.push(...Object.values(one).filter((part) => part !== undefined));
  }
  return words;
}
