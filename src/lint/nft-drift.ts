import type { NftChain, NftRuleset, NftSet, NftTable } from '../nftables/model.ts';
import { spellElement } from '../nftables/print/expressions.ts';
import { printChain, printRule } from '../nftables/print/tables.ts';
import { nameOfTable, serviceOfName } from '../proxy/nftables/listed.ts';

/** What is on one side only of kube-proxy's tables. */
export interface LonelyPart {
  /** `ip kube-proxy`. */
  readonly table: string;
  /** A chain; of a set or a map its name behind `@`. */
  readonly chain: string;
  /** A rule or an element, or how a base chain is declared, as nft prints it; null: all that the chain or the set is. */
  readonly text: string | null;
  /** Which of several equal rules of the chain it is, from 0. */
  readonly repeat: number;
  /** How many rules or elements there are in all. */
  readonly size: number;
  /** `namespace/name:port`. */
  readonly service: string | null;
}

/** Chains of which the same rules stand in another order. */
export interface Reordered {
  readonly table: string;
  readonly chain: string;
  readonly service: string | null;
}

export interface TablesDrift {
  readonly missing: readonly LonelyPart[];
  readonly extra: readonly LonelyPart[];
  readonly reordered: readonly Reordered[];
}

/** Where kube-proxy's tables are not those that it would make. Both come without what chance makes of them. */
export function driftOfTables(wanted: NftRuleset, found: NftRuleset): TablesDrift {
  const missing: LonelyPart[] = [];
  const extra: LonelyPart[] = [];
  const reordered: Reordered[] = [];
  for (const table of wanted.tables) {
    const other = found.tables.find((one) => nameOfTable(one) === nameOfTable(table));
    if (!other) continue;
    missing.push(...onlyIn(table, other));
    extra.push(...onlyIn(other, table));
    reordered.push(...inOtherOrder(table, other));
  }
  return { missing, extra, reordered };
}

function onlyIn(one: NftTable, other: NftTable): LonelyPart[] {
  const chains = one.chains.flatMap((chain) =>
    lonelyIn(
      partsOf(one, chain),
      other.chains.find(({ name }) => name === chain.name),
      (there) => partsOf(other, there),
    ),
  );
  const sets = one.sets.flatMap((set) =>
    lonelyIn(
      elementsOf(one, set),
      other.sets.find(({ name }) => name === set.name),
      (there) => elementsOf(other, there),
    ),
  );
  return [...chains, ...sets];
}

/** What a chain or a set consists of. */
interface Parts {
  readonly whole: LonelyPart;
  readonly texts: readonly { readonly text: string; readonly service: string | null }[];
}

function lonelyIn<T>(own: Parts, there: T | undefined, partsOfOther: (there: T) => Parts): LonelyPart[] {
  if (there === undefined) return own.texts.length > 0 ? [own.whole] : [];
  const left = counted(partsOfOther(there).texts.map(({ text }) => text));
  const seen = new Map<string, number>();
  return own.texts.flatMap(({ text, service }): LonelyPart[] => {
    const repeat = seen.get(text) ?? 0;
    seen.set(text, repeat + 1);
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count > 0 ? [] : [{ ...own.whole, text, repeat, service: service ?? own.whole.service }];
  });
}

function counted(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

function partsOf(table: NftTable, chain: NftChain): Parts {
  const texts = [...declared(table, chain), ...chain.rules.map((rule) => printRule(rule))];
  return {
    whole: wholeOf(table, chain.name, chain.name, texts.length),
    texts: texts.map((text) => ({ text, service: null })),
  };
}

/** `type filter hook input priority filter; policy accept;` of a base chain. */
function declared(table: NftTable, chain: NftChain): readonly string[] {
  if (!chain.base) return [];
  const lines = printChain({ ...chain, rules: [] }, table.family, {}).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('type '));
}

function elementsOf(table: NftTable, set: NftSet): Parts {
  const texts = set.elements.map((element) => {
    const { data, comment } = element;
    const leads = data?.kind === 'verdict' && 'chain' in data ? serviceOfName(table, data.chain) : null;
    return { text: spellElement(element, {}), service: leads?.includes('/') ? leads : (comment ?? null) };
  });
  return { whole: wholeOf(table, `@${set.name}`, set.name, texts.length), texts };
}

function wholeOf(table: NftTable, chain: string, name: string, size: number): LonelyPart {
  const service = name.includes('/') ? serviceOfName(table, name) : null;
  return { table: nameOfTable(table), chain, text: null, repeat: 0, size, service };
}

function inOtherOrder(wanted: NftTable, found: NftTable): Reordered[] {
  return wanted.chains.flatMap((chain): Reordered[] => {
    const there = found.chains.find(({ name }) => name === chain.name);
    if (!there) return [];
    const [left, right] = [chain, there].map(({ rules }) => rules.map((rule) => printRule(rule))) as [
      string[],
      string[],
    ];
    const isSame = left.join('\n') === right.join('\n');
    if (isSame || left.toSorted().join('\n') !== right.toSorted().join('\n')) return [];
    const { table, service } = wholeOf(wanted, chain.name, chain.name, left.length);
    return [{ table, chain: chain.name, service }];
  });
}
