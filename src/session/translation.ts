import type { Family } from '../address/address.ts';
import { looksLikeRules } from '../iptables/pasted/looks-like-rules.ts';
import { readRules } from '../iptables/pasted/read.ts';
import { modeNotes } from '../lint/modes.ts';
import { isNft } from '../nftables/read/recognise.ts';
import { want } from '../text/expected.ts';
import { type Problem, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { type Translation, translateRuleset } from '../translate/translate.ts';
import type { SessionDetail } from './detail.ts';
import { splitFamilies } from './families.ts';
import { refuse } from './refuse.ts';

/** The translation of one family's rules. */
export interface FamilyTranslation extends Translation {
  readonly family: Family;
  /** The text whose lines the rules stand in. */
  readonly source: Source;
}

/** Translates the rules of a dump, of both families where it holds both and nobody asks for one. Throws an InputError. */
export function translateDump(
  source: Source,
  asked: Family | undefined,
): { readonly translations: readonly FamilyTranslation[]; readonly problems: readonly Problem[] } {
  if (isNft(source.text))
    refuse<SessionDetail>({ code: 'nft-already', name: source.name }, want.printed('iptables-save'));
  if (!looksLikeRules(source.text))
    refuse<SessionDetail>({ code: 'no-iptables-rules', name: source.name }, want.printed('iptables-save'));
  const parts = splitFamilies(source);
  const chosen = parts.filter(({ family }) => asked === undefined || family === asked);
  const dumps = parts.length === 0 ? [{ family: asked, source }] : chosen;
  const problems: Problem[] = [];
  const translations = dumps.map(({ family, source: dump }): FamilyTranslation => {
    const reading = readRules(dump, family === undefined ? {} : { family });
    refuseErrors(reading.problems);
    const { ruleset } = reading;
    problems.push(...reading.problems, ...modeNotes(source.name, ruleset));
    return { ...translateRuleset(ruleset), family: ruleset.family, source: reading.source };
  });
  return { translations, problems };
}
