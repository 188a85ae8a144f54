import type { EffectKindWords } from '../effect-kinds.ts';

export const effectKindWords: EffectKindWords = {
  exposure: '이전에 통과하지 못하던 패킷이 통과함',
  loss: '이전에 통과하던 패킷이 유실됨',
  'source-ip': '도착하는 패킷의 출발지 주소가 가려지거나 더 이상 가려지지 않음',
  endpoints: '다른 엔드포인트에 도달함',
  shares: '같은 엔드포인트에 다른 비율로 도달함',
  affinity: '기억하는 클라이언트나 그에 따라 보내는 곳이 바뀜',
  header: '통과하는 패킷의 마크, 출발지 포트, 헤더 필드, 사본이 바뀜',
  state: '뒤따르는 패킷을 위해 세거나 기억하거나 설정하는 것이 바뀜',
  delivery: '패킷이 다른 곳에 도착하거나 다른 방식으로 거부됨',
};
