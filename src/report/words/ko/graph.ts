import { formatAddress } from '../../../address/address.ts';
import type { ConnectionState } from '../../../sets/states.ts';
import type { GraphWords } from '../graph.ts';
import { withParticle } from './particles.ts';

const states: Readonly<Record<ConnectionState, string>> = {
  NEW: '새 연결',
  ESTABLISHED: '기존 연결',
  RELATED: '관련 연결',
  INVALID: '잘못된 연결',
  UNTRACKED: '추적하지 않는 연결',
  SNAT: '출발지가 변환된 연결',
  DNAT: '목적지가 변환된 연결',
};

export const graphWords: GraphWords = {
  doings: {
    'source-becomes': ({ address }) =>
      `출발지를 ${address === null ? '노드 주소로' : withParticle(formatAddress(address), 'to')}`,
    'more-endpoints': ({ count }) => `엔드포인트 외 ${count}개`,
    mark: ({ value, mask }) => `마크 0x${value.toString(16)}/0x${mask.toString(16)}`,
  },
  conditions: {
    from: ({ prefix }) => `출발지 ${prefix}`,
    to: ({ prefix }) => `목적지 ${prefix}`,
    in: ({ name }) => `입력 ${name}`,
    out: ({ name }) => `출력 ${name}`,
    protocol: ({ name }) => name,
    'from-port': ({ ports }) => `출발지 포트 ${ports}`,
    port: ({ ports }) => `포트 ${ports}`,
    states: (one) => one.states.map((state) => states[state]).join('·'),
    'from-node': () => '출발지가 이 노드',
    'to-node': () => '목적지가 이 노드',
    seen: ({ seconds }) => `${seconds}초 안에 온 클라이언트`,
  },
  not: (what) => `${what} 아님`,
  more: (count) => `외 ${count}개`,
  everyPacket: '모든 패킷',
};
