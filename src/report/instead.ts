import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { ConnectionFate, ConnectionStop, Instead, PacketFate } from '../expect/instead.ts';
import { type Fraction, formatFraction } from '../sets/fraction.ts';
import { dataJson } from './data-json.ts';
import { insteadWords as en } from './words/en/instead.ts';
import type { InsteadWords } from './words/instead.ts';
import { insteadWords as ko } from './words/ko/instead.ts';
import type { Language } from './words/language.ts';
import { sayOf } from './words/words-of.ts';

export const insteadTables: Readonly<Record<Language, InsteadWords>> = { en, ko };

/** What happens instead of what was expected: a sentence without a full stop. */
export function sayInstead(instead: Instead, language: Language = 'en'): string {
  return sayOf(insteadTables[language].instead, instead);
}

/** The same as data: its code, and its parts as texts and numbers. */
export function insteadJson(instead: Instead) {
  switch (instead.code) {
    case 'happens':
      return {
        code: instead.code,
        fates: instead.fates.map(({ fate, share }) => ({ ...fateJson(fate), share: formatFraction(share) })),
      };
    case 'nothing-seen':
      return { code: instead.code, fates: instead.fates.map(fateJson) };
    case 'connection':
      return { ...instead, ways: instead.ways.map(wayJson), share: formatFraction(instead.share) };
    case 'not-known':
      return { code: instead.code, reasons: instead.reasons.map(dataJson) };
    case 'in-doubt':
      return { code: instead.code, doubt: dataJson(instead.doubt) };
    default:
      return 'share' in instead ? { ...instead, share: formatFraction(instead.share as Fraction) } : instead;
  }
}

function fateJson(fate: PacketFate) {
  if (fate.code === 'arrives') return { code: fate.code, at: reachedJson(fate.at) };
  return fate.code === 'dropped' ? { code: fate.code, reason: fate.reason && dataJson(fate.reason) } : fate;
}

function wayJson({ reached, by, ...way }: ConnectionFate) {
  return { ...way, reached: reached && reachedJson(reached), by: by && stopJson(by) };
}

function stopJson(stop: ConnectionStop) {
  if (stop.code === 'reason') return { code: stop.code, reason: dataJson(stop.reason) };
  return stop.code === 'lost' ? { code: stop.code, reason: dataJson(stop.lost) } : stop;
}

function reachedJson({ address, port }: NonNullable<ConnectionFate['reached']>): string {
  return port === null ? formatAddress(address) : formatEndpoint(address, port);
}
