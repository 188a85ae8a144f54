import type { NftDiffWords } from '../nft-diff.ts';
import { othersLeftOut } from './left-out.ts';

const unknown = (open: number) => (open > 0 ? `; of ${open} it cannot be told` : '');

export const nftDiffWords: NftDiffWords = {
  sameText: 'The rules are the same: no packet changes fate',
  sameByProof: 'The rules are written otherwise, and each is proved to do the same: no packet changes fate',
  ofProxy: {
    sameText: "kube-proxy's rules are the same",
    sameByProof: "kube-proxy's rules are written otherwise, and each is proved to do the same",
  },
  othersLeftOut,
  noneChanges: (tried, open) =>
    `The rules differ. ${tried} packets were tried, and none changes fate${unknown(open)}. That is no proof`,
  someChange: (tried, changing, open) =>
    `The rules differ. Of ${tried} packets that were tried, ${changing} change fate${unknown(open)}. Nothing is said of others`,
  asked: {
    noneChanges: (packets, open) =>
      open > 0
        ? `The rules differ. Of ${packets}, with what follows, it cannot be told whether it changes fate`
        : `The rules differ. ${packets} was walked on both sides, with what follows, and does not change fate. Nothing is said of others`,
    someChange: (packets) =>
      `The rules differ. ${packets}, or what follows, changes fate. Nothing is said of others`,
  },
  moreKinds: (count) => `… and ${count} more kinds of changes`,
  beside: (table) =>
    `Not the same before and after, and not walked: table ${table}, which may stop what packets need to get anywhere.`,
  proved: (same, all) =>
    `Rule by rule, ${same} of ${all} chains that are entered or called alike are proved to do the same.`,
  entries: (hook, before, after) => `${hook}: before ${before}, after ${after}`,
  noChain: 'no chain',
  entry: (chain, priority, policy) => `${chain} at priority ${priority}, policy ${policy}`,
  notProvedFrom: (before, after) =>
    `${before}${after === null ? '' : `, after ${after}`}, from here on not proved:`,
  before: 'before',
  after: 'after ',
  or: '    or',
  withId: (fate, id) =>
    `${fate}, ${id === null ? 'with an identifier that the kernel chooses' : `with identifier ${id}`}`,
  fromPort: (fate, port) =>
    `${fate}, ${port === null ? 'from a port that the kernel chooses' : `from port ${port}`}`,
  moreChains: (count) => `… and ${count} more chains`,
  rule: (number, text) => `rule ${number}: ${text}`,
  endOfChain: 'the end of the chain',
  note: 'Note',
  alike: (count) => `, and ${count} like it`,
  turns: {
    first: '',
    again: ', sent again',
    answer: ': its answer',
    later: ': a later packet of its flow',
    another: ': the first packet of another flow, after it',
  },
};
