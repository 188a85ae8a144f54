import { type Family, families } from '../address/address.ts';
import { signedFamily } from '../iptables/dump/family.ts';
import { nextText, unendedText } from '../iptables/pasted/lines.ts';
import { type ShownTable, shownTables } from '../iptables/pasted/shown-tables.ts';
import { isWholeDump } from '../iptables/pasted/whole-dump.ts';
import { want } from '../text/expected.ts';
import type { Source, SourcePart } from '../text/source.ts';
import { undecorate } from '../text/undecorate.ts';
import type { SessionDetail } from './detail.ts';
import { familySaid, splitFamilies } from './families.ts';
import { refuse } from './refuse.ts';

/**
 * The rules of one node and family as one text, where they are given table by table: what `iptables-save -t nat` and `-t filter` printed
 * into two files. Their lines are still those of the files. Throws an InputError where two tell of one table.
 */
export function joinDumps(dumps: readonly Source[]): Source | undefined {
  const [first, ...others] = dumps;
  if (!first || others.length === 0) return first;
  refuseTwice(dumps);
  const isWhole = dumps.every(({ text }) => isWholeDump(text));
  const parts: SourcePart[] = [];
  let text = '';
  let line = 1;
  for (const { name, text: own } of dumps) {
    // Each has its own prompts, quotations or numbers of lines.
    const lines = isWhole ? own.split('\n') : [nextText, ...undecorate(own)];
    if (lines.at(-1) === '') lines.pop();
    else if (!isWhole) lines.push(unendedText);
    parts.push({ name, line: isWhole ? line : line + 1 });
    text += lines.map((one) => `${one}\n`).join('');
    line += lines.length;
  }
  const node = dumps.find((dump) => dump.node)?.node;
  return { name: dumps.map(({ name }) => name).join(', '), text, parts, ...(node && { node }) };
}

/** The rules of one family, or where nothing tells of which, of either. */
export interface OwnDump {
  readonly family: Family | null;
  readonly source: Source;
}

/** The rules of one node by family, each as one text. What tells of no family counts for each. */
export function dumpsByFamily(dumps: readonly Source[]): readonly OwnDump[] {
  const parts = dumps.flatMap(partsOf);
  if (dumps.length < 2) return parts;
  const known = families.filter((family) => parts.some((part) => part.family === family));
  return (known.length > 0 ? known : [null]).flatMap((family): readonly OwnDump[] => {
    const own = parts.filter((part) => part.family === null || part.family === family);
    const source = joinDumps(own.map((part) => part.source));
    return source ? [{ family, source }] : [];
  });
}

function partsOf(source: Source, _at: number, { length }: readonly Source[]): readonly OwnDump[] {
  const parts = splitFamilies(source);
  if (parts.length > 0) return parts;
  return [{ family: length === 1 ? null : (familySaid(source) ?? signedFamily(source.text)), source }];
}

/** Two back ends may each have a table of one name: which of them is followed is told where they are read. */
function refuseTwice(dumps: readonly Source[]): void {
  const shown: (ShownTable & { readonly name: string })[] = [];
  for (const { name, text } of dumps) {
    const own = shownTables(text);
    for (const one of own) {
      const twice = shown.find((other) => other.table === one.table && !isApart(other, one));
      if (twice)
        refuse<SessionDetail>(
          { code: 'table-in-two', table: one.table, one: twice.name, other: name },
          want.thing('rules-of-one-node-once'),
        );
    }
    shown.push(...own.map((one) => ({ ...one, name })));
  }
}

const isApart = (one: ShownTable, other: ShownTable): boolean =>
  one.backend !== null && other.backend !== null && one.backend !== other.backend;
