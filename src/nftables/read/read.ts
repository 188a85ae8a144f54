import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import { textOfJson } from '../json/read.ts';
import type { NftRuleset } from '../model.ts';
import { applyCommands } from './apply.ts';
import { withoutWall } from './broken.ts';
import { type Include, readCommands } from './commands.ts';
import { keepListed } from './managed.ts';
import { asPrinted, isNftJson } from './recognise.ts';

/** What a text of nft makes of an empty kernel, and what is wrong with it. `include` gives the files that it names. */
export interface NftReading {
  readonly ruleset: NftRuleset;
  readonly problems: readonly Problem[];
}

/** Reads what `nft list ruleset` prints, with `-j`, too, or what `nft -f` loads. */
export function readNft(given: Source, include?: Include): NftReading {
  const { source, problems: unread } = asText(given);
  if (!source) return { ruleset: { tables: [] }, problems: unread };
  const { commands, problems } = readCommands(source, include);
  const applied = applyCommands(commands, source);
  const kept = keepListed(applied.ruleset, source);
  const all = withoutWall([...problems, ...applied.problems, ...kept.problems], source);
  return { ruleset: kept.ruleset, problems: all };
}

/** What `nft -j` printed is read as the text that it stands for. */
export function asText(source: Source): ReturnType<typeof textOfJson> {
  return isNftJson(source.text) ? textOfJson(source) : { source: asPrinted(source), problems: [] };
}
