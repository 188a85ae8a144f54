import type { Differing } from '../proof/second/second.ts';
import { sayAssumptions } from './assumptions.ts';
import { printPacket } from './trace-text.ts';
import type { Assumption } from './words/assumptions.ts';
import { verifiedWords as en } from './words/en/verified.ts';
import { verifiedWords as ko } from './words/ko/verified.ts';
import type { Language } from './words/language.ts';
import type { VerifiedWords } from './words/verified.ts';

const tables: Readonly<Record<Language, VerifiedWords>> = { en, ko };

/** What the second procedure found of a family for which there is a certificate. */
export interface VerifiedFamily {
  readonly family: string;
  /** In sentences, and by their codes and parts. */
  readonly assumed: readonly string[];
  readonly assumptions?: readonly Readonly<Record<string, unknown>>[];
  /** The same, for the sentences of every language. */
  readonly granted: readonly Assumption[];
  readonly differing: readonly Differing[];
  readonly walked: number;
  readonly open: number;
  readonly whole: boolean;
}

/** Whether a certificate holds. */
export interface Verified {
  readonly file: string;
  /** The version of kubenat that wrote it. */
  readonly kubenat: string;
  readonly families: readonly VerifiedFamily[];
}

const mostPackets = 10;

/** Null: nothing contradicts it, and not every combination was walked, or not to its end. */
function holds(families: readonly VerifiedFamily[]): boolean | null {
  if (families.some(({ differing }) => differing.length > 0)) return false;
  return families.every(({ whole, open }) => whole && open === 0) ? true : null;
}

export function sayVerified({ file, kubenat, families }: Verified, language: Language = 'en'): string {
  const w = tables[language];
  const answer = holds(families);
  if (answer === null) return w.uncontradicted(file, kubenat);
  if (answer) return w.holds(file, kubenat);
  return w.broken(
    file,
    families.reduce((sum, { differing }) => sum + differing.length, 0),
  );
}

export function printVerified(verified: Verified, language: Language = 'en'): string {
  const { families } = verified;
  const w = tables[language];
  const assumed = sayAssumptions(
    families.flatMap(({ granted }) => granted),
    language,
  ).toSorted();
  return [
    sayVerified(verified, language),
    ...families.flatMap(({ family, walked, whole, open, differing }) => [
      `  ${w.walked(family, walked, whole, open)}`,
      ...differing
        .slice(0, mostPackets)
        .map(({ first, turn }) => `    '${printPacket(first)}'${w.turns[turn]}`),
    ]),
    ...assumed.map((sentence) => `  ${w.assumed(sentence)}`),
    '',
  ].join('\n');
}

export function printVerifiedJson({ file, kubenat, families }: Verified): string {
  const list = families.map(({ family, walked, open, whole, assumed, assumptions, differing }) => ({
    family,
    walked,
    open,
    whole,
    assumed,
    ...(assumptions && { assumptions }),
    differing: differing.slice(0, mostPackets).map(({ first }) => printPacket(first)),
  }));
  return `${JSON.stringify({ certificate: file, kubenat, holds: holds(families), families: list }, null, 2)}\n`;
}
