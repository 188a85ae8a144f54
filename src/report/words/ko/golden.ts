import type { GoldenWords } from '../golden.ts';

const statuses = {
  same: '기대와 같음',
  changed: '변경됨',
  missing: '없음',
  stale: '쓰이지 않음',
  unreadable: '읽을 수 없음',
} as const;

export const goldenWords: GoldenWords = {
  statuses,
  missing: (path, node, family) => `${path}: ${node}, ${family}의 파일이 없음(--update로 기록)`,
  stale: (path, node, family) =>
    `${path}: ${node}, ${family}에 대해 컴파일되는 것이 없어 쓰이지 않음(--update로 삭제)`,
  sameChange: (first) => `규칙의 변경은 ${first}에서와 같음`,
  total: (files, counts) =>
    `골든 파일 ${files}개: ${counts.map(([status, number]) => `${statuses[status]} ${number}개`).join(', ')}.`,
  written: '기록함',
  replaced: '덤프가 아니어서 새로 기록함',
  updated: (verdict) => `갱신함; ${verdict}`,
  removed: (node, family) => `${node}, ${family}에 대해 컴파일되는 것이 없어 삭제함`,
  rest: (number) => `골든 파일 ${number}개는 기대와 같음.`,
  asExpected: (number, all) => `골든 파일 ${all}개 중 ${number}개가 기대와 같습니다.`,
  file: '파일',
};
