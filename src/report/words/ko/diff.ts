import type { Ending, Written } from '../../../proof/classes/effect.ts';
import type { DiffWords } from '../diff.ts';
import { sayReason } from '../ko.ts';
import { withParticle } from './particles.ts';

function sayWritten(written: Written, what: string): string {
  const sentences: Readonly<Record<Written, string>> = {
    counted: `${withParticle(what, 'to')} 집계`,
    tracked: `연결 추적 설정 ${what}`,
    set: `집합 ${what} 변경`,
    passed: `${what} 경유`,
    mark: `마크 ${what}`,
    'source-port': `소스 포트 ${what}`,
    'random-port': `무작위 소스 포트 ${what}`,
    field: `${what} 값 변경`,
  };
  return sentences[written];
}

const changeOfWritten = { now: '추가', 'no-longer': '제거' } as const;

const copied = { accept: '노드 자신도 사본을 받음', drop: '노드 자신의 사본은 폐기' } as const;

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
      return '노드 자신에게 전달';
    case 'led':
      return `${withParticle(ending.to, 'to')} 전달`;
    case 'copied':
      return copied[ending.verdict];
    case 'passed':
      if (ending.to === null) return '변경 없이 포워딩';
      return ending.to === 'pods'
        ? '변경 없이 파드로 포워딩'
        : `변경 없이 ${withParticle(ending.to.interface, 'to')} 포워딩`;
  }
}

const list = (sign: string, goals: readonly string[]) =>
  goals.length > 4 ? [`${sign}엔드포인트 ${goals.length}개`] : goals.map((goal) => `${sign}${goal}`);

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
  'flow-mark': '연결의 마크가 바뀜',
  'spread-anew': '기억하던 클라이언트를 다시 분산함',
} as const;

const again = (time: number) => (time === 1 ? '' : `(${time}번째 물음)`);

function doubt(unproved: number, left: number): string {
  return [
    unproved > 0 ? `; 클래스 ${unproved}개는 증명하지 못함` : '',
    left > 0 ? `; 집합 ${left}개는 검사하지 않음` : '',
  ].join('');
}

