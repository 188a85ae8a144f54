import type { ConnectionVerdict } from '../../../engine/connect.ts';
import type { FailedAs, MetRules, TraceWords } from '../trace.ts';
import { withParticle } from './particles.ts';
import { sentenceWords } from './sentences.ts';
import { stepNames } from './steps.ts';

const { where } = sentenceWords;

const failed: Readonly<Record<FailedAs, string>> = {
  unknown: '결과를 알 수 없음',
  rejected: '거부됨',
  'not-arriving': '도착하지 않음',
  dropped: '폐기됨',
};

const failsAs: Readonly<Record<ConnectionVerdict, string>> = {
  established: '',
  refused: ' 패킷이 거부되는 경우',
  reset: ' 패킷이 거부되는 경우',
  hangs: ' 패킷이 도착하지 않는 경우',
  'no-answer': ' 패킷이 도착하지 않는 경우',
  unknown: ' 패킷 결과를 알 수 없는 경우',
};

const met: Readonly<Record<MetRules, string>> = {
  rules: '과 일치한 규칙:',
  none: '과 일치한 규칙 없음',
  leading: '의 결과를 정한 규칙 없음',
};

const errorNames = { 'too-big': '패킷이 너무 큼', 'port-unreachable': '포트에 도달할 수 없음' } as const;

const consequences = {
  'too-big': '이후의 링크가 더 좁으면 큰 패킷이 사라짐',
  'port-unreachable': '수신 대기하는 프로그램이 없으면 클라이언트가 헛되이 기다림',
} as const;

