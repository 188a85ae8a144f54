import type { TranslateWords } from '../translate.ts';

const count = (number: number) => (number === 1 ? '1 rule' : `${number} rules`);

export const translateWords: TranslateWords = {
  gaps: {
    'no-nft-form': 'nft has no form of it, so that there is no ruleset',
    foreign: 'what it does is not known here, so that there is no ruleset',
    'remembered-otherwise':
      'written with a set, which takes no more when it is full; a list of recent keeps 100 addresses, as a rule, and forgets the oldest',
    'counted-otherwise': 'written with a limit of nft, which fills up in other steps than that of iptables',
    'not-proved': 'written, and not proved to do the same',
    refused: 'nft refuses what it would be, so that there is no ruleset',
  },
  notes: {
    'comment-changed': (text) =>
      text === ''
        ? 'its comment is left out'
        : `its comment is "${text}": nft has one for a rule, of 127 bytes without double quotes`,
    'chain-renamed': (text) => `the chain is ${text}: its name is none in nft`,
    'never-matches': () => 'it never matches, and nothing stands for it',
  },
  rule: (place, said) => `rule ${place}: ${said}`,
  proved: (rules) => `Proved: the ruleset does what the ${count(rules)} of iptables do.`,
  unproved: (rules, named, isWritten) => {
    const head = `Of ${count(rules)} ${named} ${named === 1 ? 'is' : 'are'} not proved to do the same`;
    return isWritten ? `${head}.` : `${head}, some have no form in nft: there is no ruleset.`;
  },
};
