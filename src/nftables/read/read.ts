import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import type { NftRuleset } from '../model.ts';
import { applyCommands } from './apply.ts';
import { type Include, readCommands } from './commands.ts';
import { keepListed } from './managed.ts';

/** What a text of nft makes of an empty kernel, and what is wrong with it. `include` gives the files that it names. */
export interface NftReading {
  readonly ruleset: NftRuleset;
  readonly problems: readonly Problem[];
}

/** Reads what `nft list ruleset` prints, or what `nft -f` loads. */
export function readNft(source: Source, include?: Include): NftReading {
  const { commands, problems } = readCommands(source, include);
  const applied = applyCommands(commands, source);
  const kept = keepListed(applied.ruleset, source);
  return { ruleset: kept.ruleset, problems: [...problems, ...applied.problems, ...kept.problems] };
}
