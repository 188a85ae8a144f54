import type { TimelineWords } from '../timeline.ts';

const fates = {
  true: '항목이 삭제됨',
  false: '유지됨',
  null: '유지되는지 알 수 없음',
} as const;

export const timelineWords: TimelineWords = {
  at: (seconds) => `${seconds}초`,
  flush: '모든 항목이 삭제됨',
  changes: { objects: (files) => `오브젝트: ${files}`, rules: (files) => `규칙: ${files}` },
  connection: (flow, server, forgotten) => `연결 ${flow}, 서버 ${server}: ${fates[`${forgotten}`]}`,
};
