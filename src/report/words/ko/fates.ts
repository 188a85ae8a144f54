import type { Ending, Goal, Written, WrittenEffect } from '../../../proof/classes/effect.ts';
import type { FateWords } from '../fates.ts';
import { withParticle } from './particles.ts';
import { sayReason } from './reasons.ts';

function sayWritten({ change, written, what, times, ofCopy }: WrittenEffect): string {
  const often = times === undefined ? '' : `, ${times}회`;
  const sentences: Readonly<Record<Written, string>> = {
    counted: `${withParticle(what, 'to')} 집계`,
    tracked: `연결 추적 설정 ${what}`,
    untracked: '연결 추적을 거치지 않음',
    set: `집합 ${what} 변경`,
    passed: `${what} 경유`,
    'mark-at-routing': `라우팅 시 마크 ${what}`,
    'mark-on-leaving': `나갈 때 마크 ${what}`,
    'source-port': `출발지 포트 ${what}`,
    'random-port': `무작위 출발지 포트 ${what}`,
    'other-port': `포트가 이미 쓰이면 ${what} 중 다른 포트`,
    field: `${what} 값 변경`,
  };
  return `${ofCopy ? '노드 자신의 사본: ' : ''}${sentences[written]}(${changeOfWritten[change]}${often})`;
}

const changeOfWritten = { now: '추가', 'no-longer': '제거' } as const;

const copied = {
  accept: '노드 자신도 사본을 받음',
  drop: '노드 자신의 사본은 폐기',
  unknown: '노드 자신의 사본이 어떻게 되는지 알 수 없음',
} as const;

function sayEndings(endings: readonly Ending[]): string {
  return endings.map(sayEnding).join(' 또는 ');
}

function sayEnding(ending: Ending): string {
  switch (ending.kind) {
    case 'rejected':
      return `거부(${ending.how})`;
    case 'dropped':
      return '폐기';
    case 'unknown':
      return '알 수 없음';
    case 'local':
      return '노드 자신으로 전달';
    case 'led':
      return `${withParticle(ending.to, 'to')} 전달`;
    case 'copied':
      return copied[ending.verdict];
    case 'passed':
      if (ending.to === null) return '변경 없이 포워딩';
      return ending.to === 'pods'
        ? '변경 없이 파드로 포워딩'
        : `변경 없이 ${withParticle(ending.to.interface, 'to')} 포워딩${ending.to.via === undefined ? '' : `(다음 홉 ${ending.to.via})`}`;
  }
}

const sayGoal = (goal: Goal) => goal ?? '원래 목적지';

const list = (sign: string, goals: readonly Goal[]) =>
  goals.length > 4 ? [`${sign}엔드포인트 ${goals.length}개`] : goals.map((goal) => sign + sayGoal(goal));

const through = {
  'let-through': '이제 허용됨',
  'more-often': '허용되는 비율이 늘어남',
} as const;

const lost = {
  rejected: '이제 거부됨',
  dropped: '이제 폐기됨',
  unknown: '이제 도착 여부를 알 수 없음',
  'more-often': '유실되는 비율이 늘어남',
} as const;

const affinity = {
  remembered: '이제 클라이언트를 기억함(세션 어피니티)',
  'not-remembered': '이제 클라이언트를 기억하지 않음(세션 어피니티)',
  'other-lists': '클라이언트를 기억하는 목록이 바뀜',
  'noted-otherwise': '클라이언트 목록을 바꾸는 방식이나 횟수가 바뀜',
  'flow-mark': '연결의 마크가 바뀜',
  'spread-anew': '기억하던 클라이언트를 다시 분산함',
} as const;

export const fateWords: FateWords = {
  language: 'ko',
  effects: {
    exposure: (effect) =>
      effect.change === 'led'
        ? `이제 엔드포인트로 전달됨(이전: ${sayEndings(effect.before)})`
        : through[effect.change],
    loss: (effect) =>
      effect.change === 'not-led'
        ? `더 이상 엔드포인트로 전달되지 않음(이후: ${sayEndings(effect.after)})`
        : lost[effect.change],
    'source-ip': ({ change }) =>
      change === 'masqueraded' ? '이제 출발지 IP가 마스커레이드됨' : '이제 출발지 IP가 보존됨',
    endpoints: ({ came, went }) => [...list('+', came), ...list('−', went)].join(' '),
    shares: ({ of }) => (of === 'outcomes' ? '결과는 같고 비율만 바뀜' : '엔드포인트별 비율이 바뀜'),
    affinity: (effect) =>
      effect.change === 'stay'
        ? `기억된 클라이언트는 ${sayGoal(effect.with)}에 계속 연결됨`
        : affinity[effect.change],
    header: sayWritten,
    state: sayWritten,
    delivery: ({ before, after }) => `이후 ${sayEndings(after)}(이전: ${sayEndings(before)})`,
  },

  masqueraded: '마스커레이드됨',
  preserved: '출발지 IP 보존',
  dropped: (because) => (because === null ? '폐기' : `폐기(${because})`),
  rejected: (how) => `거부(${how})`,
  unknown: (because) => `알 수 없음: ${because}`,
  reason: sayReason,
  doubts: {
    'mask-has-holes': () => '마스크의 비트가 흩어져 있어 어떤 패킷에 해당하는지 정할 수 없음',
    'set-untold': ({ set }) => `세트 ${set}의 내용을 알 수 없거나 계산하지 않고, 한쪽만 이 세트를 확인함`,
    'sets-apart': ({ set }) => `세트 ${set}의 엔트리가 양쪽에서 다름`,
    'chosen-from-range': () => '주소나 포트를 연결마다 범위에서 따로 고름',
    'errors-untracked': () => '변환된 연결에 관한 ICMP 오류는 ICMP를 추적할 때만 되돌려 변환됨',
    'fate-unknown': ({ reason }) => sayReason(reason),
  },
  copied: (verdict) => copied[verdict],
  toNode: '노드 자신',
  unchanged: '변경 없이 포워딩',
  more: (shown, more) => `${shown} 외 ${more}개`,

  packets: '패킷',
  anyProtocol: '모든 프로토콜',
  protocol: (number) => `프로토콜 ${number}`,
  protocols: (first, last) => `프로토콜 ${first}-${last}`,
  anywhere: '모든 곳',
  places: ['노드 자신', '외부', '이 노드의 파드'],
  otherPlace: '다른 인터페이스',
  allPlaces: '모든 곳',
  and: (parts) => parts.join('·'),
  anyone: '모든 주소',
  allBut: (all) => `${withParticle(all, 'object')} 제외한 모든 주소`,
  range: (first, last) => `${first}~${last}`,
  box: ({ protocols, destination, ports, sourcePorts, states, places, source }) =>
    [
      `${protocols}, 목적지 ${destination ?? '모든 주소'}`,
      ports === null ? '' : ` 포트 ${ports}`,
      sourcePorts === null ? '' : `, 출발지 포트 ${sourcePorts}`,
      states.length === 0 ? '' : `(${states.join(', ')})`,
      `, ${places}에서, 출발지 ${source}`,
    ].join(''),
};
