import type { ProxyTableWords } from '../proxy-tables.ts';
import { withParticle } from './particles.ts';

export const proxyTableWords: ProxyTableWords = {
  table: (name, release) => `테이블 ${name}: ${release}`,
  noRelease: '알려진 kube-proxy 릴리스의 것이 아님',
  release: (first, last, by) => {
    const range = last === null ? `${first} 이상` : first === last ? first : `${first}~${last}`;
    return `형태로 보아 kube-proxy ${range}(${by})`;
  },
  shapes: {
    'all-before-dnat': '모든 필터 체인이 DNAT 앞에 있음',
    'chain-of-each-endpoint': '엔드포인트마다 체인이 있음',
    'map-of-endpoints': '하나뿐인 엔드포인트도 맵에 있음',
    'lone-endpoint': '하나뿐인 엔드포인트가 맵에 없거나, 루프백 주소에서 거부된 노드포트를 셈',
    'hairpin-set': '헤어핀 연결의 집합이 있고, 그 밖에 알려 주는 것이 없음',
  },
  nodePorts: (addresses) => `노드포트: ${addresses ?? '루프백을 제외한 모든 로컬 주소'}`,
  counter: (name, counts, packets) => `카운터 ${name}: ${counts}, 패킷 ${packets}개`,
  unknownCounter: '알려지지 않은 카운터',
  rejectedOnLoopback: (protocol) => `루프백 주소의 노드포트로 와서 거부된 ${protocol}`,
  noServices: '서비스 없음',
  noElement: '이 서비스로 이어지는 맵의 원소가 없음',
  endpoints: (list) => `엔드포인트: ${list ?? '없음'}`,
  ofThisNode: (list) => `이 노드의 엔드포인트: ${list ?? '없음'}`,
  affinity: (clients, endpoints) =>
    `세션 어피니티: 엔드포인트 ${endpoints}개에 클라이언트 ${clients}개를 기억함`,

  nodePort: (port) => `노드포트 ${port}`,
  asksForRanges: '출발지 범위를 확인함',
  admits: (ranges) => `${ranges}만 허용함`,
  droppedByPolicy: '다른 맵에 없는 패킷은 폐기됨: 정책이 허용하는 엔드포인트가 없음',
  refused: '거부됨: 엔드포인트 없음',
  to: (chain) => `${withParticle(chain, 'to')} 보냄`,
};
