import type { SetDetail } from '../../../../ipset/detail.ts';
import type { WordsOf } from '../../words-of.ts';

/** What is wrong with sets of ipset. */
export const setDetails: WordsOf<SetDetail> = {
  'set-line': ({ word }) => `${word} is no line of saved sets`,
  'set-twice': ({ name }) => `there are two sets ${name}`,
  'set-type': ({ type }) => `${type} is no type of a set`,
  'set-lacks': ({ name }) => `no set ${name} was created before`,
  'set-entry': ({ entry, name }) => `${entry} cannot be in the set ${name}`,
  'set-entries': ({ entry, count }) => `${entry} stands for ${count} entries`,
  'no-set-line': () => 'this is no line of saved sets',
};
