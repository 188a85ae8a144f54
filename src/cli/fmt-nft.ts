import { includedFiles } from '../files/included.ts';
import type { CounterStyle } from '../iptables/dump/write.ts';
import { loadNft } from '../nftables/check/load.ts';
import { printJson } from '../nftables/json/print.ts';
import { printRuleset } from '../nftables/print/tables.ts';
import { nftVersions } from '../nftables/version.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import { InputError, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Io } from './io.ts';

interface NftFlags {
  readonly counters: CounterStyle;
  readonly json?: true;
  readonly nftVersion: string;
}

/** A ruleset of nft as nft lists it once it was loaded. */
export function formatNft(io: Io, source: Source, { counters, json, nftVersion }: NftFlags) {
  if (counters === 'zero') {
    throw new InputError([
      {
        code: 'flag-value',
        severity: 'error',
        ...told<CommandDetail>({ code: 'counters-of-ruleset', name: source.name }),
        expected: want.thing('keep-or-drop'),
      },
    ]);
  }
  const { ruleset, problems } = loadNft(source, includedFiles(io));
  refuseErrors(problems);
  const version = nftVersions.get(nftVersion);
  const text = json
    ? printJson(ruleset, version)
    : printRuleset(ruleset, { stateless: counters === 'drop', ...(version && { version }) });
  return { name: source.name, output: text, changes: () => source.text !== text, problems };
}