export const diffWords: DiffWords = {
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
    shares: () => '엔드포인트별 비율이 바뀜',
    affinity: (effect) =>
      effect.change === 'stay' ? `기억된 클라이언트는 ${effect.with}에 계속 연결됨` : affinity[effect.change],
    header: (effect) => `${sayWritten(effect.written, effect.what)}(${changeOfWritten[effect.change]})`,
    state: (effect) => `${sayWritten(effect.written, effect.what)}(${changeOfWritten[effect.change]})`,
    delivery: ({ before, after }) => `이후 ${sayEndings(after)}(이전: ${sayEndings(before)})`,
  },
  severity: { high: '높음', medium: '중간', low: '낮음' },
  entry: {
    'cluster IP': '클러스터 IP',
    'node port': '노드포트',
    'load balancer IP': '로드밸런서 IP',
    'external IP': '외부 IP',
    'health check': '헬스 체크',
    other: '패킷',
  },
  status: { added: '추가됨', removed: '삭제됨', changed: '변경됨' },

  masqueraded: '마스커레이드됨',
  preserved: '출발지 IP 보존',
  dropped: (because) => (because === null ? '폐기' : `폐기(${because})`),
  rejected: (how) => `거부(${how})`,
  unknown: (because) => `알 수 없음: ${because}`,
  reason: sayReason,
  doubts: {
    'mask-has-holes': () => '마스크의 비트가 흩어져 있어 어떤 패킷에 해당하는지 정할 수 없음',
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

  equalText: '결과가 바뀌는 패킷 없음(증명됨). 규칙의 텍스트도 같음.',
  equalPackets: '결과가 바뀌는 패킷 없음(증명됨). 규칙의 텍스트만 다름.',
  changes: ({ services, changes, classes, unproved, left }) => {
    const of = services > 0 ? `서비스 포트 ${services}개의 ` : '';
    const joined = classes > changes ? `(변경 ${changes}건)` : '';
    return `${of}패킷 클래스 ${classes}개의 결과가 바뀜${joined}${doubt(unproved, left)}.`;
  },
  notProved: ({ unproved, left }) => `결과가 바뀌는 패킷이 없음을 증명하지 못함${doubt(unproved, left)}.`,
  servicePorts: (number) => `서비스 포트 ${number}개`,
  rulesOfNoService: '서비스에 속하지 않는 규칙',
  nothingChanges: '결과가 바뀌는 패킷 없음',
  reachable: ({ outside, everyNode, ends }) =>
    [
      '이제 ',
      everyNode ? '모든 노드에서 ' : '',
      outside ? '외부에서 ' : '',
      '접근 가능',
      ends === null ? '' : `: ${ends.after}; 이전: ${ends.before}`,
    ].join(''),
  endpoints: (came, went) =>
    [came > 0 ? `+엔드포인트 ${came}개` : '', went > 0 ? `−엔드포인트 ${went}개` : '']
      .filter((part) => part !== '')
      .join(' '),
  others: (shares) => `나머지는 각각 ${shares}`,

  labels: {
    packets: '패킷',
    before: '이전',
    after: '이후',
    packet: '예시',
    field: '원인',
    rule: '규칙',
    also: '그 밖에',
    note: '참고',
    assumed: '가정',
  },
  furtherSets: (number) => `같은 종류의 집합 ${number}개 더 있음`,
  furtherChanges: (number) => `… 변경 ${number}건 더 있음(--verbose로 모두 표시)`,
  later: '변환된 연결의 뒤따르는 패킷',
  again: '응답 전에 다시 보낸 패킷',
  supposed: {
    remembered: (list, time) => `${withParticle(list, 'subject')} 클라이언트를 기억하는 경우${again(time)}`,
    notEvaluated: (match, time) =>
      `계산하지 않는 ${withParticle(match, 'subject')} 성립하는 경우${again(time)}`,
    notKnown: (what, time) => `알려지지 않은 조건(${what})이 성립하는 경우${again(time)}`,
  },
  only: (condition) => `${condition}에만`,
  leftOpen: 'trace로는 정해지지 않음',
  notShownByTrace: 'trace만으로는 드러나지 않음',
  notProvedTitle: '증명하지 못함',
  because: (why) => `이유: ${why}`,
  tooManyKinds: (number) => `패킷 집합 ${number}개: 종류가 너무 많음`,
  suchAs: (some) => `예: ${some}`,
  textChange: (added, removed) => `규칙: +${added} −${removed}행(--format unified로 표시).`,
  textTooDifferent: '규칙: 차이가 너무 커서 행 단위로 비교하지 않음.',
  assumptions: (first, more) => `가정: ${first}${more > 0 ? `; 그 외 ${more}개(--verbose로 표시)` : ''}.`,
  remembered: (where) =>
    typeof where === 'number'
      ? `목록 ${where}개에 클라이언트를 기억함`
      : `목록 ${where}에 클라이언트를 기억함`,
  flowMark: (marks) => `연결의 마크: ${marks.join(' 또는 ')}`,
  titles: { classes: '결과가 바뀌는 패킷', narrower: '더 좁은 클래스', text: '텍스트' },
  furtherClasses: (number) => `… 클래스 ${number}개 더 있음(--format json으로 모두 출력)`,
  furtherLines: (number) => `… ${number}행 더 있음(--format unified로 모두 출력)`,

  node: (names, number, shownFor) =>
    `${number === 1 ? '노드' : `결과가 같은 노드 ${number}개:`} ${names}${shownFor === null ? '' : `(${shownFor} 기준으로 표시)`}`,
  onlyBefore: (names) => `이전에만 있어 비교할 대상이 없음: ${names}.`,
  onlyAfter: (names) => `이후에만 있어 비교할 대상이 없음: ${names}.`,
  onNodes: ({ all, changed, unproved, services }) => {
    const rest = all - changed - unproved;
    if (rest === all) return `노드 ${all}개에서 결과가 바뀌는 패킷 없음(증명됨).`;
    const of = services > 0 ? `(서비스 포트 ${services}개)` : '';
    return [
      changed > 0 ? [`노드 ${all}개 중 ${changed}개에서 패킷의 결과가 바뀜${of}`] : [],
      unproved > 0 ? [`노드 ${unproved}개에서는 증명하지 못함`] : [],
      rest > 0 ? [`노드 ${rest}개에서는 바뀌는 패킷 없음(증명됨)`] : [],
    ]
      .flat()
      .join('; ')
      .concat('.');
  },
  familyLost: (family) => `${family} 규칙이 없어짐`,
  familyGained: (family) => `이전에는 ${family} 규칙이 없었음`,
};
