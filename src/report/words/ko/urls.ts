import type { UrlWords } from '../urls.ts';
import { withParticle } from './particles.ts';

export const urlWords: UrlWords = {
  called: (url, client) => `${url}, 클라이언트 ${client}`,
  noFurther: (why) => `더 이상 진행되지 않음: ${why}.`,
  untold: (why) => `더 이상 추적하지 않음: ${why}.`,
  ingress: (key, className, rule, to) => `인그레스 ${key}(클래스 ${className ?? '없음'}): ${rule}${to}`,
  rule: (host, path, pathType) =>
    `${host === null ? '모든 호스트' : `호스트 ${host}`}, 경로 ${path}(${pathType})`,
  defaultBackend: '기본 백엔드',
  backend: (service, port) => ` -> ${service} 포트 ${port}`,
  tlsEnds: (secret) => `TLS는 여기에서 종료됨(시크릿 ${secret})`,
  connection: (number, from, to) => `연결${number === null ? '' : ` ${number}`}: ${from} -> ${to}`,
  named: (address, name) => `${address}(${name})`,
  portOf: (name, port) => `${name}, 포트 ${port}`,
  endsThere: '이 연결은 여기에서 끝나며, 그다음은 별도의 연결임.',
  moreWays: (count) => `… 경로 ${count}개 더 있음`,
  hopsOfOthers: (number) => `(다른 경로 ${number}개의 홉은 --verbose로 표시)`,
  answer: '응답:',

  answersGoBack: (client) => `응답은 연결 1을 통해 ${withParticle(client, 'to')} 돌아감.`,
  podSees: (sources, isCut) => `파드에 보이는 출발지는 ${sources.join(', ')}${isCut ? ' … 등' : ''}임.`,
  clientFound: (client, where, note) =>
    `클라이언트의 주소 ${withParticle(client, 'object')} 알 수 있는 곳: ${where.length === 0 ? '없음' : where.join(', ')}${note === null ? '' : `(${note})`}.`,
  note: (says) => `참고: ${says}.`,

  balancer: (service, keepsPacket, node, alike) =>
    `${service}의 로드밸런서: ${keepsPacket ? '패킷을 그대로' : '직접 연결을 맺어'} ${withParticle(node, 'to')} 보냄${alike > 0 ? `(노드 ${alike}개도 같음)` : ''}`,
  becomes: (flow, after) => `${flow}, 변환 후 ${after}`,
  goesOn: (flow) => `${flow}, 변환 없이 통과`,
  endsHere: (flow) => `${flow}, 여기에서 끝남`,
  rules: (names) => `규칙: ${names}`,
  balancerName: '로드밸런서',
  noAnswer: (why) => `응답 없음: ${why}`,
  ends: {
    reached: ({ server, node, source }) =>
      `${node}의 ${server}에 도달, 서버에 ${withParticle(source, 'subject')} 보임`,
    dropped: ({ node, why }) => `${node}에서 폐기됨${why === null ? '' : `: ${why}`}`,
    rejected: ({ node }) => `${node}에서 거부됨`,
    refused: ({ why }) => `연결이 거부됨: ${why}`,
    left: ({ server }) => `클러스터를 떠나 ${withParticle(server, 'to')} 감`,
    unplaced: ({ server }) => `${withParticle(server, 'to')} 보내짐(어느 노드에 있는지 알 수 없음)`,
    lost: ({ why }) => `유실됨: ${why}`,
    unknown: ({ why }) => `알 수 없음: ${why}`,
  },
};
