import type { Differing } from '../proof/second/second.ts';
import { printPacket } from './trace-text.ts';

/** What the second procedure found of a family for which there is a certificate. */
export interface VerifiedFamily {
  readonly family: string;
  /** In sentences, and by their codes and parts. */
  readonly assumed: readonly string[];
  readonly assumptions?: readonly Readonly<Record<string, unknown>>[];
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

/** What is said behind the packet with which it begins. */
const turnNames: Readonly<Record<Differing['turn'], string>> = {
  first: '',
  again: ', sent again',
  answer: ': its answer',
  later: ': a later packet of its flow',
  another: ': the first packet of another flow, after it',
};

/** Null: nothing contradicts it, and not every combination was walked, or not to its end. */
function holds(families: readonly VerifiedFamily[]): boolean | null {
  if (families.some(({ differing }) => differing.length > 0)) return false;
  return families.every(({ whole, open }) => whole && open === 0) ? true : null;
}

export function sayVerified({ file, kubenat, families }: Verified): string {
  const answer = holds(families);
  if (answer === null)
    return `Nothing contradicts ${file}: of the packets that were walked none changes fate. kubenat ${kubenat} proved it of all.`;
  if (answer) return `${file} holds: no packet changes fate, as kubenat ${kubenat} proved.`;
  const count = families.reduce((sum, { differing }) => sum + differing.length, 0);
  return `${file} does not hold: ${count} packets that were walked change fate, or others that follow them do. Report it as a fault of kubenat.`;
}

export function printVerified(verified: Verified): string {
  const { families } = verified;
  const assumed = [...new Set(families.flatMap((one) => one.assumed))];
  return [
    sayVerified(verified),
    ...families.flatMap(({ family, walked, whole, open, differing }) => [
      `  ${family}: ${walked} packets were walked through both sides, each with those that follow it (the same again, answers, later ones): ${whole ? 'every combination' : 'some of the combinations'} of values that rules tell apart; ${open} of them are left open`,
      ...differing
        .slice(0, mostPackets)
        .map(({ first, turn }) => `    '${printPacket(first)}'${turnNames[turn]}`),
    ]),
    ...assumed.map((sentence) => `  assumed: ${sentence}`),
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
