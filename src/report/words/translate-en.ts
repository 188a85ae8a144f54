import type { TranslationNote } from '../../translate/gap.ts';
import type { GapCode } from '../../translate/spell/spelled.ts';

/** Why a rule is not proved to do the same in nft. */
export const gapWords: Readonly<Record<GapCode, string>> = {
  'no-nft-form': 'nft has no form of it, so that there is no ruleset',
  foreign: 'what it does is not known here, so that there is no ruleset',
  'remembered-otherwise':
    'written with a set, which takes no more when it is full; a list of recent keeps 100 addresses, as a rule, and forgets the oldest',
  'counted-otherwise': 'written with a limit of nft, which fills up in other steps than that of iptables',
  'not-proved': 'written, and not proved to do the same',
  refused: 'nft refuses what it would be, so that there is no ruleset',
};

/** What is another thing in nft, and nothing to packets. */
export const noteWords: Readonly<Record<TranslationNote['code'], (text: string) => string>> = {
  'comment-changed': (text) =>
    text === ''
      ? 'its comment is left out'
      : `its comment is "${text}": nft has one for a rule, of 127 bytes without double quotes`,
  'chain-renamed': (text) => `the chain is ${text}: its name is none in nft`,
  'never-matches': () => 'it never matches, and nothing stands for it',
};
