import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Decider } from '../path/decider.ts';
import type { ExplainedService } from '../path/explain.ts';
import type { Result } from '../path/results.ts';
import { sayReason } from './reasons.ts';
import { resultWords as en } from './words/en/results.ts';
import { resultWords as ko } from './words/ko/results.ts';
import type { Language } from './words/language.ts';
import type { ResultWords } from './words/results.ts';

export type ChainName = ExplainedService['chainName'];

export const resultTables: Readonly<Record<Language, ResultWords>> = { en, ko };

/** `50 %`, `33.33 %`, `0.01 %`. */
export function formatShare({ weight: { n, d } }: Pick<Result, 'weight'>): string {
  const hundredths = Number((n * 1_000_000n) / d) / 100;
  const rounded = Math.round(hundredths) / 100;
  return `${Number.isInteger(rounded) ? rounded : rounded.toFixed(2)} %`;
}

export function nameServer({ server }: Result, w: ResultWords = en): string {
  return server ? w.server(formatEndpoint(server.address, server.port), server.node) : '';
}

/** What the server sees. */
export function nameSource(result: Result, w: ResultWords = en): string {
  if (result.source === null) return '';
  if (result.preserved) return w.own;
  const masked = result.by?.node ?? (result.maskedAs && w.betweens[result.maskedAs]);
  return w.seen(formatAddress(result.source), result.alike > 0 ? w.anotherOf(result.alike + 1) : masked);
}

/** Why. Empty where nothing needs a reason. */
export function nameWhy({ by, reason }: Result, chainName: ChainName, language: Language = 'en'): string {
  const w = resultTables[language];
  return [
    ...(by === null ? [] : [nameDecider(by, chainName, w)]),
    ...(reason ? [sayReason(reason, language)] : []),
  ].join('; ');
}

function nameDecider(
  { node, table, chain, number, comment }: Decider,
  chainName: ChainName,
  w: ResultWords,
): string {
  return w.by(number, table, chainName(node, table, chain), node, comment);
}
