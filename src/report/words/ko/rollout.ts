import type { RolloutWords } from '../rollout.ts';
import { withParticle } from './particles.ts';

export const rolloutWords: RolloutWords = {
  fates: {
    'goes-on': '유지됨',
    ending: '파드가 끝날 때까지 유지됨',
    dead: '더 이상 서비스하지 않는 주소로 계속 보냄',
    'chosen-anew': '항목이 삭제됨: 다음 패킷은 새로 고른 엔드포인트로 감',
    refused: '항목이 삭제됨: 남은 엔드포인트가 없어 다음 패킷은 거부됨',
    'not-translated': '항목이 삭제되고, 요청한 주소를 아는 규칙이 더 이상 없음',
    unknown: '항목이 삭제되는지 알 수 없음',
  },
  untouched: '열린 연결은 그대로 유지됨',
  touched: (touched, all, dead) =>
    `열린 연결 ${all}종 중 ${touched}종이 그대로 유지되지 않음${dead === 0 ? '' : `; ${dead}종은 더 이상 서비스하지 않는 주소로 계속 보냄`}`,
  row: (service, protocol, endpoint, fronts) =>
    `${service}: ${fronts.join(', ')}에서 열려 ${withParticle(endpoint, 'to')} 가는 ${protocol} 연결`,
  releases: (first, last) => `kube-proxy ${first === last ? first : `${first}~${last}`}`,
  nodePort: (port) => `노드포트 ${port}`,
  assumed: [
    '가정: 알려진 연결에 속하는 패킷은 모든 필터를 통과함; 사라진 파드는 응답하지 않음; 모든 변경을 실행 중인 kube-proxy가 감지함.',
    'TCP와 SCTP의 항목은 어느 릴리스도 삭제하지 않음.',
  ],
};
