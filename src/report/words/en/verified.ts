import type { VerifiedWords } from '../verified.ts';

export const verifiedWords: VerifiedWords = {
  holds: (file, kubenat) => `${file} holds: no packet changes fate, as kubenat ${kubenat} proved.`,
  uncontradicted: (file, kubenat) =>
    `Nothing contradicts ${file}: of the packets that were walked none changes fate. kubenat ${kubenat} proved it of all.`,
  broken: (file, packets) =>
    `${file} does not hold: ${packets} packets that were walked change fate, or others that follow them do. Report it as a fault of kubenat.`,
  walked: (family, packets, whole, open) =>
    `${family}: ${packets} packets were walked through both sides, each with those that follow it (the same again, answers, later ones): ${whole ? 'every combination' : 'some of the combinations'} of values that rules tell apart; ${open} of them are left open`,
  turns: {
    first: '',
    again: ', sent again',
    answer: ': its answer',
    later: ': a later packet of its flow',
    another: ': the first packet of another flow, after it',
  },
  assumed: (sentence) => `assumed: ${sentence}`,
};
