import type { DiffWords } from '../diff.ts';
import { fateWords } from './fates.ts';
import { othersLeftOut } from './left-out.ts';
import { withParticle } from './particles.ts';

const again = (time: number) => (time === 1 ? '' : `(${time}번째 물음)`);

function doubt(unproved: number, left: number): string {
  return [
    unproved > 0 ? `; 클래스 ${unproved}개는 증명하지 못함` : '',
    left > 0 ? `; 집합 ${left}개는 검사하지 않음` : '',
  ].join('');
}

export const diffWords: DiffWords = {
  ...fateWords,
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

  equalText: '결과가 바뀌는 패킷 없음(증명됨). 규칙의 텍스트도 같음',
  equalPackets: '결과가 바뀌는 패킷 없음(증명됨). 규칙의 텍스트만 다름',
  ofProxy: {
    equalText: 'kube-proxy의 규칙은 텍스트가 같음',
    equalPackets: 'kube-proxy의 규칙은 모든 패킷에 같은 일을 함(증명됨). 텍스트만 다름',
  },
  asked: { of: (packets) => `${packets}만 비교: `, equal: '결과가 바뀌는 패킷 없음(증명됨)' },
  othersLeftOut,
  changes: ({ services, changes, classes, unproved, left }) => {
    const of = services > 0 ? `서비스 포트 ${services}개의 ` : '';
    const joined = classes > changes ? `(변경 ${changes}건)` : '';
    return `${of}패킷 클래스 ${classes}개의 결과가 바뀜${joined}${doubt(unproved, left)}`;
  },
  notProved: ({ unproved, left }) => `결과가 바뀌는 패킷이 없음을 증명하지 못함${doubt(unproved, left)}`,
  servicePorts: (number) => `서비스 포트 ${number}개`,
  rulesOfNoService: '서비스에 속하지 않는 규칙',
  nothingChanges: '결과가 바뀌는 패킷 없음',
  reachable: ({ outside, nodes, ends }) =>
    [
      '이제 ',
      outside ? '외부에서 ' : '',
      nodes === null ? '' : nodes === 'every' ? '모든 노드를 통해 ' : '이 노드를 통해 ',
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
    sameField: '설정',
    rule: '규칙',
    also: '그 밖에',
    note: '참고',
    assumed: '가정',
  },
  furtherSets: (number) => `같은 종류의 집합 ${number}개 더 있음`,
  otherwise: (packets) => `또한 ${packets}`,
  otherConditions: (number) => `다른 조건의 집합 ${number}개 더 있음`,
  furtherChanges: (number) => `… 변경 ${number}건 더 있음(--verbose로 모두 표시)`,
  later: '변환된 연결의 뒤따르는 패킷',
  again: '응답 전에 다시 보낸 패킷',
  supposed: {
    remembered: (list, time) => `${withParticle(list, 'subject')} 클라이언트를 기억하는 경우${again(time)}`,
    notEvaluated: (match, time) =>
      `계산하지 않는 ${withParticle(match, 'subject')} 성립하는 경우${again(time)}`,
    fails: (match, time) =>
      `계산하지 않는 ${withParticle(match, 'subject')} 성립하지 않는 경우${again(time)}`,
    sentBy: (link, time) =>
      `보내는 쪽이 ${withParticle(link, 'to')} 내보내도록 지정한 경우(알려지지 않음)${again(time)}`,
    linkLocal: (link, holds, time) =>
      `${link}에 링크 로컬 주소가 ${holds ? '있는' : '없는'} 경우(알려지지 않음)${again(time)}`,
    notKnown: (what, time) => `알려지지 않은 조건(${what})이 성립하는 경우${again(time)}`,
  },
  groupHeard: '노드가 멀티캐스트 그룹을 수신하는 경우(알려지지 않음)',
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
  rule: (chain, number, line, text) => `${chain} ${number}(${line}행): ${text}`,
  field: (field, object) => `${object}의 ${field}`,
  whole: {
    title: '이 변경으로 패킷에 일어나는 일',
    classes: (number) => `패킷 클래스 ${number}개`,
    rules: '규칙',
    assumptions: '가정',
    notProved: '증명하지 못함:',
    noService: '서비스 없음',
    tooMany: '패킷의 종류가 너무 많음',
    columns: ['서비스', '변경'],
    rule: { before: '이전 규칙', after: '이후 규칙' },
    field: { before: '이전 필드', after: '이후 필드' },
    more: (number) => `… ${number}개 더 있음`,
    moreLines: (number) => `… ${number}행 더 있음`,
    moreAlike: (number) => `이와 같은 집합 ${number}개 더 있음`,
    moreRules: {
      before: (number) => `… 이전 규칙 ${number}개 더 있음`,
      after: (number) => `… 이후 규칙 ${number}개 더 있음`,
    },
  },
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
