import { basePrinters } from './base.ts';
import type { Match, MatchKind } from './match.ts';
import { matchExtensions, targetExtensions } from './options.ts';
import type { Extension } from './syntax.ts';
import { notRead, type Target, type TargetKind } from './target.ts';

type MatchPrinters = Readonly<Record<MatchKind, (match: Match) => string>>;
type TargetPrinters = Readonly<Record<TargetKind, (target: Target) => string>>;

function printersOf<T>(extensions: Readonly<Record<string, Extension<T>>>, letter: 'm' | 'j') {
  const entries = Object.entries(extensions).map(([kind, extension]) => {
    const start = ` -${letter} ${extension.name}`;
    return [kind, (one: T) => start + extension.print(one)] as const;
  });
  return Object.fromEntries(entries);
}

function printOther(letter: 'm' | 'j', name: string, words: readonly string[]): string {
  // What could not be read stays as it was written.
  if (name === notRead && words.length > 0) return ` ${words.join(' ')}`;
  return words.length === 0 ? ` -${letter} ${name}` : ` -${letter} ${name} ${words.join(' ')}`;
}

const matchPrinters = {
  ...(basePrinters as unknown as MatchPrinters),
  ...printersOf<Match>(matchExtensions, 'm'),
  other: (match: Match) => (match.kind === 'other' ? printOther('m', match.name, match.words) : ''),
} as MatchPrinters;

const targetPrinters = {
  ...printersOf<Target>(targetExtensions, 'j'),
  ct: (target: Target) =>
    target.kind === 'ct' && target.spelling === 'NOTRACK'
      ? ' -j NOTRACK'
      : ` -j CT${targetExtensions.ct.print(target)}`,
  verdict: (target: Target) => (target.kind === 'verdict' ? ` -j ${target.verdict}` : ''),
  jump: (target: Target) => (target.kind === 'jump' ? ` -${target.returns ? 'j' : 'g'} ${target.chain}` : ''),
  other: (target: Target) => (target.kind === 'other' ? printOther('j', target.name, target.words) : ''),
} as TargetPrinters;

/** A match as iptables-save prints it, with a blank before it. */
export function printMatch(match: Match): string {
  return matchPrinters[match.kind](match);
}

/** A target as iptables-save prints it, with a blank before it. */
export function printTarget(target: Target): string {
  return targetPrinters[target.kind](target);
}
