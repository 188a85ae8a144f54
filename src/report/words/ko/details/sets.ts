import type { SetDetail } from '../../../../ipset/detail.ts';
import type { WordsOf } from '../../words-of.ts';

/** What is wrong with sets of ipset. */
export const setDetails: WordsOf<SetDetail> = {
  'set-line': ({ word }) => `저장된 집합의 행이 아님: ${word}`,
  'set-twice': ({ name }) => `두 번 생성된 집합: ${name}`,
  'set-type': ({ type }) => `집합의 유형이 아님: ${type}`,
  'set-lacks': ({ name }) => `앞에서 생성되지 않은 집합: ${name}`,
  'set-entry': ({ entry, name }) => `집합 ${name}에 들어갈 수 없는 항목: ${entry}`,
  'set-entries': ({ entry, count }) => `항목 ${count}개를 뜻하는 항목: ${entry}`,
  'no-set-line': () => '저장된 집합의 행이 아님',
};