export const traceWords: TraceWords = {
  where,
  likewise: (title, more) => (more > 0 ? `${title}, 그 외 ${more}개도 같음:` : `${title}:`),
  to: (dnat, source) => (dnat === null ? `목적지 그대로, 출발지 ${source}` : `목적지 ${dnat}`),
  stopped: { drop: '폐기되는 경우', reject: '거부되는 경우', unknown: '알 수 없는 경우' },
  back: (comesBack, why) => {
    const said =
      comesBack === null
        ? '응답이 이 노드를 거치지 않을 수 있음'
        : comesBack
          ? '응답이 이 노드를 거쳐 돌아옴'
          : '응답이 이 노드를 거치지 않음';
    return `${said}: ${why}.`;
  },
  backOfMany: (why) => `응답은 이 노드가 아는 연결에 속하지 않음: ${why}.`,
  connectionNotAsked: (packet) => `연결이 성립하는지는 확인하지 않음(--connection '${packet}'으로 확인).`,
  stays: (until, list) => `클라이언트는 ${until}초까지 이 엔드포인트에 연결됨(목록 ${list}).`,
  silent: ({ address, family, link, state, steps }) => {
    const asked = family === 'ipv4' ? 'ARP 요청' : '이웃 요청(neighbor solicitation)';
    const answered = { FAILED: '아무도 응답하지 않은', INCOMPLETE: '아직 아무도 응답하지 않은' }[state];
    const whose = steps.length === 0 ? '패킷' : steps.map((name) => stepNames[name]).join(', ');
    return `노드의 이웃 목록을 출력한 시점에 ${whose}의 다음 홉 ${address}에 대한 ${asked}에 ${link === null ? '' : `${link}에서 `}${answered} 상태였음(${state}). 노드가 다시 묻지만, 응답이 없는 동안 패킷은 이 홉을 지나지 못함.`;
  },
  noRule: '일치한 규칙 없음',
  noneDecides: '일치한 규칙 중 결과를 정한 것 없음',
  leadingRules: (number) => `(체인에서 체인으로 보내기만 한 규칙 ${number}개는 --all-rules로 표시)`,
  hiddenRules: (count) => `… 그 외 ${count}개 …`,
  rule: (chain, number, place, perhaps) => `${chain} ${number}(${where(place)})${perhaps ? ', 불확실' : ''}`,

  compiledLines: '행 번호는 kubenat compile이 이 노드에 대해 출력하는 텍스트의 것.',
  namedRule: (number, table, chain, place) => `${table} ${chain}의 규칙 ${number}(${where(place)})`,
  whyNot: (rule) => `일치하지 않은 이유: ${rule}`,
  matches: '일치함.',
  byChance: '일치 여부가 확률로 정해지며, 일부 경로에서는 일치함.',
  doesNotHold: (match, found) => `${match} 조건이 맞지 않음: ${found}.`,
  cannotBeTold: (match, why) => `${match} 조건이 맞는지 알 수 없음: ${why}.`,
  leftBefore: '패킷이 그 전에 체인을 떠남.',
  goneBy: (rule) => `패킷이 먼저 다른 규칙으로 빠져나감: ${rule}.`,
  tooFar: '패킷이 그 체인에도 도달하지 않음.',
  noCaller: '그 체인으로 보내는 규칙이 없음.',
  notEntered: '패킷이 그 체인에 도달하지 않음:',
  leadsThere: (rule) => `그 체인으로 보내는 규칙: ${rule}.`,

  stepNames,
  verdicts: {
    established: '연결됨',
    answered: '응답받음',
    refused: '거부됨',
    reset: '재설정됨: 클라이언트는 연결된 것으로 보다가 닫혔다는 통지를 받음',
    hangs: '멈춤: 클라이언트는 연결된 것으로 보지만 더는 아무것도 전달되지 않음',
    'never-closed':
      '종료 시 멈춤: 데이터는 전달되지만 종료가 전달되지 않아, 종료를 기다리는 쪽이 계속 기다림',
    'no-answer': '응답 없음: 클라이언트가 포기할 때까지 기다림',
    unknown: '알 수 없음',
  },
  titles: {
    established: '연결됨',
    answered: '응답받음',
    refused: '거부됨',
    reset: '재설정됨',
    hangs: '멈춤',
    'never-closed': '종료 시 멈춤: 데이터는 전달되지만 종료가 전달되지 않음',
    'no-answer': '응답 없음',
    unknown: '알 수 없음',
  },
  server: (verdict, server, seen) =>
    seen === null
      ? `${verdict}(목적지 ${server})`
      : `${verdict}${verdict.includes(': ') ? ';' : ':'} 서버 ${server}, 서버에서 보이는 클라이언트 주소는 ${seen}`,
  titleWith: (title, server) => `${title}${server === null ? '' : `(목적지 ${server})`}`,
  failsAt: (step, verdict, server) =>
    `${stepNames[step]}${failsAs[verdict]}${server === null ? '' : `(목적지 ${server})`}`,
  failure: (step, as, why) => `${stepNames[step]} 패킷 ${failed[as]}: ${why}`,
  policy: (table, chain) => `${table} ${chain}의 정책`,
  byKernel: '커널',
  steps: (names, matched) => `${names.map((name) => stepNames[name]).join(', ')} 패킷${met[matched]}`,
  others: (matched) => `이후 패킷${met[matched]}`,
  alikeSteps: (names) => `${names.join(', ')}도 같음`,
  each: (share) => `각 ${share}`,
  oneOf: (servers, rest) => `${servers.join(' 또는 ')}${rest > 0 ? ` 등(그 외 ${rest}개)` : ''}`,
  notThrough: (why) => `이 노드를 거치지 않음: ${why}`,
  errorsArrive: '이 패킷에 관한 ICMP 오류(경로 MTU)도 도착함',
  errorNames,
  consequences,
  lostError: (error, about, as, why) =>
    `${consequences[error]}: ${about.map((name) => stepNames[name]).join(', ')} 패킷에 관한 ICMP 오류(${errorNames[error]}) ${failed[as]}: ${why}`,
  errorAbout: (error, about) => `${errorNames[error]}, ${stepNames[about]} 패킷에 관하여`,
  more: (count) => `… 그 외 ${count}개`,

  otherWays: (number) => `(이와 같은 경로 ${number}개의 패킷은 --verbose로 표시)`,
  throughAll: (packet) => `${packet}, 거치는 모든 노드`,
  rejection: '거부 응답',
  packetFails: (step, how) => `${stepNames[step]} 패킷: ${how}`,
  rejectionFails: (how) => `그 거부 응답: ${how}`,
  lost: (why) => `도착하지 않음: ${why}`,
  perhapsLost: (why) => `도착하지 않을 수 있음: ${why}`,
  strays: (from, called, past) =>
    `출발지가 ${from}${past.length === 0 ? '' : `(변환을 되돌릴 수 있는 유일한 노드 ${withParticle(past.join(', '), 'object')} 거치지 않음)`}: 요청한 곳은 ${called}이므로 받지 않음`,
  endsOn: (node, how) => `${node}에서 끝남: ${how}`,
  ends: '끝남',
  droppedByPolicy: (table, chain) => `${table} ${chain}의 정책이 폐기`,
  stoppedBy: (rejected, number, table, chain, text) =>
    `${table} ${chain}의 규칙 ${withParticle(`${number}`, 'subject')} ${rejected ? '거부' : '폐기'}: ${text}`,
};
