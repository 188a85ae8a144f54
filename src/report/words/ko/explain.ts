import type { ExplainWords } from '../explain.ts';
import { withParticle } from './particles.ts';
import { resultWords } from './results.ts';

export const explainWords: ExplainWords = {
  ...resultWords,
  entries: {
    'cluster-ip': '클러스터 IP',
    'node-port': '노드포트',
    'service-port-on-node': '노드 주소의 서비스 포트',
    'load-balancer': '로드밸런서',
    'external-ip': '외부 IP',
  },
  onNode: (entry, node, hasEndpoint) =>
    hasEndpoint === null
      ? `${entry}(${node})`
      : `${entry}(${node}, 엔드포인트 ${hasEndpoint ? '있음' : '없음'})`,
  handedTo: (entry, node) => `${entry}, 외부 네트워크가 ${withParticle(node, 'to')} 전달`,
  modes: { VIP: '패킷의 주소를 유지함', Proxy: '직접 연결을 맺음' },
  clients: {
    endpoint: (address, node) => `${node}의 엔드포인트 ${address} 자신`,
    pod: (address, node) => `${node}의 파드(${address})`,
    node: (address, node) => `노드 ${node} 자신(${address})`,
    outside: (address) => `외부(${address})`,
    'outside-admitted': (address) => `허용된 범위의 외부(${address})`,
  },
  verdicts: {
    reached: (server) => (server === null ? '도달함' : `${server}에 도달함`),
    unanswered: (server) =>
      server === null ? '도달하지만 응답이 오지 않음' : `${server}에 도달하지만 응답이 오지 않음`,
    dropped: () => '폐기됨',
    rejected: () => '거부됨',
    refused: () => '연결이 거부됨',
    lost: () => '어디에도 도달하지 않음',
    left: (server) =>
      server === null ? '클러스터를 떠남' : `클러스터를 떠나 ${withParticle(server, 'to')} 감`,
    unplaced: (server) =>
      `${server === null ? '' : `${withParticle(server, 'to')} `}보내짐(어느 노드에 있는지 알 수 없음)`,
    unknown: () => '알 수 없음',
  },
  nowhere: '없음',
  joined: (names) => names.join(', '),
  ingress: (key, rule, className) =>
    `인그레스 ${key}: ${rule ?? '기본 백엔드'}(클래스 ${className ?? '없음'})`,
  port: (key, port) => `${key}, 포트 ${port}`,
  notKnown: '알 수 없음',
  none: '없음',
  states: { terminating: '종료 중', gone: '종료 중이며 서비스하지 않음', notReady: '준비되지 않음' },
  more: (count) => `… 그 외 ${count}개`,
  unproxied: {
    'other-proxy': (key) =>
      `${key}: service.kubernetes.io/service-proxy-name 레이블이 있어 kube-proxy가 보지 않으며, 다른 프록시가 무엇을 하는지는 알 수 없습니다.`,
    headless: (key) =>
      `${key}: 헤드리스 서비스이며 자기 주소가 없습니다. DNS가 파드의 주소를 알려 주고 클라이언트가 파드에 직접 연결하므로 출발지 IP가 보존됩니다. 클러스터 외부에는 파드로 가는 경로가 없습니다.`,
    'external-name': (key, name) =>
      `${key}: ExternalName 서비스입니다. DNS가 다른 이름으로 응답하며(${name ?? ''}), 규칙을 거치는 패킷이 없습니다.`,
  },
  nothing: '설명할 서비스가 없습니다.',
  endpoints: (list) => `엔드포인트: ${list}`,
  note: (note) => `참고: ${note}.`,
  from: (client) => `출발지: ${client}`,
  stopped: (why) => `어디에도 도달하지 않음: ${why}`,
  foundIn: (where) => `서버가 클라이언트의 주소를 알 수 있는 곳: ${where}`,
  moreLike: (count) => `… 이와 같은 것 ${count}개 더`,
  oneOf: (count, share, servers, rest) =>
    `엔드포인트 ${count}개 중 하나(각 ${share}): ${servers}, 그 외 ${rest}개`,
  callers: {
    endpoint: (address) => `엔드포인트 ${address} 자신`,
    pod: (_, node) => `${node}의 파드`,
    node: (_, node) => `${node} 자신`,
    outside: () => '외부',
    'outside-admitted': () => '허용된 범위의 외부',
  },
  servers: (count) => `엔드포인트 ${count}개`,
  whichAll: (result, _, sources) =>
    `${result}, ${sources === null ? '클라이언트의 주소가 그대로 보임' : `클라이언트 대신 ${withParticle(sources.join(', '), 'subject')} 보임`}`,
  moreWithVerbose: '(모든 클라이언트와 비율, 규칙은 --verbose로 표시)',
  columns: ['진입점', '클라이언트', '비율', '결과', '서버에 보이는 주소', '이유'],
  which: (result, source) => `${result}, ${source}`,
};
