import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { SessionDetail } from './detail.ts';
import { backendSaid, tablesSaid } from './families.ts';
import type { NftText } from './nft-text.ts';
import { refuse } from './refuse.ts';

/** The texts of a node, in the order in which they are given. */
interface Texts {
  readonly dumps: readonly Source[];
  readonly nft: readonly NftText[];
}

/** What is left of them, and what is supposed of the order in which they were loaded. */
interface Left extends Texts {
  readonly problems: readonly Problem[];
}

/**
 * The texts of a node without what others took away that were loaded later: a file for `nft -f` begins with `flush ruleset`, as that of a
 * boot does, and takes tables of iptables-nft, too. Where the order is not said, what takes something away is taken for the
 * earlier one. Throws an InputError where neither can be.
 */
export function withoutTakenAway(sources: readonly Source[], texts: Texts, inOrder: boolean): Left {
  const taking = texts.nft.filter(({ takesAway }) => takesAway !== null);
  if (taking.length === 0) return { ...texts, problems: [] };
  return inOrder ? afterAll(sources, texts, taking) : takenFirst(texts, taking);
}

function afterAll(sources: readonly Source[], { dumps, nft }: Texts, taking: readonly NftText[]): Left {
  const laterThan = (source: Source) =>
    taking.filter((text) => sources.indexOf(text.source) > sources.indexOf(source));
  const isLeft = (dump: Source) => laterThan(dump).every((text) => !takesDump(text, dump));
  const left = nft.map((text) => {
    const later = laterThan(text.source);
    const tables = text.ruleset.tables.filter((table) => !later.some((one) => one.takesAway?.(table)));
    return { ...text, ruleset: { ...text.ruleset, tables } };
  });
  return { dumps: dumps.filter(isLeft), nft: left, problems: [] };
}

/** Of a dump all or nothing is taken; where that is not known, or is a part of it, nobody can say what is left. */
function takesDump({ source, takesAway }: NftText, dump: Source): boolean {
  if (takesAway === null || backendSaid(dump) === 'legacy') return false;
  const taken = new Set(tablesSaid(dump).map(takesAway));
  if (!taken.has(true)) return false;
  if (taken.has(false))
    refuse<SessionDetail>(
      { code: 'takes-part-of-dump', one: source.name, other: dump.name },
      want.thing('rules-that-are-left'),
    );
  if (backendSaid(dump) === null)
    refuse<SessionDetail>(
      { code: 'takes-of-which-backend', one: source.name, other: dump.name },
      want.thing('first-line-of-save'),
    );
  return true;
}

function takenFirst({ dumps, nft }: Texts, taking: readonly NftText[]): Left {
  const takesText = (one: NftText, other: NftText) =>
    one !== other && other.ruleset.tables.some((table) => one.takesAway?.(table));
  for (const one of taking) {
    const other = taking.find((text) => takesText(one, text) && takesText(text, one));
    if (other)
      refuse<SessionDetail>(
        { code: 'take-each-other', one: one.source.name, other: other.source.name },
        want.written('--loaded-in-order'),
      );
  }
  const takesAnyOf = (one: NftText, dump: Source) =>
    backendSaid(dump) !== 'legacy' && tablesSaid(dump).some((table) => one.takesAway?.(table));
  const first = taking.filter(
    (one) => nft.some((text) => takesText(one, text)) || dumps.some((dump) => takesAnyOf(one, dump)),
  );
  return { dumps, nft, problems: first.map(supposedFirst) };
}

function supposedFirst({ source }: NftText): Problem {
  return {
    code: 'load-order',
    severity: 'warning',
    ...told<SessionDetail>({ code: 'taken-for-first', name: source.name }),
    expected: want.written('--loaded-in-order'),
  };
}
