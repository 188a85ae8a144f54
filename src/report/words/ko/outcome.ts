import type { OutcomeWords } from '../outcome.ts';
import { withParticle } from './particles.ts';
import { sayReason } from './reasons.ts';

const copies = {
  accept: '사본은 노드 자신으로 전달',
  drop: '사본은 폐기',
  unknown: '사본이 어떻게 되는지 알 수 없음',
} as const;

export const outcomeWords: OutcomeWords = {
  unknown: (because) => `알 수 없음: ${because}`,
  dropped: (because) => (because === null ? '폐기' : `폐기: ${because}`),
  rejected: (how) => `거부(${how})`,
  arrives: (where, to, from) =>
    `${where}, 목적지 ${to === null ? '그대로' : to}${from === null ? '' : `, 출발지 ${from}`}`,
  step: (where, to, from) => `${where}${to === null ? '' : `, 목적지 ${to}`}, 출발지 ${from}`,
  toPod: (link) => `이 노드의 파드로 나감(${link})`,
  byLink: (link) => `${withParticle(link ?? '', 'to')} 나감`,
  toNode: '노드 자신으로 전달',
  copy: (of, verdict, isCertain) =>
    `${of}; ${copies[verdict]}${isCertain ? '' : '(노드가 그 그룹을 수신하는 경우)'}`,
  reason: sayReason,
  either: '다음 중 하나:',
  or: '    또는',
  orOneOf: (count) => `    또는 그 외 ${count}개 중 하나`,
  more: (count) => `… 그 외 ${count}개`,
  drawn: (times) => `[${times}번 뽑힘]`,
  assumedHere: (list) => `이 패킷의 가정: ${list}.`,
};
